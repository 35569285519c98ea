package org.postrider.showq;

/// What is wrong with a filter, and where.
public final class FilterException extends Exception {
    private static final long serialVersionUID = 1;

    private final int place;

    /// @param place of the character at which it goes wrong, from 0; the length where it ends early
    public FilterException(String message, int place) {
        super(message);
        this.place = place;
    }

    public int place() {
        return place;
    }

    /// In one line: `unknown field "colour", at character 14`.
    public String line() {
        return getMessage() + ", at character " + (place + 1);
    }
}
