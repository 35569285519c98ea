package org.postrider.access;

/// What the server that asks can do, as far as restrictions depend on it.
///
/// @param logins clients can authenticate (smtpd_sasl_auth_enable)
/// @param certificates clients are asked for theirs (smtpd_tls_ask_ccert)
/// @param proxied mail passes a filter before the queue (smtpd_proxy_filter)
public record Capabilities(boolean logins, boolean certificates, boolean proxied) {}
