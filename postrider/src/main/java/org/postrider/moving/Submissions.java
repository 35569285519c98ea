package org.postrider.moving;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.postrider.disk.Disk;
import org.postrider.disk.ForeignFile;
import org.postrider.pickup.Maildrop;

/// Moves what users have submitted and no pickup has taken, and what was set aside. One thread.
public final class Submissions {
    private static final int CHUNK = 1 << 16;

    /// Before the name of what Postfix had set aside, in our corrupt.
    static final String SET_ASIDE = "postfix-";

    private static final String TAKEN = "rwxr--r--";

    private final PostfixQueue postfix;
    private final Path ours;
    private final Ledger ledger;
    private final boolean dry;
    private final Told told;

    /// @param ours queue_directory
    public Submissions(PostfixQueue postfix, Path ours, Ledger ledger, boolean dry, Told told) {
        this.postfix = postfix;
        this.ours = ours;
        this.ledger = ledger;
        this.dry = dry;
        this.told = told;
    }

    /// Takes Postfix's submissions: pickup reads them as they are.
    public void take() throws IOException {
        if (!same()) {
            postfix.each("maildrop", this::take);
        }
    }

    private boolean same() throws IOException {
        return Files.exists(postfix.directory())
                && Files.exists(ours)
                && Files.isSameFile(postfix.directory(), ours);
    }

    private void take(Path path, String name) throws IOException {
        String what = "maildrop/" + name;
        if (!QueueNames.valid(name)) {
            told.left(what, "not a queue file's name");
            return;
        }
        try (ForeignFile found = ForeignFile.open(postfix.disk(), path, true)) {
            if (!found.executable()) {
                told.remark(what, "was never finished, and is passed over as Postfix does");
                return;
            }
            Path to = ours.resolve(what);
            if (Files.exists(to, LinkOption.NOFOLLOW_LINKS)) {
                told.left(what, "there is another one of this name");
                return;
            }
            if (!dry) {
                try {
                    postfix.disk().rename(path, to);
                    force(path, to);
                } catch (AtomicMoveNotSupportedException e) {
                    copied(found, path, to);
                }
            }
            told.moved("maildrop", name, name);
        } catch (ForeignFile.NotRegularException e) {
            told.left(what, String.valueOf(e.getMessage()));
        }
    }

    private void force(Path a, Path b) throws IOException {
        postfix.disk().forceDirectory(PostfixQueue.above(b));
        postfix.disk().forceDirectory(PostfixQueue.above(a));
    }

    /// To another filesystem.
    private void copied(ForeignFile from, Path path, Path to) throws IOException {
        String name = String.valueOf(to.getFileName());
        String relative = String.valueOf(postfix.directory().relativize(path));
        ledger.write(
                postfix.directory(),
                List.of(new Ledger.Entry(Ledger.Kind.MAILDROP_IN, name, relative, TAKEN)));
        copy(from.file(), to, PostfixQueue.UNREADY);
        PostfixQueue.give(to, Objects.requireNonNull(from.owner()));
        postfix.disk().forceDirectory(PostfixQueue.above(to));
        postfix.disk().delete(path);
        postfix.disk().forceDirectory(PostfixQueue.above(path));
        postfix.mode(to, TAKEN);
        ledger.clear();
    }

    private void copy(Disk.File from, Path to, String mode) throws IOException {
        try (Disk.File out = postfix.disk().create(to, mode)) {
            ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
            long at = 0;
            for (int n = from.read(chunk, at); n > 0; n = from.read(chunk, at)) {
                out.write(chunk.flip(), at);
                at += n;
                chunk.clear();
            }
            out.force();
        }
    }

    /// Takes what Postfix had set aside, for the administrator: our mailq lists it by its name.
    public void takeCorrupt() throws IOException {
        boolean same = same();
        postfix.each(
                "corrupt",
                (path, name) -> {
                    if (same) {
                        if (QueueNames.valid(name)) {
                            told.remark("corrupt/" + name, "was set aside by Postfix, and stays");
                        }
                    } else {
                        aside(path, name);
                    }
                });
    }

    private void aside(Path path, String name) throws IOException {
        try (ForeignFile found = ForeignFile.open(postfix.disk(), path)) {
            Path to = ours.resolve("corrupt").resolve(SET_ASIDE + name);
            if (taken(found, to)) {
                told.left("corrupt/" + name, to + " is another's of that name");
                return;
            }
            if (!dry) {
                Path part = part(found.file(), to, PostfixQueue.UNREADY);
                postfix.disk().rename(part, to);
                postfix.disk().forceDirectory(PostfixQueue.above(to));
                postfix.disk().delete(path);
                postfix.disk().forceDirectory(PostfixQueue.above(path));
            }
            told.moved("corrupt", name, SET_ASIDE + name);
        } catch (ForeignFile.NotRegularException e) {
            told.left("corrupt/" + name, String.valueOf(e.getMessage()));
        }
    }

    /// A copy beside where it is to be, so that a name has all of a file or nothing.
    private Path part(Disk.File file, Path to, String mode) throws IOException {
        Path part = to.resolveSibling("moving-" + to.getFileName());
        postfix.disk().delete(part);
        copy(file, part, mode);
        return part;
    }

    /// Whether something else has the name already: two queues may have set aside the same id. The
    /// same octets are what an interrupted run left.
    private boolean taken(ForeignFile file, Path to) throws IOException {
        try (ForeignFile there = ForeignFile.open(postfix.disk(), to)) {
            long size = there.file().size();
            if (size != file.file().size()) {
                return true;
            }
            ByteBuffer one = ByteBuffer.allocate(CHUNK);
            ByteBuffer other = ByteBuffer.allocate(CHUNK);
            for (long at = 0; at < size; at += CHUNK) {
                int most = (int) Math.min(CHUNK, size - at);
                if (!read(there.file(), one.clear().limit(most), at)
                        || !read(file.file(), other.clear().limit(most), at)
                        || !one.flip().equals(other.flip())) {
                    return true;
                }
            }
            return false;
        } catch (NoSuchFileException e) {
            return false;
        } catch (ForeignFile.NotRegularException e) {
            return true;
        }
    }

    /// @return false where there is less
    private static boolean read(Disk.File file, ByteBuffer into, long at) throws IOException {
        long next = at;
        while (into.hasRemaining()) {
            int n = file.read(into, next);
            if (n <= 0) {
                return false;
            }
            next += n;
        }
        return true;
    }

    /// Gives back what [#takeCorrupt] took.
    public void giveCorrupt() throws IOException {
        if (same()) {
            return;
        }
        for (String name : postfix.disk().list(ours.resolve("corrupt"))) {
            String id = name.startsWith(SET_ASIDE) ? name.substring(SET_ASIDE.length()) : "";
            if (!QueueNames.valid(id)) {
                continue;
            }
            Path path = ours.resolve("corrupt").resolve(name);
            Path to = postfix.directory().resolve("corrupt").resolve(id);
            try (ForeignFile found = ForeignFile.open(postfix.disk(), path)) {
                if (taken(found, to)) {
                    told.left("corrupt/" + name, to + " is another's of that name");
                    continue;
                }
                if (!dry) {
                    postfix.makeDirectories(PostfixQueue.above(to));
                    Path part = part(found.file(), to, "r--------");
                    PostfixQueue.give(part, postfix.ownerFor());
                    postfix.disk().rename(part, to);
                    force(path, to);
                    postfix.disk().delete(path);
                    postfix.disk().forceDirectory(PostfixQueue.above(path));
                }
                told.moved("corrupt", name, id);
            }
        }
    }

    /// Gives all submissions to Postfix, in the form that its pickup reads.
    public void give() throws IOException {
        Path maildrop = ours.resolve("maildrop");
        for (String name : postfix.disk().list(maildrop)) {
            Path path = maildrop.resolve(name);
            if (!name.matches("[0-9A-Za-z]+")) {
                // Any user chooses names there, which must not become lines of the ledger.
                String shown = name.replaceAll("[^0-9A-Za-z._-]", "?");
                told.left("maildrop/" + shown, "not a submission's name");
                continue;
            }
            try (ForeignFile found = ForeignFile.open(postfix.disk(), path, true)) {
                if (found.links() != 1) {
                    told.left("maildrop/" + name, "has " + found.links() + " names");
                    continue;
                }
                give(name, path, found);
            } catch (NoSuchFileException e) {
                // gone in between
            } catch (ForeignFile.NotRegularException e) {
                told.left("maildrop/" + name, String.valueOf(e.getMessage()));
            } catch (PostdropWriter.NotCarriedException e) {
                told.left("maildrop/" + name, String.valueOf(e.getMessage()));
            }
        }
    }

    private void give(String name, Path path, ForeignFile found) throws IOException {
        if (same() && PostdropWriter.postfix(found.file())) {
            return;
        }
        Path drop = postfix.directory().resolve("maildrop");
        Path written = drop.resolve(PostdropWriter.UNNAMED);
        if (!Files.isDirectory(drop, LinkOption.NOFOLLOW_LINKS)) {
            told.left("maildrop/" + name, drop + " is missing");
            return;
        }
        if (!dry) {
            postfix.disk().delete(written);
        }
        boolean whole;
        try (Disk.File out = dry ? null : postfix.disk().create(written, PostfixQueue.UNREADY)) {
            whole = PostdropWriter.write(found, out, new Maildrop(postfix.disk(), ours));
        } catch (IOException e) {
            if (!dry) {
                postfix.disk().delete(written);
            }
            throw e instanceof PostdropWriter.NotCarriedException
                    ? e
                    : new PostdropWriter.NotCarriedException(String.valueOf(e.getMessage()));
        }
        if (!whole) {
            told.remark("maildrop/" + name, "is not whole, and stays");
            if (!dry) {
                postfix.disk().delete(written);
            }
            return;
        }
        String id = name;
        if (!dry) {
            id = QueueNames.shortId(found.modifiedMillis(), PostfixQueue.inode(written));
            if (Files.exists(drop.resolve(id), LinkOption.NOFOLLOW_LINKS)) {
                postfix.disk().delete(written);
                told.left("maildrop/" + name, drop.resolve(id) + " is there already");
                return;
            }
            PostfixQueue.give(written, Objects.requireNonNull(found.owner()));
            String relative = "maildrop/" + id;
            ledger.write(
                    postfix.directory(),
                    List.of(new Ledger.Entry(Ledger.Kind.MAILDROP_OUT, name, relative, TAKEN)));
            postfix.disk().rename(written, drop.resolve(id));
            postfix.disk().forceDirectory(drop);
            postfix.disk().delete(path);
            postfix.disk().forceDirectory(PostfixQueue.above(path));
            postfix.mode(drop.resolve(id), TAKEN);
            ledger.clear();
        }
        told.moved("maildrop", name, id);
    }

    /// Makes an end of one that was being moved when a run ended.
    static void end(PostfixQueue postfix, Path ours, Ledger.Entry e) throws IOException {
        boolean in = e.kind() == Ledger.Kind.MAILDROP_IN;
        Path mine = ours.resolve("maildrop").resolve(e.id());
        Path theirs = postfix.directory().resolve(e.path());
        Path from = in ? theirs : mine;
        Path to = in ? mine : theirs;
        if (Files.exists(from, LinkOption.NOFOLLOW_LINKS)) {
            postfix.disk().delete(to);
            postfix.disk().forceDirectory(PostfixQueue.above(to));
        } else if (Files.exists(to, LinkOption.NOFOLLOW_LINKS)) {
            postfix.mode(to, e.mode());
        }
    }
}
