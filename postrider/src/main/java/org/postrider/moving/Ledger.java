package org.postrider.moving;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postrider.disk.Disk;
import org.postrider.disk.ForeignFile;
import org.postrider.disk.Reading;
import org.postrider.master.OtherMailSystem;

/// What is being moved at the moment, in a file of our queue directory that is durable before
/// anything of it happens and goes when all of it has. Who finds one makes an end of it first. One
/// thread.
public final class Ledger {
    /// Its name in queue_directory. While it is there the server does not start.
    private static final String NAME = OtherMailSystem.MOVING;

    private static final String FIRST = "postrider moving 1";
    private static final long MOST = 4L << 20;
    private static final Pattern MODE = Pattern.compile("([r-][w-][x-]){3}");

    /// What was to be moved.
    ///
    /// @param kind which way, and what it is
    /// @param id of our queue; the name of a file in maildrop
    /// @param path of Postfix's, below the queue directory
    /// @param mode that Postfix's file has when it is whole
    public record Entry(Kind kind, String id, String path, String mode) {}

    /// Which way, and what.
    public enum Kind {
        /// A message comes to us.
        IN,
        /// A message goes to Postfix.
        OUT,
        /// A file of maildrop comes to us.
        MAILDROP_IN,
        /// A file of maildrop goes to Postfix.
        MAILDROP_OUT
    }

    /// What a ledger says.
    ///
    /// @param directory of Postfix's queue
    public record Found(Path directory, List<Entry> entries) {}

    private final Disk disk;
    private final Path file;

    public Ledger(Disk disk, Path queueDirectory) {
        this.disk = disk;
        file = queueDirectory.resolve(NAME);
    }

    /// @return null where nothing is unfinished
    /// @throws IOException where it cannot be read: nothing may be moved then
    @Nullable Found read() throws IOException {
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return null;
        }
        try (ForeignFile found = ForeignFile.open(disk, file)) {
            Object own = Files.getAttribute(Path.of("/proc/self"), "unix:uid");
            if (!Integer.valueOf(found.uid()).equals(own) || found.links() != 1) {
                throw new IOException(file + ": not written by this user");
            }
        }
        List<String> lines =
                new String(Reading.octets(file, MOST), StandardCharsets.UTF_8).lines().toList();
        if (lines.size() < 2 || !lines.get(0).equals(FIRST)) {
            throw new IOException(file + ": not a list of what is being moved");
        }
        List<Entry> entries = new ArrayList<>();
        for (String line : lines.subList(2, lines.size())) {
            String[] words = line.split(" ", 4);
            try {
                entries.add(entry(words));
            } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException e) {
                throw new IOException(file + ": " + line + ": cannot be read", e);
            }
        }
        Path directory = Path.of(lines.get(1));
        for (Entry e : entries) {
            // A filesystem that is not mounted has none of the files, which are not gone for that.
            boolean makes = e.kind() == Kind.OUT;
            Path queue = makes ? directory : directory.resolve(Path.of(e.path()).getName(0));
            if (!Files.isDirectory(queue, LinkOption.NOFOLLOW_LINKS)) {
                throw new IOException(file + ": " + queue + " is missing");
            }
        }
        return new Found(directory, entries);
    }

    /// Names stay below the directories that they name.
    private static Entry entry(String[] words) {
        Path path = Path.of(words[3]);
        boolean below =
                path.getNameCount() > 1
                        && !path.isAbsolute()
                        && path.equals(path.normalize())
                        && !words[3].startsWith("..");
        if (!below || !words[1].matches("[0-9A-Za-z]+") || !MODE.matcher(words[2]).matches()) {
            throw new IllegalArgumentException(words[3]);
        }
        return new Entry(Kind.valueOf(words[0]), words[1], words[3], words[2]);
    }

    /// Durable on return.
    void write(Path directory, List<Entry> entries) throws IOException {
        StringBuilder text = new StringBuilder(FIRST).append('\n').append(directory).append('\n');
        for (Entry e : entries) {
            text.append(e.kind()).append(' ').append(e.id()).append(' ').append(e.mode());
            text.append(' ').append(e.path()).append('\n');
        }
        Path fresh = file.resolveSibling(NAME + ".tmp");
        disk.delete(fresh);
        try (Disk.File out = disk.create(fresh, PostfixQueue.UNREADY)) {
            out.write(ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8)), 0);
            out.force();
        }
        disk.rename(fresh, file);
        disk.forceDirectory(PostfixQueue.above(file));
    }

    /// All of it has happened.
    void clear() throws IOException {
        disk.delete(file);
        disk.forceDirectory(PostfixQueue.above(file));
    }
}
