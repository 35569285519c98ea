package org.postrider.queue.index;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.queue.files.CorruptQueue;
import org.postrider.queue.record.QueueIds;
import org.postrider.time.Clock;

/// Puts what recovery finds damaged into `corrupt/` and says so; a reader only says so.
public final class DamageFound implements Recovery.Damage {
    private interface SetAside {
        void run() throws IOException;
    }

    private final CorruptQueue corrupt;
    private final QueueIds ids;
    private final Index index;
    private final @Nullable Clock clock;
    private final Consumer<String> warnings;
    private boolean any;

    /// @param clock null for a reader
    public DamageFound(
            CorruptQueue corrupt,
            QueueIds ids,
            Index index,
            @Nullable Clock clock,
            Consumer<String> warnings) {
        this.corrupt = corrupt;
        this.ids = ids;
        this.index = index;
        this.clock = clock;
        this.warnings = warnings;
    }

    public boolean any() {
        return any;
    }

    @Override
    public void found(String where, byte[] octets) {
        String name = where.replace(' ', '-').replace(':', '-').replace('/', '-');
        say("damaged journal at " + where, name, () -> corrupt.put(name, octets));
    }

    @Override
    public void message(long id, byte[] payload) {
        // Where an older record of it is still whole, this is but a stretch.
        String name = ids.text(id) + (index.find(id) == null ? "" : "-copy");
        say(name + ": damaged in the journal", name, () -> corrupt.put(name, payload));
    }

    @Override
    public void segment(Path file) {
        long now = clock == null ? 0 : clock.wallMillis();
        String name = "segment-" + file.getFileName() + "-" + now;
        say(file + " has no header", name, () -> corrupt.take(file, name));
    }

    private void say(String what, String name, SetAside how) {
        any = true;
        if (clock == null) {
            warnings.accept("queue: " + what);
            return;
        }
        warnings.accept("queue: " + what + ", set aside in corrupt/" + name);
        try {
            how.run();
        } catch (IOException e) {
            warnings.accept("queue: cannot write corrupt/" + name + ": " + e.getMessage());
        }
    }
}
