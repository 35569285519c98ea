package org.postrider.smtpd.command;

import java.io.IOException;
import java.util.EnumSet;
import java.util.Set;
import org.postrider.smtpd.session.Admission;
import org.postrider.smtpd.session.Session;
import org.postrider.smtpd.session.State;
import org.postrider.wire.Command;

/// One verb of SMTP: where it stands in the order of commands, and what it does. Each listener has
/// its own, made with the settings that it honours. Immutable; any thread may run a session's.
///
/// A verb has two halves. [#check] is pure and total: the whole order of commands can be read from
/// it without a socket, and is (src/test/resources/org/postrider/smtpd/dialogue.txt). [#proceed] is
/// plain blocking code on the session's thread.
public abstract class Verb {
    /// What the session's order of reading and counting wants to know of a verb.
    public enum Trait {
        /// It may come before STARTTLS where TLS is required.
        PLAINTEXT,

        /// It does no work: too many between mails are errors (smtpd_junk_command_limit).
        IDLE,

        /// It ends a pipelined group: the client waits for its reply (RFC 2920 3.1).
        ENDS_GROUP,

        /// Nobody minds what was sent after it.
        ANYHOW
    }

    private final String name;
    private final Set<Trait> traits = EnumSet.noneOf(Trait.class);

    /// @param name in capitals, as the disconnect line counts it
    Verb(String name, Trait... traits) {
        this.name = name;
        this.traits.addAll(Set.of(traits));
    }

    public final String name() {
        return name;
    }

    public final boolean is(Trait trait) {
        return traits.contains(trait);
    }

    /// The *check* half: whether it may come now. Pure and total.
    public abstract Admission check(State state, String arguments);

    /// The *proceed* half: it may come, and takes effect. Sends its own reply.
    public abstract void proceed(Session s, String arguments) throws IOException;

    /// The same, for who wants to know by which word it was called.
    public void proceed(Session s, Command command) throws IOException {
        proceed(s, command.arguments());
    }

    /// It may not come.
    public void refuse(Session s, String arguments, Admission.Refuse with) throws IOException {
        s.error(with.reply(), with.about());
    }

    /// Whether the line is another protocol's: then that has been answered and the session ends.
    ///
    /// @param line as it came
    public boolean foreign(Session s, Command command, String line) throws IOException {
        return false;
    }
}
