package org.postrider.queue.spool;

import java.nio.file.Path;
import java.util.function.Consumer;
import org.postrider.disk.Disk;
import org.postrider.time.Clock;

/// What a spool stands on.
///
/// @param directory queue_directory
/// @param warnings told of damage, and of what is done about it
public record Ground(Disk disk, Path directory, Clock clock, Consumer<String> warnings) {
    Path journals() {
        return directory.resolve("journal");
    }

    Path bodies() {
        return directory.resolve("body");
    }

    Path corrupt() {
        return directory.resolve("corrupt");
    }

    void warn(String text) {
        warnings.accept("queue: " + text);
    }
}
