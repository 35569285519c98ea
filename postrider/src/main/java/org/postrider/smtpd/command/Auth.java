package org.postrider.smtpd.command;

import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postrider.log.SessionEvent;
import org.postrider.sasl.Exchange;
import org.postrider.sasl.SaslServer;
import org.postrider.sasl.Step;
import org.postrider.smtpd.Makings;
import org.postrider.smtpd.SmtpdReplies;
import org.postrider.smtpd.SmtpdSasl;
import org.postrider.smtpd.input.Party;
import org.postrider.smtpd.session.Admission;
import org.postrider.smtpd.session.Session;
import org.postrider.smtpd.session.State;
import org.postrider.wire.NotifyClass;
import org.postrider.wire.Reply;
import org.postrider.wire.Words;

/// AUTH (RFC 4954). Nothing that the client says within it is logged but its name.
public final class Auth extends Verb {
    private static final int LONGEST_NAME = 100;

    /// RFC 4422 3.1, in capitals or not at all.
    private static final Pattern NAME = Pattern.compile("[A-Z0-9_-]{1,20}|[a-z0-9_-]{1,20}");

    private final SmtpdSasl sasl;

    Auth(Makings m) {
        super("AUTH", Trait.ENDS_GROUP);
        sasl = m.guards().sasl();
    }

    /// With `AUTH=` besides, for clients that know no better (broken_sasl_auth_clients).
    Ehlo.Keyword keyword() {
        return new Ehlo.Keyword("AUTH", this::offered);
    }

    private List<String> offered(Session s) {
        List<String> mechanisms = sasl.offered(s);
        if (mechanisms.isEmpty()) {
            return List.of();
        }
        String list = String.join(" ", mechanisms);
        return sasl.broken ? List.of("AUTH " + list, "AUTH=" + list) : List.of("AUTH " + list);
    }

    @Override
    public Admission check(State state, String arguments) {
        return Admission.PROCEED;
    }

    @Override
    public void proceed(Session s, String arguments) throws IOException {
        Reply tooMany = s.events == null ? null : s.events.auth();
        List<String> words = Words.of(arguments);
        if (tooMany != null) {
            s.error(tooMany, NotifyClass.POLICY);
        } else if (!sasl.active(s)) {
            s.error(SmtpdReplies.AUTH_DISABLED);
        } else if (s.milters.refused(s.milters.beforeChange())) {
            return;
        } else if (s.mail() != null) {
            s.error(SmtpdReplies.MAIL_IN_PROGRESS);
        } else if (s.party().login() != null) {
            s.error(SmtpdReplies.AUTHENTICATED_ALREADY);
        } else if (words.isEmpty() || words.size() > 2) {
            s.error(SmtpdReplies.AUTH_SYNTAX);
        } else {
            String initial = words.size() > 1 ? words.get(1) : null;
            ended(s, words.getFirst(), exchanged(s, words.getFirst(), initial));
        }
    }

    /// What the exchange comes to; null if it has been broken off, which has been answered.
    private @Nullable Step exchanged(Session s, String mechanism, @Nullable String initial)
            throws IOException {
        SaslServer server = sasl.server;
        if (server == null) {
            return new Step.Unavailable("local configuration error", null, null);
        }
        try (Begun begun = begin(s, server, mechanism)) {
            Step step = begun.step(initial);
            while (step instanceof Step.Challenge c) {
                s.send(Reply.plain(334, c.text()));
                s.flush();
                String response = s.in.line(sasl.responseLimit);
                if (response == null) {
                    throw new EOFException();
                }
                if (s.in.cut()) {
                    s.error(SmtpdReplies.RESPONSE_LIMIT, NotifyClass.NONE);
                    return null;
                }
                if (response.equals("*")) {
                    s.log(new SessionEvent.AuthAborted(s.client(), named(mechanism)));
                    s.error(SmtpdReplies.AUTH_ABORTED, NotifyClass.NONE);
                    return null;
                }
                step = begun.step(response);
            }
            return step;
        }
    }

    private static void ended(Session s, String mechanism, @Nullable Step step) throws IOException {
        switch (step) {
            case null -> {
                // broken off
            }
            case Step.Success ok -> {
                s.party(s.party().as(new Party.Login(shown(ok.username()), mechanism)));
                s.send(SmtpdReplies.AUTHENTICATED);
            }
            case Step.Failure f -> {
                detail(s, f.detail());
                String reason = f.reason().isEmpty() ? "(reason unavailable)" : f.reason();
                failed(s, mechanism, reason, f.username());
                s.error(
                        Reply.of(535, 7, 8, "Error: authentication failed: " + reason),
                        NotifyClass.NONE);
            }
            case Step.Unavailable u -> {
                detail(s, u.detail());
                failed(s, mechanism, u.reason(), u.username());
                s.error(
                        Reply.of(454, 7, 0, "Temporary authentication failure: " + u.reason()),
                        NotifyClass.NONE);
            }
            case Step.Challenge c -> throw new IllegalStateException(c.text());
        }
    }

    /// The back end's trouble is not the connection's.
    private record Begun(@Nullable Exchange exchange, @Nullable String trouble)
            implements AutoCloseable {
        Step step(@Nullable String response) {
            Exchange x = exchange;
            if (x == null) {
                return new Step.Unavailable("connection to the server", null, trouble);
            }
            try {
                return x.step(response);
            } catch (IOException e) {
                return new Step.Unavailable(
                        "Connection lost to authentication server", null, e.getMessage());
            }
        }

        @Override
        public void close() {
            if (exchange != null) {
                exchange.close();
            }
        }
    }

    private Begun begin(Session s, SaslServer server, String mechanism) {
        try {
            return new Begun(server.begin(mechanism, sasl.channel(s)), null);
        } catch (IOException e) {
            return new Begun(null, e.getMessage());
        }
    }

    private static void detail(Session s, @Nullable String text) {
        if (text != null && !text.isEmpty()) {
            s.warn("SASL authentication failure: " + text);
        }
    }

    private static void failed(
            Session s, String mechanism, String reason, @Nullable String username) {
        s.log(
                new SessionEvent.AuthFailed(
                        s.client(),
                        named(mechanism),
                        reason,
                        username == null ? null : shown(username)));
    }

    /// A mechanism's name for the log; what cannot be one may be a password in its place.
    private static String named(String mechanism) {
        return NAME.matcher(mechanism).matches() ? mechanism : "(not shown)";
    }

    /// A name as rules, logs and headers have it: octets as chars, controls as `?`.
    private static String shown(String name) {
        String octets =
                new String(name.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < Math.min(octets.length(), LONGEST_NAME); i++) {
            char c = octets.charAt(i);
            out.append(c < ' ' || c == 127 ? '?' : c);
        }
        return out.toString();
    }
}
