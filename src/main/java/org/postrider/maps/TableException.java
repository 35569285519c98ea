package org.postrider.maps;

/// A table could not answer. Callers turn it into 451 4.3.0 or a deferral.
public final class TableException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public TableException(String message) {
        super(message);
    }
}
