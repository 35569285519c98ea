package org.postrider.moving;

/// Who is told of what was moved, and of what was not. One thread.
public interface Told {
    /// A message is where it should be.
    ///
    /// @param queueName that it came from
    /// @param before its id there
    /// @param now its id here
    void moved(String queueName, String before, String now);

    /// Something was left where it is.
    ///
    /// @param what a file or an id
    void left(String what, String why);

    /// Nothing is wrong with the message, but something about it did not come along.
    void remark(String what, String text);
}
