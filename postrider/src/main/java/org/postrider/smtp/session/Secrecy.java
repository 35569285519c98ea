package org.postrider.smtp.session;

/// What TLS makes of a session: what may be said in it, as far as others could hear it, the least
/// first (smtp_sasl_security_options and its two kin go by it).
public enum Secrecy {
    /// Anybody on the way hears it.
    CLEAR,
    /// Within TLS, with a server that did not prove who it is.
    ENCRYPTED,
    /// Within TLS, with the server that its policy names.
    VERIFIED
}
