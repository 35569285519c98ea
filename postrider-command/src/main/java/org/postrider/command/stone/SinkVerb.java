package org.postrider.command.stone;

import org.jspecify.annotations.Nullable;
import org.postrider.command.CommandException;
import org.postrider.maps.Fold;

/// What smtp-sink answers to: the commands of SMTP and LMTP that it knows, and the two moments that
/// are no commands, a new connection and the end of a message.
enum SinkVerb {
    CONNECT("connect"),
    HELO("helo"),
    EHLO("ehlo"),
    LHLO("lhlo"),
    XCLIENT("xclient"),
    XFORWARD("xforward"),
    AUTH("auth"),
    MAIL("mail"),
    RCPT("rcpt"),
    DATA("data"),
    END("."),
    RSET("rset"),
    NOOP("noop"),
    VRFY("vrfy"),
    QUIT("quit");

    private final String word;

    SinkVerb(String word) {
        this.word = word;
    }

    /// Letters of either case; null for what is none.
    static @Nullable SinkVerb of(String text) {
        String folded = Fold.lower(text);
        for (SinkVerb each : values()) {
            if (each.word.equals(folded)) {
                return each;
            }
        }
        return null;
    }

    /// One that an option names.
    static SinkVerb named(String text) {
        SinkVerb verb = of(text);
        if (verb == null) {
            throw new CommandException(1, "unknown command: " + text);
        }
        return verb;
    }

    /// Whether a client can say it; a connection it makes.
    boolean said() {
        return this != CONNECT;
    }
}
