package org.postrider.sasl;

import java.io.IOException;

/// Says whether a password in clear is a user's (pwcheck_method). Any thread.
public interface Verifier {
    /// @throws IOException if it cannot be said now
    boolean verify(Login login, String password) throws IOException;
}
