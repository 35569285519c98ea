package org.postrider.wire;

/// What a refusal is about, for who is told of it (notify_classes). Whoever refuses knows; the
/// reply does not say it: a rule may answer with any text and status.
public enum NotifyClass {
    /// A message that has only itself to blame: too large, or too often relayed.
    BOUNCE,
    /// Tables that cannot answer.
    DATA,
    /// Rules: the administrator wants it so.
    POLICY,
    /// The client does not speak SMTP as it should.
    PROTOCOL,
    /// No room for it.
    RESOURCE,
    /// The server is not set up as it should be, or does not work.
    SOFTWARE,
    /// Nobody is told.
    NONE
}
