package org.postrider.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Objects;

/// By what a file that is read again when it changes is known. The kernel's times go forward in
/// steps, so that a file which is written twice within one step looks the same both times: a stamp
/// taken so soon after the last change proves nothing, and is equal to no other.
public final class FileStamp {
    /// The longest step of a file system's times, and a network's delay.
    private static final long STEP_MILLIS = 2_000;

    private static final String WANTED = "unix:dev,ino,size,ctime,lastModifiedTime";

    private final Map<String, Object> seen;
    private final boolean settled;

    private FileStamp(Map<String, Object> seen, boolean settled) {
        this.seen = seen;
        this.settled = settled;
    }

    /// Taken before the file is read.
    ///
    /// @param wallMillis what time it is
    /// @throws IOException if it is not there or may not be looked at
    public static FileStamp of(Path file, long wallMillis) throws IOException {
        Map<String, Object> seen = Files.readAttributes(file, WANTED);
        FileTime changed = (FileTime) Objects.requireNonNull(seen.get("ctime"));
        return new FileStamp(seen, wallMillis - changed.toMillis() > STEP_MILLIS);
    }

    /// What was read under the other stamp is what there is now.
    public boolean same(FileStamp other) {
        return settled && other.settled && alike(other);
    }

    /// Nothing tells them apart, which proves nothing yet if one was taken too soon.
    public boolean alike(FileStamp other) {
        return seen.equals(other.seen);
    }
}
