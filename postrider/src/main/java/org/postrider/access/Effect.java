package org.postrider.access;

import org.postrider.address.Address;
import org.postrider.wire.Reply;

/// What a decision wants to happen besides its verdict. Whoever asked makes it happen, in order.
public sealed interface Effect permits Effect.OfMail, Effect.DeferIfPermit, Effect.Pause, LogLine {

    /// On the mail under way, if it is accepted (access(5)).
    sealed interface OfMail extends Effect {}

    /// The mail goes on hold.
    record Hold() implements OfMail {}

    /// A field of its header says that its domain wants it in quarantine (reject_dmarc).
    record Quarantine() implements OfMail {}

    /// The mail is accepted and dropped.
    record Discard() implements OfMail {}

    /// @param destination `transport:nexthop`; the last one counts
    record Filter(String destination) implements OfMail {}

    /// The mail goes to this address instead of its recipients; the last one counts.
    record Redirect(Address to) implements OfMail {}

    /// One more recipient, of whom nobody is told.
    record Bcc(Address to) implements OfMail {}

    /// @param header a line, `name: text`, before all others
    record Prepend(String header) implements OfMail {}

    /// What was decided before the recipients are known puts each of them off that nothing refuses
    /// for good: [Subject#deferred()] gives it back.
    ///
    /// @param cause the restriction that said so
    record DeferIfPermit(Reply reply, Cause cause) implements Effect {}

    /// The client waits before its answer. What comes later in the list has been looked up already,
    /// and its effects come after the pause.
    record Pause(int seconds) implements Effect {}
}
