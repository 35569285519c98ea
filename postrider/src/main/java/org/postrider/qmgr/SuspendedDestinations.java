package org.postrider.qmgr;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.postrider.disk.Disk;
import org.postrider.disk.Reading;
import org.postrider.maps.Fold;

/// The destinations that the administrator has suspended (`postqueue --suspend`, this program's
/// own): their mail waits, however old it becomes, until they are resumed. Kept in a file of
/// data_directory, a name a line, which is whole and durable before a change is answered. Any
/// thread.
public final class SuspendedDestinations {
    private static final String FILE = "suspended_destinations";
    private static final String MODE = "rw-------";
    private static final int MOST = 1000;
    private static final int LONGEST = 512;

    private final Disk disk;
    private final Path directory;
    private final Path file;
    private volatile SortedSet<String> names;

    /// What became of a change.
    public enum Change {
        DONE,
        /// It was so already.
        NONE,
        /// No name of a destination.
        BAD_NAME,
        TOO_MANY
    }

    /// @param directory data_directory
    /// @throws IOException where it cannot be read who is suspended
    public SuspendedDestinations(Disk disk, Path directory) throws IOException {
        this.disk = disk;
        this.directory = directory;
        file = directory.resolve(FILE);
        SortedSet<String> read = new TreeSet<>();
        try {
            read.addAll(Reading.lines(file, (long) MOST * (LONGEST + 1)));
        } catch (NoSuchFileException e) {
            // Nobody ever was.
        }
        names = Collections.unmodifiableSortedSet(read);
    }

    /// In lower case, in order.
    public SortedSet<String> names() {
        return names;
    }

    /// @param name a next hop as routes write it (`[relay.example]:587`), `transport:nexthop`, or a
    ///   domain of recipients
    public synchronized Change suspend(String name) throws IOException {
        String lower = Fold.lower(name);
        if (!valid(lower)) {
            return Change.BAD_NAME;
        }
        SortedSet<String> all = new TreeSet<>(names);
        if (!all.add(lower)) {
            return Change.NONE;
        }
        if (all.size() > MOST) {
            return Change.TOO_MANY;
        }
        keep(all);
        return Change.DONE;
    }

    public synchronized Change resume(String name) throws IOException {
        SortedSet<String> all = new TreeSet<>(names);
        if (!all.remove(Fold.lower(name))) {
            return Change.NONE;
        }
        keep(all);
        return Change.DONE;
    }

    private static boolean valid(String name) {
        return !name.isEmpty()
                && name.length() <= LONGEST
                && name.chars().allMatch(c -> c > ' ' && c != 127);
    }

    private void keep(SortedSet<String> all) throws IOException {
        Path next = file.resolveSibling(FILE + ".new");
        disk.delete(next);
        String text = all.isEmpty() ? "" : String.join("\n", all) + "\n";
        try (Disk.File out = disk.create(next, MODE)) {
            out.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)), 0);
            out.force();
        }
        disk.rename(next, file);
        disk.forceDirectory(directory);
        names = Collections.unmodifiableSortedSet(all);
    }

    /// Why mail does not go there now; null where it may.
    ///
    /// @param domain of the recipient
    @Nullable String reason(String transport, String nexthop, String domain) {
        SortedSet<String> all = names;
        if (all.isEmpty()) {
            return null;
        }
        String hop = Fold.lower(nexthop);
        for (String each :
                new String[] {hop, Fold.lower(transport) + ":" + hop, Fold.lower(domain)}) {
            if (all.contains(each)) {
                return reason(each);
            }
        }
        return null;
    }

    /// What its mail waits for, as lists and log have it.
    public static String reason(String name) {
        return "delivery suspended by the administrator: " + Fold.lower(name);
    }
}
