package org.postrider.moving;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.disk.Disk;
import org.postrider.disk.ForeignFile;

/// The directories of a queue of Postfix's: `incoming`, `active`, `deferred`, `hold` with messages,
/// `defer`, `bounce` and `trace` with what became of their recipients. One thread.
public final class PostfixQueue {
    /// Messages, in the order in which they are looked at.
    static final List<String> MESSAGES = List.of("incoming", "active", "deferred", "hold");

    private static final int DEEPEST = 16;

    /// Whole; Postfix passes over a file that its owner may not execute.
    static final String READY = "rwx------";

    /// Whole, and told to expire (postsuper -e).
    static final String EXPIRES = "rwx--x---";

    static final String UNREADY = "rw-------";

    private final Disk disk;
    private final Path directory;
    private final Set<String> hashed;
    private final int depth;

    /// @param hashed hash_queue_names
    /// @param depth hash_queue_depth
    public PostfixQueue(Disk disk, Path directory, Set<String> hashed, int depth) {
        this.disk = disk;
        this.directory = directory;
        this.hashed = Set.copyOf(hashed);
        this.depth = depth;
    }

    Disk disk() {
        return disk;
    }

    public Path directory() {
        return directory;
    }

    /// Where a file of this id belongs.
    Path path(String queueName, String id) {
        String under = hashed.contains(queueName) ? QueueNames.hashed(id, depth) : "";
        return directory.resolve(queueName).resolve(under + id);
    }

    /// Where the file of this id lies, by either place; null for nowhere.
    @Nullable Path find(String queueName, String id) {
        Path there = path(queueName, id);
        if (Files.exists(there, LinkOption.NOFOLLOW_LINKS)) {
            return there;
        }
        for (int i = 0; i <= DEEPEST && i < id.length(); i++) {
            Path other = directory.resolve(queueName).resolve(QueueNames.hashed(id, i) + id);
            if (Files.exists(other, LinkOption.NOFOLLOW_LINKS)) {
                return other;
            }
        }
        return null;
    }

    /// What is told of each entry that is no directory of a hashed queue.
    interface Visitor {
        void file(Path path, String name) throws IOException;
    }

    /// Visits every entry of a queue, sorted within a directory. A link is an entry, and not
    /// followed.
    void each(String queueName, Visitor to) throws IOException {
        each(directory.resolve(queueName), 0, to);
    }

    private void each(Path at, int deep, Visitor to) throws IOException {
        if (!Files.isDirectory(at, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(at)) {
            all.forEach(entries::add);
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        Collections.sort(entries);
        for (Path each : entries) {
            String name = String.valueOf(each.getFileName());
            if (name.length() == 1
                    && deep < DEEPEST
                    && Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS)) {
                each(each, deep + 1, to);
            } else {
                to.file(each, name);
            }
        }
    }

    /// Whose the queue is: what belongs to others is none of its messages.
    ///
    /// @return null where there is no such queue
    @Nullable UserPrincipal owner(String queueName) throws IOException {
        Path queue = directory.resolve(queueName);
        return Files.isDirectory(queue, LinkOption.NOFOLLOW_LINKS)
                ? Files.getOwner(queue, LinkOption.NOFOLLOW_LINKS)
                : null;
    }

    /// Makes the directories of a path below the queue directory, each of the owner of the one
    /// above and for him only.
    void makeDirectories(Path below) throws IOException {
        if (Files.isDirectory(below, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Path above = Objects.requireNonNull(below.getParent());
        makeDirectories(above);
        disk.makeDirectory(below);
        give(below, ownerFor());
        disk.forceDirectory(above);
    }

    /// The owner of what is written into this queue.
    UserPrincipal ownerFor() throws IOException {
        for (String each : MESSAGES) {
            UserPrincipal owner = owner(each);
            if (owner != null) {
                return owner;
            }
        }
        return Files.getOwner(directory);
    }

    static void give(Path path, UserPrincipal owner) throws IOException {
        if (!Files.getOwner(path, LinkOption.NOFOLLOW_LINKS).equals(owner)) {
            Files.getFileAttributeView(
                            path, FileOwnerAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                    .setOwner(owner);
        }
    }

    /// Sets the mode, durably. A file of maildrop is its user's, who may have put a link there.
    void mode(Path path, String mode) throws IOException {
        int bits = 0;
        for (int i = 0; i < mode.length(); i++) {
            bits |= mode.charAt(i) == '-' ? 0 : 0400 >> i;
        }
        ForeignFile.mode(disk, path, bits);
    }

    /// The directory that a file is in.
    static Path above(Path file) {
        return Objects.requireNonNull(file.getParent());
    }

    static long inode(Path path) throws IOException {
        return ((Number) Files.getAttribute(path, "unix:ino", LinkOption.NOFOLLOW_LINKS))
                .longValue();
    }
}
