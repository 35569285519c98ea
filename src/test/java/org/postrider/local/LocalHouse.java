package org.postrider.local;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.queue.NewMessage;

/// A directory with the mailboxes and homes of [PostOffice], and a mail, for the tests of the local
/// agent.
abstract class LocalHouse {
    static final String MAIL = "From: a@b.example\nSubject: x\n\nhello\nFrom here\n";

    @TempDir Path directory;

    PostOffice withAliases(String aliases, String... more) throws Exception {
        List<String> all = new java.util.ArrayList<>(List.of(more));
        all.add("alias_maps = inline:{ " + aliases + " }");
        return new PostOffice(directory, all.toArray(String[]::new));
    }

    static String text(NewMessage m) throws Exception {
        return new String(m.content().header(), StandardCharsets.ISO_8859_1)
                + new String(m.content().body().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    static List<String> quiet(List<String> lines) {
        return lines.stream().filter(l -> !l.contains("message-id")).toList();
    }
}
