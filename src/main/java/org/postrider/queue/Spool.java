package org.postrider.queue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.disk.Disk;
import org.postrider.memory.Budget;
import org.postrider.message.Content;
import org.postrider.message.ContentWriter;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// The queue of one node in a journal on a [Disk]; docs/internals/queue.md has its formats and what
/// a crash at each point leaves. Any thread. `lock` guards the index and is never held over I/O.
public final class Spool implements Queue {
    /// @param segmentOctets size of a journal segment
    /// @param bodyThreshold larger bodies get a file of their own
    /// @param freshLimit content octets that may wait in memory for a first attempt
    /// @param arrivingLimit octets of bodies that may be in memory while they are received
    /// @param spareBodies octets of body files kept to be written over
    /// @param receivingLimit octets of envelopes that are being received
    /// @param writingLimit octets of envelopes that cleanup works on
    /// @param activeLimit octets of envelopes under delivery
    public record Options(
            int segmentOctets,
            int bodyThreshold,
            long freshLimit,
            long arrivingLimit,
            long spareBodies,
            boolean longIds,
            long receivingLimit,
            long writingLimit,
            long activeLimit) {
        /// With room enough for all envelopes.
        public Options(
                int segmentOctets,
                int bodyThreshold,
                long freshLimit,
                long arrivingLimit,
                long spareBodies,
                boolean longIds) {
            this(
                    segmentOctets,
                    bodyThreshold,
                    freshLimit,
                    arrivingLimit,
                    spareBodies,
                    longIds,
                    Long.MAX_VALUE / 4,
                    Long.MAX_VALUE / 4,
                    Long.MAX_VALUE / 4);
        }

        public static Options of(org.postrider.config.Settings settings) {
            return new Options(
                    settings.get(QueueParams.SEGMENT_SIZE),
                    settings.get(QueueParams.LARGE_BODY_THRESHOLD),
                    settings.get(QueueParams.FRESH_CONTENT_LIMIT),
                    settings.get(QueueParams.ARRIVING_CONTENT_LIMIT),
                    settings.get(QueueParams.SPARE_BODY_LIMIT),
                    settings.get(QueueParams.ENABLE_LONG_QUEUE_IDS),
                    Budget.ofHeap(settings.get(QueueParams.RECEIVING_MEMORY)),
                    Budget.ofHeap(settings.get(QueueParams.CLEANUP_MEMORY)),
                    Budget.ofHeap(settings.get(QueueParams.ACTIVE_MEMORY)));
        }
    }

    private static final long FREE_LOOK_NANOS = 1_000_000_000L;

    private final Disk disk;
    private final Path directory;
    private final Options options;
    private final Clock clock;
    private final Consumer<String> warnings;
    private final boolean reader;
    private final @Nullable AutoCloseable owner;
    private final QueueIds ids;
    private final Encoder encoder;
    private final Bodies bodies;
    private final SpoolReader reading;
    final QueueMemory memory;
    private final CorruptQueue corrupt;
    final Damaged damaged;

    private final Object lock = new Object();
    private final Index index = new Index();
    private final Listings listings;
    private final Map<Meta, List<Mark.Reason>> unwrittenReasons = new HashMap<>();
    private long liveOctets;
    private volatile @Nullable Listener listener;

    private final Taking taking;
    private final Journal journal;
    private final Committer committer;
    private final @Nullable Upkeep upkeep;
    private volatile long freeBytes;
    private volatile long freeLooked;
    private volatile boolean closed;

    private Spool(
            Disk disk,
            Path directory,
            Options options,
            Clock clock,
            Consumer<String> warnings,
            @Nullable AutoCloseable owner,
            boolean reader,
            Supervisor threads,
            boolean background)
            throws IOException {
        this.disk = disk;
        this.directory = directory;
        this.options = options;
        this.clock = clock;
        this.warnings = warnings;
        this.owner = owner;
        this.reader = reader;
        memory = new QueueMemory(options);
        ids = new QueueIds(clock, options.longIds());
        encoder = new Encoder(clock);
        bodies = new Bodies(disk, directory.resolve("body"), options.spareBodies());
        reading = new SpoolReader(bodies, threads);
        taking = new Taking(this, reading, memory.active);
        corrupt = new CorruptQueue(disk, directory.resolve("corrupt"));
        damaged = new Damaged(this, corrupt, bodies);
        listings = new Listings(this, corrupt);
        journal = new Journal(disk, journals(), options.segmentOctets());
        recover();
        committer = new Committer(this, journal);
        freeBytes = reader ? 0 : disk.freeBytes(directory);
        freeLooked = clock.nanos();
        upkeep =
                reader
                        ? null
                        : new Upkeep(
                                this, journal, committer, disk, journals(), threads, background);
    }

    /// Takes the spool: only one process may.
    ///
    /// @param directory queue_directory
    /// @param warnings told of damage and of what was set aside
    /// @throws QueueException CLOSED where another process has it, FAULT where it cannot be read
    public static Spool open(
            Disk disk, Path directory, Options options, Clock clock, Consumer<String> warnings) {
        return open(disk, directory, options, clock, warnings, Supervisor.alone());
    }

    /// The same within a server.
    public static Spool open(
            Disk disk,
            Path directory,
            Options options,
            Clock clock,
            Consumer<String> warnings,
            Supervisor threads) {
        return open(disk, directory, options, clock, warnings, false, threads, true);
    }

    /// The same for looking only: nothing is repaired, cut, compacted or made.
    public static Spool openToRead(
            Disk disk, Path directory, Options options, Clock clock, Consumer<String> warnings) {
        return open(disk, directory, options, clock, warnings, true, Supervisor.alone(), false);
    }

    static Spool open(
            Disk disk,
            Path directory,
            Options options,
            Clock clock,
            Consumer<String> warnings,
            boolean reader,
            boolean background) {
        return open(
                disk, directory, options, clock, warnings, reader, Supervisor.alone(), background);
    }

    private static Spool open(
            Disk disk,
            Path directory,
            Options options,
            Clock clock,
            Consumer<String> warnings,
            boolean reader,
            Supervisor threads,
            boolean background) {
        try {
            disk.makeDirectory(directory.resolve("pid"));
            OwnersOnly.make(disk, directory.resolve("pid/spool.lock"), warnings);
            AutoCloseable owner = disk.tryLock(directory.resolve("pid/spool.lock"));
            if (owner == null) {
                throw new QueueException(
                        QueueException.Kind.CLOSED,
                        "queue directory " + directory + " is in use by another process",
                        new IOException("locked"));
            }
            if (!reader) {
                for (String name : List.of("journal", "body", "corrupt")) {
                    disk.makeDirectory(directory.resolve(name));
                    OwnersOnly.makeAll(disk, directory.resolve(name), warnings);
                }
                disk.forceDirectory(directory);
            }
            return new Spool(
                    disk, directory, options, clock, warnings, owner, reader, threads, background);
        } catch (IOException e) {
            throw new QueueException(
                    QueueException.Kind.FAULT,
                    "open queue " + directory + ": " + e.getMessage(),
                    e);
        }
    }

    private Path journals() {
        return directory.resolve("journal");
    }

    private void recover() throws IOException {
        DamageFound found = new DamageFound(corrupt, ids, index, reader ? null : clock, warnings);
        Recovery recovery = new Recovery(disk, journals(), index, found);
        recovery.run(!reader, warnings);
        damaged.atStart(found.any());
        journal.recovered(
                recovery.live(),
                recovery.free(),
                recovery.highestGeneration(),
                recovery.highestSequence(),
                recovery.highestFile());
        ids.seen(recovery.highestId());
        long now = clock.wallMillis();
        for (@Nullable Meta m : index.all()) {
            if (m == null) {
                continue;
            }
            liveOctets += m.length;
            if (m.bodyFile != null) {
                bodies.found(m.bodyFile);
            }
            m.set(Meta.ACTIVE, false);
            m.dueMillis = Math.min(m.dueMillis, now + (365L * 86_400_000L));
            if (!m.has(MessageRecord.HELD)) {
                index.schedule(m);
            }
        }
        if (!reader) {
            bodies.deleteUnclaimed(now);
        }
    }

    @Override
    public QueueId newId() {
        return new QueueId(ids.text(ids.next()));
    }

    @Override
    public ContentWriter content() {
        return new SpoolWriter(bodies, memory.arriving, options.bodyThreshold());
    }

    @Override
    public Budget.Share receiving() {
        return memory.receiving.share();
    }

    @Override
    public Budget.Share writing() {
        return memory.writing.share();
    }

    @Override
    public void commit(Transaction transaction) {
        Pending p = encoder.encoded(transaction);
        committer.commit(p);
        Listener told = listener;
        if (told != null && !transaction.marks().isEmpty()) {
            tell(told, transaction.marks());
        }
        for (SpoolMessage m : p.arrived) {
            if (m.held()) {
                release(m);
            } else if (told == null || !m.charged() || !told.arrived(m)) {
                giveBack(m.id());
                if (told != null) {
                    // It is due only now: a look before this found nothing.
                    told.wake();
                }
            }
        }
    }

    private static void tell(Listener told, List<Mark> marks) {
        for (Mark mark : marks) {
            switch (mark) {
                case Mark.Removed _, Mark.Held _ -> told.withdrawn(mark.id());
                case Mark.Released _, Mark.DueNow _ -> told.wake();
                case Mark.Done _, Mark.Deferred _, Mark.DelayWarned _, Mark.ForcedToExpire _ -> {
                    // nothing changes for a pass under way
                }
            }
        }
    }

    static QueueException failed(IOException e) {
        return new QueueException(
                Disk.full(e) ? QueueException.Kind.FULL : QueueException.Kind.FAULT,
                "queue: " + e.getMessage(),
                e);
    }

    @Override
    public void post(Mark mark) {
        Pending.Marked m = encoder.encoded(mark);
        String body = null;
        synchronized (lock) {
            Meta meta = index.find(m.number());
            if (meta == null) {
                return;
            }
            body = mark instanceof Mark.Removed ? meta.bodyFile : null;
            applyLocked(m.read(), mark, meta);
        }
        committer.post(
                body == null
                        ? m
                        : new Pending.Marked(mark, m.number(), m.read(), m.octets(), body));
    }

    /// What a mark does to the index. Under the lock.
    private void applyLocked(MarkCodec.Read read, Mark mark, Meta meta) {
        boolean gone = MarkCodec.apply(read, meta);
        if (gone) {
            forgetLocked(meta);
            return;
        }
        switch (mark) {
            case Mark.Deferred d -> {
                unwrittenReasons.put(meta, d.reasons());
                dropView(meta);
                if (!meta.has(MessageRecord.HELD)) {
                    index.schedule(meta);
                }
            }
            case Mark.Held _ -> {
                dropView(meta);
                index.unschedule(meta);
            }
            case Mark.Released _, Mark.DueNow _ -> {
                if (!meta.has(Meta.ACTIVE) && !meta.has(MessageRecord.HELD)) {
                    index.schedule(meta);
                }
            }
            case Mark.Done _, Mark.DelayWarned _, Mark.ForcedToExpire _, Mark.Removed _ -> {
                // nothing more than the flag
            }
        }
    }

    private void forgetLocked(Meta meta) {
        index.remove(meta);
        unwrittenReasons.remove(meta);
        dropView(meta);
        meta.segment.live--;
        meta.segment.liveOctets -= meta.length;
        liveOctets -= meta.length;
    }

    void dropView(Meta meta) {
        SpoolMessage view = meta.view;
        meta.view = null;
        if (view != null) {
            release(view);
        }
    }

    private static void release(SpoolMessage view) {
        view.forgetContent();
        view.envelopeShare.close();
    }

    // ---- called by the committer, which leads a batch

    /// New states of the messages whose records move. Under no lock; before the batch is begun.
    List<Octets> copyHeads(List<Pending.Copy> copies) {
        List<Octets> out = new ArrayList<>();
        synchronized (lock) {
            for (Pending.Copy c : copies) {
                MessageRecord r = c.record();
                Octets head = new Octets(512 + r.header().length);
                MessageRecord.writeHead(
                        head,
                        r.id(),
                        c.meta().flags & 7,
                        c.meta().dueMillis,
                        r.envelope(),
                        c.meta().doneBits(),
                        reasonsOfCopy(c),
                        r.facts(),
                        r.header(),
                        r.bodyLength(),
                        r.bodyFile());
                out.add(head);
            }
        }
        return out;
    }

    private List<Mark.Reason> reasonsOfCopy(Pending.Copy c) {
        List<Mark.Reason> unwritten = unwrittenReasons.get(c.meta());
        return unwritten != null ? unwritten : c.record().reasons();
    }

    /// True where a record still has to move.
    boolean stillThere(Meta meta) {
        synchronized (lock) {
            return index.find(meta.id) == meta;
        }
    }

    void moved(Meta meta, Segment to, int offset, int length) {
        synchronized (lock) {
            if (index.find(meta.id) != meta) {
                return;
            }
            meta.segment.live--;
            meta.segment.liveOctets -= meta.length;
            liveOctets += length - meta.length;
            meta.segment = to;
            meta.offset = offset;
            meta.length = length;
            meta.markSegment = null;
            to.live++;
            to.liveOctets += length;
        }
    }

    void durable(Pending p, Pending.Message m, Segment segment, int offset) {
        NewMessage made = m.message();
        Meta meta = new Meta(m.number(), segment, offset, m.payload());
        Content content = made.content();
        meta.size = content.facts().size();
        meta.recipients = made.envelope().recipients().size();
        meta.dueMillis = clock.wallMillis();
        meta.set(MessageRecord.HELD, made.held());
        meta.set(Meta.ACTIVE, !made.held());
        if (content instanceof SpoolContent s && s.file() != null) {
            meta.bodyFile = s.file().reference;
            bodies.claim(s.file());
        }
        int octets = m.payload();
        Budget.Share envelope = memory.active.share();
        boolean taken = !made.held() && envelope.take(meta.envelopeMemory());
        SpoolMessage view =
                new SpoolMessage(
                        this,
                        made.id(),
                        made.envelope(),
                        meta,
                        taken ? content : null,
                        List.of(),
                        envelope,
                        memory);
        synchronized (lock) {
            segment.live++;
            segment.liveOctets += octets;
            liveOctets += octets;
            if (!made.held()) {
                meta.view = view;
            }
            index.add(meta);
        }
        p.arrived.add(view);
    }

    /// A committed mark takes effect; a posted one only learns where its reasons are.
    void durable(Pending.Marked m, boolean posted, Segment segment, int offset) {
        synchronized (lock) {
            Meta meta = index.find(m.number());
            if (meta == null) {
                return;
            }
            if (!posted) {
                applyLocked(m.read(), m.mark(), meta);
            }
            if (m.mark() instanceof Mark.Deferred d && index.find(m.number()) == meta) {
                meta.markSegment = segment;
                meta.markOffset = offset;
                meta.markLength = m.octets().length();
                if (unwrittenReasons.get(meta) == d.reasons()) {
                    unwrittenReasons.remove(meta);
                }
            }
        }
    }

    /// The body file of a message about to be removed; null where it has none.
    @Nullable String bodyFile(long number) {
        synchronized (lock) {
            Meta meta = index.find(number);
            return meta == null ? null : meta.bodyFile;
        }
    }

    void releaseBody(String name) {
        bodies.release(name);
    }

    void tidyBodies() {
        bodies.tidy(warnings);
    }

    void releaseSegments() {
        synchronized (lock) {
            journal.settle();
            try {
                journal.release();
            } catch (IOException e) {
                warnings.accept("queue: " + e.getMessage());
            }
        }
    }

    Object lock() {
        return lock;
    }

    Index index() {
        return index;
    }

    long liveOctets() {
        return liveOctets;
    }

    QueueIds ids() {
        return ids;
    }

    Upkeep upkeep() {
        return java.util.Objects.requireNonNull(upkeep);
    }

    long nanos() {
        return clock.nanos();
    }

    long wallMillis() {
        return clock.wallMillis();
    }

    void warn(String text) {
        warnings.accept(text);
    }

    // ---- looking

    boolean removed(Meta meta) {
        synchronized (lock) {
            return meta.has(Meta.REMOVED);
        }
    }

    boolean done(Meta meta, int recipient) {
        synchronized (lock) {
            return meta.done(recipient);
        }
    }

    @Override
    public void listener(Listener one) {
        listener = one;
    }

    @Override
    public List<QueuedMessage> due(long nowMillis, int max) {
        return taking.due(nowMillis, max);
    }

    /// Reads a message back. A damaged one is set aside.
    ///
    /// @param share taken for it as it becomes active; null for one that is only looked at
    @Nullable SpoolMessage load(Meta m, Budget.@Nullable Share share) {
        SpoolMessage known = m.view;
        if (known != null) {
            if (share != null) {
                share.close();
            }
            return known;
        }
        SpoolReader.Loaded loaded = readRecord(m, share != null);
        if (loaded == null) {
            return null;
        }
        SpoolMessage view =
                new SpoolMessage(
                        this,
                        new QueueId(ids.text(m.id)),
                        loaded.record().envelope(),
                        m,
                        share != null ? loaded.content() : null,
                        loaded.reasons(),
                        share == null ? memory.active.share() : share,
                        memory);
        synchronized (lock) {
            List<Mark.Reason> unwritten = unwrittenReasons.get(m);
            if (unwritten != null) {
                view.reasons(unwritten);
            }
            if (share != null && m.view == null && index.find(m.id) == m) {
                m.view = view;
            } else {
                release(view);
            }
        }
        return view;
    }

    /// A record that moves while it is read is read where it went.
    ///
    /// @return null where it is damaged or gone
    SpoolReader.@Nullable Loaded read(Meta m, boolean withContent) throws IOException {
        Meta.Place at = place(m);
        while (at != null) {
            IOException fault = null;
            try {
                SpoolReader.Loaded loaded = reading.read(m.id, at, withContent);
                if (loaded != null) {
                    return loaded;
                }
            } catch (IOException e) {
                fault = e;
            }
            Meta.Place now = place(m);
            if (at.equals(now) && fault != null) {
                throw fault;
            }
            at = at.equals(now) ? null : now;
        }
        return null;
    }

    Meta.@Nullable Place place(Meta m) {
        synchronized (lock) {
            return index.find(m.id) == m ? m.place() : null;
        }
    }

    private SpoolReader.@Nullable Loaded readRecord(Meta m, boolean withContent) {
        try {
            SpoolReader.Loaded loaded = read(m, withContent);
            if (loaded != null) {
                return loaded;
            }
        } catch (IOException e) {
            warnings.accept("queue: " + ids.text(m.id) + ": " + e.getMessage());
        }
        damaged.found(m);
        return null;
    }

    Content readContent(SpoolMessage view) {
        SpoolReader.@Nullable Loaded[] out = new SpoolReader.@Nullable Loaded[1];
        reading.inPool(() -> out[0] = readRecord(view.meta, true));
        SpoolReader.Loaded loaded = out[0];
        if (loaded == null) {
            throw new QueueException(
                    QueueException.Kind.FAULT,
                    "queue: " + view.id() + " cannot be read",
                    new IOException("damaged"));
        }
        return loaded.content();
    }

    @Override
    public void giveBack(QueueId id) {
        synchronized (lock) {
            Meta m = meta(id);
            if (m != null && m.has(Meta.ACTIVE)) {
                m.set(Meta.ACTIVE, false);
                dropView(m);
                m.dueMillis = clock.wallMillis();
                if (!m.has(MessageRecord.HELD)) {
                    index.schedule(m);
                }
            }
        }
    }

    @Override
    public long nextDueMillis() {
        synchronized (lock) {
            Meta m = index.nextDue(true, true);
            return m == null ? Long.MAX_VALUE : m.dueMillis;
        }
    }

    @Override
    public void flushAll() {
        synchronized (lock) {
            index.allDue(clock.wallMillis());
        }
        Listener told = listener;
        if (told != null) {
            told.wake();
        }
    }

    @Override
    public void flush(List<QueueId> ids) {
        long now = clock.wallMillis();
        synchronized (lock) {
            for (QueueId id : ids) {
                Meta m = meta(id);
                if (m != null && m.heap != null) {
                    m.set(Meta.ASKED, true);
                    m.dueMillis = Math.min(m.dueMillis, now);
                    index.schedule(m);
                }
            }
        }
    }

    @Override
    public @Nullable QueuedMessage find(QueueId id) {
        Meta m = meta(id);
        SpoolMessage[] out = new SpoolMessage[1];
        if (m != null) {
            reading.inPool(() -> {
                SpoolMessage view = load(m, null);
                if (view != null) {
                    out[0] = view;
                }
            });
        }
        return out[0];
    }

    @Override
    public @Nullable State state(QueueId id) {
        Meta m = meta(id);
        return m == null ? null : m.state();
    }

    private @Nullable Meta meta(QueueId id) {
        Long number = QueueIds.number(id.text());
        synchronized (lock) {
            return number == null ? null : index.find(number);
        }
    }

    @Override
    public void list(Consumer<Listing> to) {
        listings.list(to, memory.listing);
    }

    @Override
    public void each(Consumer<Listing> to) {
        listings.list(to, null);
    }

    @Override
    public List<QueueId> ids(String queueName) {
        return listings.ids(queueName);
    }

    /// Under the lock.
    boolean triedLocked(Meta m) {
        return m.markSegment != null || unwrittenReasons.containsKey(m);
    }

    @Override
    public boolean remove(QueueId id) {
        boolean there = meta(id) != null;
        if (there) {
            commit(Transaction.of(new Mark.Removed(id)));
        }
        return there || corrupt.remove(id.text());
    }

    @Override
    public int size() {
        synchronized (lock) {
            return index.size();
        }
    }

    @Override
    public boolean marksWritable() {
        return committer.healthy();
    }

    @Override
    public long freeBytes() {
        long now = clock.nanos();
        if (now - freeLooked > FREE_LOOK_NANOS) {
            freeLooked = now;
            try {
                freeBytes = disk.freeBytes(directory);
            } catch (IOException e) {
                warnings.accept("queue: " + e.getMessage());
            }
        }
        return freeBytes;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            if (upkeep != null) {
                upkeep.close();
            }
            committer.close();
            reading.close();
            journal.close();
            if (owner != null) {
                owner.close();
            }
        } catch (Exception e) {
            warnings.accept("queue: close: " + e.getMessage());
        }
    }
}
