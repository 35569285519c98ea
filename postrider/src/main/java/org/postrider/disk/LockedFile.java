package org.postrider.disk;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/// A file of somebody else's that is locked against others while this is open, as mailboxes are: by
/// flock(2), which the JDK does not have, or by fcntl(2). One thread.
public final class LockedFile implements AutoCloseable {
    private static final Integer ROOT = 0;
    private static final int O_WRONLY = 1;
    private static final int O_CLOEXEC = 0x80000;
    private static final int EXCLUSIVE_AT_ONCE = 2 | 4;
    private static final int EWOULDBLOCK = 11;

    /// What others look for; taken in this order.
    public enum Way {
        FLOCK("flock"),
        FCNTL("fcntl");

        private final String word;

        Way(String word) {
            this.word = word;
        }

        /// As mailbox_delivery_lock has it.
        public String word() {
            return word;
        }
    }

    private final Path path;
    private final FileChannel channel;
    private int descriptor = -1;

    private LockedFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    /// Opens a file for writing; one that is not there is made, for its owner alone. One that has
    /// other names, and a link of somebody else's than root, is refused: it may lead to anybody's.
    public static LockedFile open(Path path) throws IOException {
        boolean link = Files.isSymbolicLink(path);
        if (link && !ROOT.equals(Files.getAttribute(path, "unix:uid", LinkOption.NOFOLLOW_LINKS))) {
            throw new IOException("file is a symbolic link");
        }
        LockedFile opened = opened(path);
        int names = (int) Files.getAttribute(path, "unix:nlink");
        if (opened.regular() && names != 1) {
            opened.close();
            throw new IOException("file has " + names + " hard links");
        }
        return opened;
    }

    private static LockedFile opened(Path path) throws IOException {
        return new LockedFile(
                path,
                FileChannel.open(
                        path,
                        Set.of(
                                StandardOpenOption.WRITE,
                                StandardOpenOption.APPEND,
                                StandardOpenOption.CREATE),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------"))));
    }

    /// Whether it is one that can be locked.
    public boolean regular() {
        return Files.isRegularFile(path);
    }

    /// One attempt.
    ///
    /// @return false where somebody else has it
    public boolean lock(Way way) throws IOException {
        if (way == Way.FCNTL) {
            try {
                return channel.tryLock() != null;
            } catch (OverlappingFileLockException e) {
                return false;
            }
        }
        if (descriptor < 0) {
            descriptor = SystemCalls.open(path, O_WRONLY | O_CLOEXEC, 0);
            if (descriptor < 0) {
                throw new IOException("error " + -descriptor);
            }
        }
        int error = -SystemCalls.flock(descriptor, EXCLUSIVE_AT_ONCE);
        if (error > 0 && error != EWOULDBLOCK) {
            throw new IOException("error " + error);
        }
        return error <= 0;
    }

    /// Gives both back. The descriptor goes last: closing either ends locks by fcntl.
    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            // Nothing was written by it.
        }
        if (descriptor >= 0) {
            SystemCalls.close(descriptor);
        }
    }
}
