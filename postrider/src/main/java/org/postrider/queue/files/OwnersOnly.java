package org.postrider.queue.files;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.postrider.disk.Disk;

/// Closes to others what an older version or somebody left open, and says so.
public final class OwnersOnly {
    private OwnersOnly() {}

    /// A directory with what is in it: whom it let in, the files may have, too.
    public static void makeAll(Disk disk, Path directory, Consumer<String> warnings)
            throws IOException {
        if (make(disk, directory, warnings)) {
            for (String name : disk.list(directory)) {
                disk.narrow(directory.resolve(name));
            }
        }
    }

    /// @return false where nobody else could open it
    public static boolean make(Disk disk, Path path, Consumer<String> warnings) throws IOException {
        boolean was;
        try {
            was = disk.narrow(path);
        } catch (NoSuchFileException e) {
            return false;
        } catch (FileSystemException e) {
            warnings.accept("queue: " + path + " cannot be closed to others: " + e.getReason());
            return false;
        }
        if (was) {
            warnings.accept("queue: " + path + ": others could open it: it is its owner's now");
        }
        return was;
    }
}
