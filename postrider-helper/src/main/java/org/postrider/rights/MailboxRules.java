package org.postrider.rights;

import java.time.Duration;
import java.util.List;

/// How a message is put behind others in a file (mbox_open(3)).
///
/// @param sizeLimit octets that the file may have, 0 for any: EFBIG
/// @param strictOwner the owner must be the identity (strict_mailbox_ownership)
public record MailboxRules(Place place, Locks locks, long sizeLimit, boolean strictOwner) {
    /// Where the file is, and what follows from it.
    public enum Place {
        /// `mail_spool_directory/user`: group of the directory if that may write there, a file made
        /// for the user if only root may.
        SPOOL,
        /// Below a user's home, or virtual_mailbox_base: the identity's rights and no others.
        OWN,
        /// `/file/name` of an alias or a `.forward`: as OWN; a dotlock that cannot be made is no
        /// fault, a device is written to as it is, a file that may be executed is refused.
        FILE
    }

    public enum Lock {
        DOTLOCK,
        FLOCK,
        FCNTL
    }

    /// How a file is kept for one writer.
    ///
    /// @param attempts deliver_lock_attempts
    /// @param delay deliver_lock_delay, between two
    /// @param stale stale_lock_time: a `.lock` file older than this is broken
    public record Locks(List<Lock> kinds, int attempts, Duration delay, Duration stale) {
        public Locks {
            kinds = List.copyOf(kinds);
        }
    }

    /// The same with other attempts at the locks.
    public MailboxRules patience(int attempts, Duration delay) {
        Locks other = new Locks(locks.kinds(), attempts, delay, locks.stale());
        return new MailboxRules(place, other, sizeLimit, strictOwner);
    }
}
