package org.postrider.rights.act;

import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.rights.Appended;
import org.postrider.rights.Content;
import org.postrider.rights.Identity;
import org.postrider.rights.Request;
import org.postrider.rights.system.Act;
import org.postrider.rights.system.Actor;
import org.postrider.rights.system.Starter;
import org.postrider.rights.system.UserFile;

/// What is asked for, done: by an [Actor] whose rights were decided on before. Threads of the
/// system.
public final class Deeds implements AutoCloseable {
    /// What bodies of batches have of the helper's small heap.
    private static final int ROOM_KIB = 4 << 10;

    private final Records records;
    private final Semaphore room = new Semaphore(ROOM_KIB, true);
    private final AtomicLong serial = new AtomicLong();
    private final Turns turns = new Turns();

    /// @param records of what is under way
    public Deeds(Records records) {
        this.records = records;
    }

    /// What a process that was killed left is undone, before anything is begun.
    ///
    /// @param warnings gets a line about each mailbox that was changed, or should have been
    public void recover(Recovery.Rights rights, Consumer<String> warnings) {
        Recovery.of(records, rights, warnings);
    }

    /// When nothing is under way any more.
    @Override
    public void close() {
        records.close();
    }

    public Appended put(Request.PutUnless p, Content content, Actor actor) throws Act {
        List<String> files = p.files();
        if (!files.isEmpty()) {
            actor.user();
            UserFile.absent(files);
        }
        return switch (p.put()) {
            case Request.Append a -> {
                Mailbox mailbox = new Mailbox(a, actor);
                yield turns.at(a.path(), a.rules().locks(), () -> mailbox.append(content, records));
            }
            case Request.Maildir m -> {
                actor.user();
                new Maildir(m, actor, serial, records).deliver(content);
                yield Appended.NEW;
            }
        };
    }

    /// @param opening asked of each message before any is put
    public Appended.Each put(Request.Batch b, Content content, Together.Opening opening)
            throws Act {
        int kib = 1 + (b.octets() >> 10);
        room.acquireUninterruptibly(kib);
        try {
            byte[] bodies = Bodies.read(content, b.octets());
            return new Together(records, turns, serial).put(b, bodies, opening);
        } finally {
            room.release(kib);
        }
    }

    /// @param becomes whose the command is to be, null for whom this process runs as
    public Starter starter(Actor actor, @Nullable Identity becomes) {
        return new Starter(actor, becomes, records.directory());
    }
}
