package org.postrider.maps.file;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.postrider.config.Reason;
import org.postrider.disk.FileStamp;
import org.postrider.disk.Reading;
import org.postrider.maps.Listed;
import org.postrider.maps.Table;
import org.postrider.maps.TableException;
import org.postrider.time.Clock;

/// A table read whole from a file; looks for a change, reads the new one beside the old one and
/// swaps. A file that cannot be read fails lookups until it can; once read, the last good state
/// goes on. Any thread.
public final class FileTable implements Table, Listed {
    /// At most so often: what a program asks that is started when postmap has ended, the new file
    /// answers.
    private static final long LOOK_NANOS = 50_000_000L;

    /// So long after it was read, or could not be, a file that looks as it did then is not read
    /// again, though its times prove nothing yet: it may be large.
    private static final long AGAIN_NANOS = 1_000_000_000L;

    /// Where the table is and how it is read.
    public interface Source {
        /// The file that counts now; it may not be there.
        Path file();

        /// What a fault of opening the file begins with.
        default String opening(Path file) {
            return "open " + file;
        }

        /// @throws IOException if it cannot be read; the message is shown to the administrator
        Table read(Path file) throws IOException;
    }

    private record Stamp(Path file, FileStamp state) {
        boolean same(@Nullable Stamp other) {
            return other != null && file.equals(other.file) && state.same(other.state);
        }

        boolean alike(@Nullable Stamp other) {
            return other != null && file.equals(other.file) && state.alike(other.state);
        }
    }

    /// @param table the last that could be read
    /// @param fault why the file could not be; empty if it could
    /// @param stamp of the file when it was read; null if it was not there
    /// @param read when that was, or when it was found to be the same
    private record State(
            @Nullable Table table, String fault, @Nullable Stamp stamp, long read, long looked) {}

    private final String name;
    private final Source source;
    private final Clock clock;
    private final boolean patterned;
    private volatile @Nullable State state;

    /// @param patterned see [Table#patterned]
    public FileTable(String name, Clock clock, boolean patterned, Source source) {
        this.name = name;
        this.clock = clock;
        this.patterned = patterned;
        this.source = source;
    }

    @Override
    public @Nullable String lookup(String key) {
        return current().lookup(key);
    }

    @Override
    public Path source() {
        return source.file();
    }

    @Override
    public @Nullable String lookupWhole(String key) {
        return current().lookupWhole(key);
    }

    @Override
    public @Nullable String lookupExact(String key) {
        return current() instanceof Listed listed ? listed.lookupExact(key) : lookup(key);
    }

    @Override
    public void each(BiConsumer<String, String> visitor) {
        if (!(current() instanceof Listed listed)) {
            throw new TableException("table " + name + ": sequence operation is not supported");
        }
        listed.each(visitor);
    }

    @Override
    public void results(BiConsumer<String, String> visitor) {
        current().results(visitor);
    }

    @Override
    public boolean patterned() {
        return patterned;
    }

    @Override
    public String name() {
        return name;
    }

    private Table current() {
        State now = state;
        if (now == null || clock.nanos() - now.looked() > LOOK_NANOS) {
            now = look(now);
        }
        if (now.table() == null) {
            throw TableException.unavailable(name, now.fault());
        }
        return now.table();
    }

    private synchronized State look(@Nullable State old) {
        State now = state;
        if (now != null && now != old) {
            return now;
        }
        State next = Reading.aside(() -> reread(old));
        state = next;
        return next;
    }

    private State reread(@Nullable State old) {
        long looked = clock.nanos();
        Path file = source.file();
        Stamp stamp = null;
        try {
            stamp = new Stamp(file, FileStamp.of(file, clock.wallMillis()));
            if (old != null && old.fault().isEmpty() && stamp.same(old.stamp())) {
                return new State(old.table(), "", stamp, looked, looked);
            }
            if (old != null && stamp.alike(old.stamp()) && looked - old.read() < AGAIN_NANOS) {
                return new State(old.table(), old.fault(), old.stamp(), old.read(), looked);
            }
            return new State(source.read(file), "", stamp, looked, looked);
        } catch (IOException | IllegalArgumentException e) {
            String why =
                    source.opening(file)
                            + ": "
                            + (e instanceof IOException io ? Reason.of(io) : e.getMessage());
            return new State(old == null ? null : old.table(), why, stamp, looked, looked);
        }
    }
}
