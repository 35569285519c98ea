package org.postrider.master;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.config.Reason;
import org.postrider.disk.Reading;

/// How the server before this one ended, when nobody told it to: `bin/supervise` writes it into
/// `pid/ended` before it starts the next one, and removes it when the mail system is started.
///
/// @param times it was started again
/// @param when in words
/// @param how `process … pid … exit status …` or `killed by signal …`, as Postfix's master says it
public record FormerEnd(String times, String when, String how) {
    /// Null where the mail system runs since it was started.
    public static @Nullable FormerEnd of(Path queueDirectory) {
        Path file = queueDirectory.resolve("pid/ended");
        try {
            if (!Files.exists(file)) {
                return null;
            }
            List<String> lines = Reading.lines(file, Reading.SHORT);
            return lines.size() < 3
                    ? new FormerEnd("", "", file + ": not written whole")
                    : new FormerEnd(lines.get(0), lines.get(1), lines.get(2));
        } catch (IOException e) {
            return new FormerEnd("", "", file + ": " + Reason.of(e));
        }
    }

    /// For `postfix status`.
    public String summary() {
        return "started again "
                + times
                + (times.equals("1") ? " time" : " times")
                + ", last at "
                + when
                + ": "
                + how;
    }
}
