package org.postrider.access.restriction;

import org.postrider.access.Subject;

/// A rule that waits for somebody outside who can be asked before its turn comes. When the first of
/// those that a command may ask has its turn, all begin to ask: their waiting is that of the
/// slowest.
public interface Asking extends Rule {
    /// Begins to ask; does not wait, and decides nothing.
    void begin(Subject subject);
}
