package org.postrider.rights.system;

/// Whose rights the calling thread has. An act says whose it needs next.
public interface Actor {
    /// The identity's.
    void user();

    /// Those that a file of this place is opened, made and locked with.
    void opener();

    /// The thread has had others' rights meanwhile.
    default void anew() {}

    /// Whether the opener is root, so that what it makes must be given to the user.
    boolean privileged();

    /// One that has no others than its own.
    Actor SELF =
            new Actor() {
                @Override
                public void user() {}

                @Override
                public void opener() {}

                @Override
                public boolean privileged() {
                    return false;
                }
            };
}
