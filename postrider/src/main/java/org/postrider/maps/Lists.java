package org.postrider.maps;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.config.Reason;
import org.postrider.config.Values;
import org.postrider.disk.Reading;
import org.postrider.maps.file.LogicalLines;

/// What the match lists share: `/file` members are replaced by their words. One that cannot be read
/// is a table that cannot answer, as in Postfix: what it would have said is not guessed.
public final class Lists {
    /// What Postfix calls such a table.
    static final String UNREAD = "non-existent:";

    private Lists() {}

    static List<String> filesRead(List<String> words) {
        List<String> out = new ArrayList<>();
        for (String word : words) {
            String name = word.startsWith("!") ? word.substring(1) : word;
            if (!name.startsWith("/")) {
                out.add(word);
                continue;
            }
            try {
                for (LogicalLines.Line line :
                        LogicalLines.of(
                                name,
                                Reading.text(Path.of(name), Reading.table()),
                                warning -> {
                                    throw new ConfigException(warning);
                                })) {
                    for (String inner : filesRead(Values.words(line.text()))) {
                        out.add(word.startsWith("!") ? "!" + inner : inner);
                    }
                }
            } catch (IOException e) {
                out.add(word.startsWith("!") ? "!" + UNREAD + name : UNREAD + name);
            }
        }
        return out;
    }

    /// Why a file that a list names cannot be read, `open file …`; null if it can.
    public static @Nullable String unread(String name) {
        try {
            Reading.each(Path.of(name), Reading.table(), line -> false);
            return null;
        } catch (IOException e) {
            return "open file " + name + ": " + Reason.of(e);
        }
    }

    /// `type:name` and no IPv6 address.
    public static boolean isTable(String word) {
        if (word.startsWith(UNREAD)) {
            return true;
        }
        int colon = word.indexOf(':');
        if (colon <= 0 || word.startsWith("[")) {
            return false;
        }
        for (int i = 0; i < colon; i++) {
            char c = word.charAt(i);
            if (!(c >= 'a' && c <= 'z') && c != '_') {
                return false;
            }
        }
        return Network.literal(word) == null;
    }
}
