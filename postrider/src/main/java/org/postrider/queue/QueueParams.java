package org.postrider.queue;

import java.util.List;
import org.postrider.config.Param;

/// What the administrator can set about the queue's storage.
public final class QueueParams {
    public static final Param<Boolean> ENABLE_LONG_QUEUE_IDS =
            Param.bool(
                    "enable_long_queue_ids",
                    "no",
                    "Use long, never repeating queue ids instead of short hexadecimal ones.");
    public static final Param<Integer> SEGMENT_SIZE =
            Param.integer(
                    "postrider_segment_size",
                    "8388608",
                    65536,
                    1 << 30,
                    "The size in octets of one segment file of the queue's journal. An idle spool"
                            + " keeps a handful of them. Less where the disk has less room than"
                            + " eight of them.");
    public static final Param<Integer> LARGE_BODY_THRESHOLD =
            Param.integer(
                    "postrider_large_body_threshold",
                    "262144",
                    1024,
                    1 << 22,
                    "Bodies of more octets than this are stored in a file of their own instead of"
                            + " in the journal.");
    public static final Param<Integer> LARGE_ENVELOPE_THRESHOLD =
            Param.integer(
                    "postrider_large_envelope_threshold",
                    "1000",
                    1,
                    1 << 20,
                    "The recipients of a message of more than this are stored in a file of its own,"
                            + " behind its body, and read as they are delivered to.");
    public static final Param<Long> FRESH_CONTENT_LIMIT =
            Param.size(
                    "postrider_fresh_content_limit",
                    "25165824",
                    0,
                    0,
                    "How many octets of message content may stay in memory for a first delivery"
                            + " attempt. What is beyond is read back from the journal.");

    public static final Param<Long> ARRIVING_CONTENT_LIMIT =
            Param.size(
                    "postrider_arriving_content_limit",
                    "33554432",
                    0,
                    0,
                    "How many octets of message bodies may be in memory while they are received."
                            + " Beyond it a body goes to a file as it comes.");
    public static final Param<Long> SPARE_BODY_LIMIT =
            Param.size(
                    "postrider_spare_body_limit",
                    "25165824",
                    0,
                    0,
                    "How many octets of files of removed large bodies are kept for new bodies to be"
                            + " written over.");

    public static final Param<Integer> RECEIVING_MEMORY =
            Param.integer(
                    "postrider_receiving_memory_percent",
                    "8",
                    1,
                    50,
                    "How much of the heap recipients may take that clients have named and that are"
                            + " not in the queue yet. Beyond it a recipient is answered 452; mail of a"
                            + " few recipients always finds room.");
    public static final Param<Integer> CLEANUP_MEMORY =
            Param.integer(
                    "postrider_cleanup_memory_percent",
                    "10",
                    1,
                    50,
                    "How much of the heap recipients may take while mail is rewritten, expanded and"
                            + " written to the queue, and how much those that listings show."
                            + " Beyond it mail waits some seconds and is then answered 451, and"
                            + " listings wait. One message may take three times as much.");
    public static final Param<Integer> ACTIVE_MEMORY =
            Param.integer(
                    "postrider_active_memory_percent",
                    "16",
                    1,
                    50,
                    "How much of the heap the recipients of mail under delivery may take, with the"
                            + " answers that next hops gave for them. Beyond it mail waits in the"
                            + " queue for its turn; a message that is larger is delivered alone.");

    private QueueParams() {}

    public static List<Param<?>> all() {
        return List.of(
                ENABLE_LONG_QUEUE_IDS,
                SEGMENT_SIZE,
                LARGE_BODY_THRESHOLD,
                LARGE_ENVELOPE_THRESHOLD,
                FRESH_CONTENT_LIMIT,
                ARRIVING_CONTENT_LIMIT,
                SPARE_BODY_LIMIT,
                RECEIVING_MEMORY,
                CLEANUP_MEMORY,
                ACTIVE_MEMORY);
    }
}
