package org.postrider.log;

/// What becomes of messages in the queue.
public sealed interface QueueEvent extends Event {
    /// A pass over a message begins: `QID: from=<x>, size=1, nrcpt=1 (queue active)`.
    record Active(String queueId, String sender, long size, int recipients) implements QueueEvent {}

    /// `QID: from=<x>, status=expired, returned to sender`
    ///
    /// @param forced by the administrator
    record Expired(String queueId, String sender, boolean forced) implements QueueEvent {}

    /// All recipients are settled: `QID: removed`.
    record Removed(String queueId) implements QueueEvent {}

    /// Mail that must not be returned stays queued beyond its time, for this reason. Told of each
    /// reason once a day.
    record Kept(String reason) implements QueueEvent {
        @Override
        public Severity severity() {
            return Severity.WARNING;
        }
    }

    /// A notice could not be queued: nobody is told yet, and nothing is settled.
    ///
    /// @param last all of the message was tried: it is put off as a whole
    record NoticePutOff(String queueId, boolean last, String reason) implements QueueEvent {
        @Override
        public Severity severity() {
            return Severity.WARNING;
        }
    }

    /// The queue cannot be written (disk full, a failed write): deliveries rest, because their
    /// outcome could not be written down.
    record Suspended() implements QueueEvent {
        @Override
        public Severity severity() {
            return Severity.WARNING;
        }
    }

    /// The queue can be written again: deliveries go on.
    record Resumed() implements QueueEvent {}

    /// MAIL is put off: there is less room in the queue than 1.5 of the largest mail.
    ///
    /// @param free octets
    record NoSpace(long free) implements QueueEvent {
        @Override
        public Severity severity() {
            return Severity.WARNING;
        }
    }

    /// A file of maildrop cannot be mail: it is kept in `corrupt` for the administrator.
    ///
    /// @param file `maildrop/name`
    record SetAside(String file, String reason) implements QueueEvent {
        @Override
        public Severity severity() {
            return Severity.WARNING;
        }
    }
}
