package org.postrider.log;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A client's session with smtpd(8). `client` is `name[address]`, with `:port` where that is
/// logged.
public sealed interface SessionEvent extends Event {
    /// `connect from name[ip]`
    record Connect(String client) implements SessionEvent {}

    /// How often a command came, and how often it succeeded.
    record Count(String command, int succeeded, int tried) {}

    /// `disconnect from name[ip] ehlo=1 mail=0/1 … commands=4/5`
    ///
    /// @param commands those that came, in Postfix's order
    record Disconnect(String client, List<Count> commands) implements SessionEvent {}

    /// Why a session ended before its QUIT.
    enum Cause {
        LOST_CONNECTION("lost connection"),
        TIMEOUT("timeout"),
        TOO_MANY_ERRORS("too many errors"),
        STOP("ended by a stop");

        private final String words;

        Cause(String words) {
            this.words = words;
        }

        public String words() {
            return words;
        }
    }

    /// `lost connection after DATA from name[ip]`
    ///
    /// @param after the command, or where in it
    record Ended(Cause cause, String after, String client) implements SessionEvent {}

    /// What postscreen says of a client: `PASS NEW [192.0.2.1]:4711`.
    ///
    /// @param verdict the words in capitals that it begins with; `reject` for a refusal
    /// @param said the whole line
    record Screened(String verdict, String client, String said) implements SessionEvent {
        private static final Pattern VERDICT =
                Pattern.compile("(?:NOQUEUE: )?(reject)\\b|([A-Z][A-Z-]+(?: [A-Z][A-Z-]+)*)\\b");

        public static Screened of(String client, String line) {
            Matcher verdict = VERDICT.matcher(line);
            String words = !verdict.lookingAt() ? "" : verdict.group(verdict.start(1) < 0 ? 2 : 1);
            return new Screened(words, client, line);
        }
    }

    /// The client spoke before it was its turn.
    ///
    /// @param text what came, as far as it may be shown
    record EarlyTalk(String after, String client, String text) implements SessionEvent {}

    /// Another protocol's words.
    record NotSmtp(String client, String text) implements SessionEvent {
        @Override
        public Severity severity() {
            return Severity.WARNING;
        }
    }

    /// A command line beyond line_length_limit; its rest is not looked at.
    ///
    /// @param limit octets
    /// @param text how it begins
    record LineTooLong(String client, int limit, String text) implements SessionEvent {
        @Override
        public Severity severity() {
            return Severity.WARNING;
        }
    }

    /// AUTH failed, for the client's fault or for the authentication server's.
    ///
    /// @param username null where nobody knows it
    record AuthFailed(String client, String mechanism, String reason, @Nullable String username)
            implements SessionEvent {
        @Override
        public Severity severity() {
            return Severity.WARNING;
        }
    }

    /// The client gave up an AUTH.
    record AuthAborted(String client, String mechanism) implements SessionEvent {
        @Override
        public Severity severity() {
            return Severity.WARNING;
        }
    }

    /// A client is beyond one of smtpd_client_*_limit.
    ///
    /// @param limit `Connection rate`, `Connection concurrency`, `Recipient address rate`, …
    record LimitExceeded(String limit, int count, String client, String service)
            implements SessionEvent {
        @Override
        public Severity severity() {
            return Severity.WARNING;
        }
    }

    /// A client has had all the TLS handshakes of its time.
    ///
    /// @param request `STARTTLS`, `TLS service`
    record HandshakeRefused(String request, String client, String service) implements SessionEvent {
        @Override
        public Severity severity() {
            return Severity.WARNING;
        }
    }

    /// A rate that the administrator set (docs/decisions/0015): `100/1h reject`.
    record Rate(String parameter, int most, String time, String action) {}

    /// A login, sender or domain is beyond its rate.
    ///
    /// @param limit `Login`, `Sender`, …
    /// @param counted how many there were in what time
    /// @param name whom the rate counts
    record RateExceeded(
            String limit, String counted, String name, String client, String service, Rate rate)
            implements SessionEvent {
        @Override
        public Severity severity() {
            return Severity.WARNING;
        }
    }
}
