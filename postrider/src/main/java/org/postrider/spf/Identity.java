package org.postrider.spf;

/// Whose domain was asked (RFC 7208 2.3, 2.4).
public enum Identity {
    /// The domain of the sender's address.
    MAILFROM,
    /// The name that the client gave with HELO, which also stands for a sender that is null.
    HELO
}
