package org.postrider.queue;

import java.nio.file.Path;
import java.util.function.Consumer;
import org.postrider.config.Settings;
import org.postrider.disk.Disk;
import org.postrider.memory.Budget;
import org.postrider.queue.spool.Ground;
import org.postrider.queue.spool.Looking;
import org.postrider.queue.spool.Spool;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// The queue of one node: a journal below queue_directory on a [Disk]. docs/internals/queue.md has
/// its formats and what a crash at each point leaves. Whoever makes a server or a tool names it;
/// everybody else holds a [Queue].
public final class JournalQueue {
    /// @param segmentOctets size of a journal segment
    /// @param bodyThreshold larger bodies get a file of their own
    /// @param envelopeThreshold more recipients than these stand in a file
    /// @param spareBodies octets of body files kept to be written over
    public record Options(
            int segmentOctets,
            int bodyThreshold,
            int envelopeThreshold,
            long spareBodies,
            boolean longIds,
            Limits limits) {
        /// With the default of what follows the bodies' threshold.
        public Options(
                int segmentOctets,
                int bodyThreshold,
                long spareBodies,
                boolean longIds,
                Limits limits) {
            this(
                    segmentOctets,
                    bodyThreshold,
                    Integer.parseInt(QueueParams.LARGE_ENVELOPE_THRESHOLD.defaultText()),
                    spareBodies,
                    longIds,
                    limits);
        }

        public static Options of(Settings settings) {
            return new Options(
                    settings.get(QueueParams.SEGMENT_SIZE),
                    settings.get(QueueParams.LARGE_BODY_THRESHOLD),
                    settings.get(QueueParams.LARGE_ENVELOPE_THRESHOLD),
                    settings.get(QueueParams.SPARE_BODY_LIMIT),
                    settings.get(QueueParams.ENABLE_LONG_QUEUE_IDS),
                    new Limits(
                            settings.get(QueueParams.FRESH_CONTENT_LIMIT),
                            settings.get(QueueParams.ARRIVING_CONTENT_LIMIT),
                            Budget.ofHeap(settings.get(QueueParams.RECEIVING_MEMORY)),
                            Budget.ofHeap(settings.get(QueueParams.CLEANUP_MEMORY)),
                            Budget.ofHeap(settings.get(QueueParams.ACTIVE_MEMORY))));
        }
    }

    /// Octets of memory, each for all messages together.
    ///
    /// @param fresh contents that wait for a first attempt
    /// @param arriving bodies that are being received
    /// @param receiving envelopes that are being received
    /// @param writing envelopes that cleanup works on
    /// @param active envelopes under delivery
    public record Limits(long fresh, long arriving, long receiving, long writing, long active) {
        private static final long ROOM = Long.MAX_VALUE / 4;

        /// With room enough for all envelopes.
        public static Limits ofContents(long fresh, long arriving) {
            return new Limits(fresh, arriving, ROOM, ROOM, ROOM);
        }
    }

    private JournalQueue() {}

    /// Takes the queue: only one process may.
    ///
    /// @param directory queue_directory
    /// @param warnings told of damage and of what was set aside
    /// @throws QueueException CLOSED where another process has it, FAULT where it cannot be read
    public static Queue open(
            Disk disk,
            Path directory,
            Options options,
            Clock clock,
            Consumer<String> warnings,
            Supervisor threads) {
        return Spool.open(new Ground(disk, directory, clock, warnings), options, threads, true);
    }

    /// The same for a program of its own.
    public static Queue open(
            Disk disk, Path directory, Options options, Clock clock, Consumer<String> warnings) {
        return open(disk, directory, options, clock, warnings, Supervisor.alone());
    }

    /// Takes it for looking only: nothing is repaired, cut, compacted or made.
    ///
    /// @throws QueueException as for [#open]
    public static QueueReader openToRead(
            Disk disk, Path directory, Options options, Clock clock, Consumer<String> warnings) {
        return Looking.open(new Ground(disk, directory, clock, warnings), options);
    }
}
