package org.postrider.rights.act;

/// A message that is written to its place and not forced yet. The steps are those of many places,
/// each taken by all of them before the next, so that the disk is waited for once; whatever fails
/// leaves the place as it was. One thread's.
public interface Staged extends AutoCloseable {
    /// It is on its way to the disk, which is not waited for.
    void begin() throws Act;

    /// It has come there, and what the file system says of it is still to be forced.
    void await() throws Act;

    /// Its octets are durable, and so is a mailbox's message.
    void force() throws Act;

    /// With the user's rights: a Maildir's file gets its name in `new`, which is to be forced as
    /// well.
    default void move() throws Act {}

    /// That directory is forced.
    default void forced() {}

    /// Octets that the file had.
    default long before() {
        return 0;
    }

    /// The last step, with any rights: what is not done is undone.
    @Override
    void close();
}
