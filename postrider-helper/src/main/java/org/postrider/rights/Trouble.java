package org.postrider.rights;

/// Why an act was not done.
///
/// @param errno as Postfix's functions leave it behind (errno(3)); 0 where none did
/// @param text in Postfix's words where Postfix has any: `cannot open file: Permission denied`,
///   `file is a directory`, `error writing message: No space left on device`. Without the agent's
///   part of the line (`cannot update mailbox … for user …. `)
/// @param warning what the log is told besides; empty for nothing
public record Trouble(Kind kind, int errno, String text, String warning) {
    /// Of which the log is told nothing else.
    public Trouble(Kind kind, int errno, String text) {
        this(kind, errno, text, "");
    }

    public enum Kind {
        /// A system call failed.
        SYSTEM,
        /// The file is not one to be touched: a link, a hard link, a device, a wrong owner.
        UNSAFE,
        /// A lock was not to be had in time.
        LOCKED,
        /// The helper, or this process, does not act for this identity or on this path at all.
        FORBIDDEN,
        /// The helper cannot be reached or has ended meanwhile; whether it was done is not known.
        UNAVAILABLE,
        /// What should have been written could not be read.
        CONTENT,
        /// A file is there, or may be, without which it was to be done.
        PRESENT,
        /// Not among others: to be asked for by itself.
        ALONE
    }

    /// Whether it may be otherwise later. Where Postfix would bounce, its agents' own rules decide
    /// (mbox_dsn: EAGAIN and ESTALE 4.2.0, ENOSPC 4.3.0, EDQUOT and EFBIG 5.2.2, else the default);
    /// what no rule of Postfix's knows is deferred.
    public boolean temporary() {
        return switch (kind) {
            case LOCKED, FORBIDDEN, UNAVAILABLE, CONTENT, PRESENT, ALONE -> true;
            case UNSAFE, SYSTEM -> Errno.passes(errno);
        };
    }
}
