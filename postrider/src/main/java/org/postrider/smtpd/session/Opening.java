package org.postrider.smtpd.session;

import java.io.IOException;

/// What comes before the first word of a session: nothing, or a handshake (smtpd_tls_wrappermode).
public interface Opening {
    /// False if the session is not to go on.
    ///
    /// @throws IOException if it fails: the session is over
    boolean begun(Session s) throws IOException;
}
