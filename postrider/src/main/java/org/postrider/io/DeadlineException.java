package org.postrider.io;

import java.io.IOException;

/// The peer did not act in time.
public final class DeadlineException extends IOException {
    private static final long serialVersionUID = 1;

    public DeadlineException(String message) {
        super(message);
    }
}
