package org.postrider.threads;

/// Told before each step of a loop and at the beginning of each task, on its thread. A server has
/// [#NONE]; a test throws from here what could be thrown anywhere in the step.
public interface Steps {
    /// Nobody listens.
    Steps NONE = _ -> {};

    /// @param name of the loop, family or guard
    void begin(String name);
}
