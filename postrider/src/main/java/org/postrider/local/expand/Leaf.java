package org.postrider.local.expand;

import org.postrider.dsn.Status;

/// Where the mail of a recipient ends, one of several if he stands for others.
public sealed interface Leaf {
    Way way();

    /// The user's mbox file: the way has his rights.
    ///
    /// @param home it lies in his home directory, not in mail_spool_directory
    record Mailbox(Way way, String file, boolean home) implements Leaf {}

    /// A Maildir: the user's, or one that an alias or file names.
    ///
    /// @param directory ends with `/`
    record Maildir(Way way, String directory) implements Leaf {}

    /// A file that an alias or file names.
    record ToFile(Way way, String file) implements Leaf {}

    /// A command, named by an alias or file, or a mailbox_command.
    record ToCommand(Way way, String command) implements Leaf {}

    /// Another address: it gets a mail of its own, through cleanup.
    record Forward(Way way) implements Leaf {}

    /// Another delivery agent (mailbox_transport, fallback_transport).
    ///
    /// @param service `transport:nexthop`; without a next hop it is the one of the recipient
    record Pass(Way way, String service) implements Leaf {}

    /// Settled already: failed for good or for now, or dropped.
    ///
    /// @param toOwner a failure is told to the owner of the address, where there is one
    record Settled(Way way, Status status, String text, boolean toOwner) implements Leaf {}
}
