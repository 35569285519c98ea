package org.postrider.spf;

/// Is told how a check goes, step by step, for whoever wants it explained.
public interface Trace {
    /// Nobody listens.
    Trace NONE = (_, _) -> {};

    /// @param depth of includes and redirects, 0 for the first record
    /// @param text one line of printable ASCII
    void step(int depth, String text);
}
