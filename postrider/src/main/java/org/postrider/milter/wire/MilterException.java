package org.postrider.milter.wire;

import java.io.IOException;

/// A milter does not keep to the protocol, or is gone; the text is for the log.
public final class MilterException extends IOException {
    private static final long serialVersionUID = 1L;

    public MilterException(String message) {
        super(message);
    }
}
