package org.postrider.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A filesystem, as far as durable mail needs one. What is written is safe only after the file's
/// [File#force], a new name only after [#forceDirectory]; a test's disk loses, tears and reorders
/// everything else.
public interface Disk {
    /// Opens for reading and writing, making an empty file that only its owner may open if there is
    /// none.
    File open(Path path) throws IOException;

    /// Makes a new file for writing.
    ///
    /// @param permissions as `rw-------`, whatever the umask
    /// @throws java.nio.file.FileAlreadyExistsException if the name is taken
    default File create(Path path, String permissions) throws IOException {
        return open(path);
    }

    /// Takes the rights of all but its owner from a file or directory.
    ///
    /// @return false if they had none
    default boolean narrow(Path path) throws IOException {
        return false;
    }

    /// Opens an existing file for reading.
    File openToRead(Path path) throws IOException;

    /// Makes the directory, for its owner only, and its parents if they are missing.
    void makeDirectory(Path directory) throws IOException;

    /// Makes new, changed and removed names in the directory durable.
    void forceDirectory(Path directory) throws IOException;

    /// Renames atomically, replacing the target.
    void rename(Path from, Path to) throws IOException;

    /// @return false if there was no such file
    boolean delete(Path path) throws IOException;

    /// File names in the directory, sorted; empty if there is no directory.
    List<String> list(Path directory) throws IOException;

    /// Octets that may still be written to the filesystem that holds the path.
    long freeBytes(Path path) throws IOException;

    /// Takes the exclusive lock on a file (made if it is missing); null if another holds it.
    @Nullable AutoCloseable tryLock(Path path) throws IOException;

    /// True if the failure says that the disk (or quota) is full.
    static boolean full(IOException e) {
        String why = String.valueOf(e.getMessage());
        return why.contains("No space left") || why.contains("quota exceeded");
    }

    /// An open file. Reads from any thread, writes by one at a time.
    interface File extends AutoCloseable {
        /// Writes all of it at the position.
        void write(ByteBuffer from, long position) throws IOException;

        /// @return octets read, -1 at or after the end
        int read(ByteBuffer into, long position) throws IOException;

        /// Puts octets into a channel without reading them, if both can.
        ///
        /// @return octets that went; 0 if none did
        default long transferTo(long position, long count, WritableByteChannel channel)
                throws IOException {
            return 0;
        }

        /// Returns when all that was written is durable.
        void force() throws IOException;

        long size() throws IOException;

        @Override
        void close() throws IOException;
    }
}
