/// smtpd.tls — what the TLS settings of a listener come to, and the handshake of a session, after
/// STARTTLS or at the first octet.
///
/// - Fed by strangers: names asked for (SNI) and certificates; nothing of them reaches a log
///   unfiltered.
/// - Threads: settings are immutable; a handshake runs on the session's thread under
///   smtpd_starttls_timeout.
/// - A crash loses nothing: keys are read anew at start.
/// - Not yet: client certificates by DANE.
@NullMarked
package org.postrider.smtpd.tls;

import org.jspecify.annotations.NullMarked;
