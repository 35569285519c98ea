package org.postrider.command.convert;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The list of what a `sendmail.mc` says that needs no code of its own: `sendmail.tsv`. Immutable.
final class SendmailNames {
    /// One of its lines.
    ///
    /// @param how `set`, `time UNIT`, `same`, `lost`, `is`
    /// @param what parameters, why it is lost, or what define it is
    record Entry(String how, String what) {}

    private final Map<String, Entry> all = new HashMap<>();

    SendmailNames() {
        try (InputStream in =
                Objects.requireNonNull(SendmailNames.class.getResourceAsStream("sendmail.tsv"))) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            text.lines().filter(line -> !line.startsWith("#")).forEach(this::take);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void take(String line) {
        String[] words = line.split("\t", 4);
        all.put(words[0] + " " + words[1], new Entry(words[2], words.length > 3 ? words[3] : ""));
    }

    /// @param kind `define`, `feature`, `macro`, `option`
    @Nullable Entry find(String kind, String name) {
        return all.get(kind + " " + name);
    }
}
