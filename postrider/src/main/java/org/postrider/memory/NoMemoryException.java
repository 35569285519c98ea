package org.postrider.memory;

import java.io.IOException;

/// A [Budget] has no room for what must be kept in memory: local trouble of now, as a full disk is.
public final class NoMemoryException extends IOException {
    private static final long serialVersionUID = 1;

    /// @param what there is no memory for, in the plural
    public NoMemoryException(String what) {
        super("no memory for " + what);
    }
}
