package org.postrider.smtp.mail;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigParams;
import org.postrider.config.Values;
import org.postrider.dsn.Status;
import org.postrider.io.Connection;
import org.postrider.log.LogTag;
import org.postrider.log.MailLog;
import org.postrider.maps.Fold;
import org.postrider.maps.StringList;
import org.postrider.maps.Tables;
import org.postrider.sasl.ClientChannel;
import org.postrider.sasl.ClientExchange;
import org.postrider.sasl.Credentials;
import org.postrider.sasl.Response;
import org.postrider.sasl.SecurityOption;
import org.postrider.smtp.ClientSettings;
import org.postrider.smtp.Protocol;
import org.postrider.smtp.SmtpLoginParams;
import org.postrider.smtp.SmtpParams;
import org.postrider.smtp.Twin;
import org.postrider.smtp.policy.Login;
import org.postrider.smtp.policy.Logins;
import org.postrider.smtp.session.Secrecy;
import org.postrider.smtp.session.SmtpSession;
import org.postrider.time.Clock;
import org.postrider.tls.TlsConnection;
import org.postrider.wire.ServerReply;

/// The login of a session (smtp_sasl_helo_login), where the server offers AUTH and its key holds
/// one. Nothing but a 2xx lets mail follow; what a server says of a login that failed is told
/// without what this side had said. Immutable; any thread.
final class Authentication {
    private static final Status NO_LOGIN = new Status(4, 7, 0);

    /// An initial response that makes AUTH longer waits for the server's word (RFC 4954 4).
    private static final int MOST_COMMAND = 512;

    /// Octets of offers that are kept, as line_length_limit's default has it.
    private static final int MOST_OFFERS = 2048;

    /// A secret that begins so names a token file.
    private static final String FILE = "/";

    private static final int MOST_STEPS = 20;

    /// Wrong user or password (RFC 4954 6).
    private static final int REFUSED = 535;

    private final boolean enabled;
    private final @Nullable StringList filter;
    private final @Nullable Options options;
    private final boolean actsAs;
    private final boolean softBounce;
    private final ClientExchange.AccessTokens tokens;
    private final String service;
    private final String myhostname;
    private final @Nullable FailedLogins failed;
    private final long timeoutMillis;
    private final MailLog log;

    /// What a mechanism must fulfil.
    private record Options(
            Set<SecurityOption> clear, Set<SecurityOption> tls, Set<SecurityOption> verified) {
        static Options of(ClientSettings settings) {
            return new Options(
                    one(settings, SmtpLoginParams.SECURITY_OPTIONS),
                    one(settings, SmtpLoginParams.TLS_SECURITY_OPTIONS),
                    one(settings, SmtpLoginParams.TLS_VERIFIED_SECURITY_OPTIONS));
        }

        Set<SecurityOption> within(Secrecy secrecy) {
            return switch (secrecy) {
                case CLEAR -> clear;
                case ENCRYPTED -> tls;
                case VERIFIED -> verified;
            };
        }

        private static Set<SecurityOption> one(ClientSettings settings, Twin<List<String>> list) {
            return SecurityOption.parse(settings.get(list), settings.name(list));
        }
    }

    Authentication(ClientSettings settings, Tables tables, Transmission.Workplace at) {
        log = at.log();
        Clock clock = at.clock();
        tokens =
                ClientExchange.tokens(
                        Path.of(settings.get(SmtpLoginParams.OAUTH_CONFIG)),
                        at.connector(),
                        clock,
                        text -> at.log().warning(at.tag(), text));
        failed = FailedLogins.of(settings, clock);
        enabled = settings.get(SmtpLoginParams.AUTH_ENABLE);
        List<String> filters = settings.get(SmtpLoginParams.MECHANISM_FILTER);
        filter =
                filters.isEmpty()
                        ? null
                        : new StringList(
                                settings.name(SmtpLoginParams.MECHANISM_FILTER), filters, tables);
        options = Logins.fault(settings) == null ? Options.of(settings) : null;
        actsAs = settings.get(SmtpLoginParams.SEND_AUTHZID);
        softBounce = settings.get(SmtpLoginParams.SOFT_BOUNCE);
        service = settings.protocol() == Protocol.SMTP ? "smtp" : "lmtp";
        myhostname = settings.get(ConfigParams.MYHOSTNAME);
        timeoutMillis = settings.get(SmtpParams.HELO_TIMEOUT).toMillis();
    }

    /// Which mechanisms may be used of those that a server has offered; null where it offers no
    /// login, or none is wanted of any server.
    ///
    /// @throws org.postrider.maps.TableException where the filter cannot answer
    @Nullable List<String> offered(SmtpSession s, LogTag tag) {
        if (!enabled || s.dialogue().logins().isEmpty()) {
            return null;
        }
        List<String> out = new ArrayList<>();
        int octets = 0;
        for (String line : s.dialogue().logins()) {
            boolean room = octets < MOST_OFFERS;
            int before = out.size();
            for (String word : room ? Values.words(line) : List.<String>of()) {
                if (filter == null || filter.contains(word)) {
                    out.add(word);
                    octets += word.length() + 1;
                }
            }
            if (before == 0 && out.isEmpty()) {
                log.warning(
                        tag,
                        line.isEmpty()
                                ? s.relay() + " offered null AUTH mechanism list"
                                : s.relay()
                                        + " offered no supported AUTH mechanisms: '"
                                        + line
                                        + "'");
            }
        }
        return out;
    }

    /// @param offered what may be used
    /// @param last no other server follows
    /// @return false where no mail may follow; the attempt knows why
    /// @throws IOException where the connection breaks
    boolean perform(SmtpSession s, Attempt attempt, List<String> offered, boolean last)
            throws IOException {
        Options must = options;
        if (must == null || !(s.key().login() instanceof Login.User user)) {
            return true;
        }
        if (offered.isEmpty()) {
            attempt.siteRefused(
                    s,
                    NO_LOGIN,
                    "SASL authentication failed: server "
                            + s.label()
                            + " offered no compatible authentication mechanisms for this type of"
                            + " connection security",
                    null,
                    last);
            return false;
        }
        if (user.secret().octets().startsWith(FILE) && ClientExchange.takesTokens(offered)) {
            return byToken(s, attempt, offered, user, last);
        }
        Credentials who = new Credentials(user.name(), user.secret().octets(), actsAs);
        FailedLogins.Entry before =
                failed == null
                        ? null
                        : failed.find(s.server().name(), who, t -> log.warning(attempt.tag(), t));
        if (before != null) {
            attempt.siteRefused(
                    s,
                    told(REFUSED, before.status()),
                    "SASL [CACHED] authentication failed; server "
                            + s.server().name()
                            + " said: "
                            + before.text(),
                    new ServerReply(
                            REFUSED, before.status(), before.text(), List.of(before.text())),
                    last);
            return false;
        }
        ClientChannel channel = channel(s, must, offered);
        return switch (ClientExchange.choose(offered, who, channel)) {
            case ClientExchange.Choice.None none -> cannot(s, attempt, none.why(), last);
            case ClientExchange.Choice.Taken taken -> {
                boolean mutual = channel.required().contains(SecurityOption.MUTUAL_AUTH);
                yield new Talk(s, attempt, taken.exchange(), who, last).run(mutual);
            }
        };
    }

    private boolean byToken(
            SmtpSession s, Attempt attempt, List<String> offered, Login.User user, boolean last)
            throws IOException {
        Options must = options;
        String file = user.secret().octets();
        if (must == null) {
            return true;
        }
        Credentials token;
        try {
            token = tokens.of(file, user.name());
        } catch (ClientExchange.NoToken e) {
            String why = String.valueOf(e.getMessage());
            return cannot(s, attempt, new Response.Cannot(why, List.of()), last);
        }
        ClientChannel channel = channel(s, must, offered);
        return switch (ClientExchange.bearer(offered, token, channel, s.server().port())) {
            case ClientExchange.Choice.None none -> cannot(s, attempt, none.why(), last);
            case ClientExchange.Choice.Taken taken -> {
                Talk talk = new Talk(s, attempt, taken.exchange(), token, last);
                boolean in = talk.run(false);
                if (talk.refused) {
                    tokens.refused(file);
                }
                yield in;
            }
        };
    }

    /// The server would bind a login to the connection, and smtp_sasl_mechanism_filter hides that:
    /// it is not to hear that somebody on the way took its offer away (RFC 5802 6).
    private static boolean hidesBinding(SmtpSession s, List<String> offered) {
        return offered.stream().noneMatch(Authentication::binds)
                && s.dialogue().logins().stream()
                        .flatMap(line -> Values.words(line).stream())
                        .anyMatch(Authentication::binds);
    }

    private static boolean binds(String mechanism) {
        return Fold.lower(mechanism).endsWith("-plus");
    }

    private ClientChannel channel(SmtpSession s, Options must, List<String> offered) {
        String server = s.server().name();
        Connection over = s.dialogue().connection();
        if (!s.dialogue().secured() || !(over instanceof TlsConnection tls)) {
            return new ClientChannel(service, myhostname, server, must.clear(), false, null);
        }
        boolean hides = hidesBinding(s, offered);
        byte[] exported = hides ? null : tls.exporter();
        byte[] endPoint = hides || exported != null ? null : tls.peerEndPoint();
        return new ClientChannel(
                service,
                myhostname,
                server,
                must.within(s.secrecy()),
                tls.ownCertificate() != null,
                exported != null
                        ? new ClientChannel.Binding("tls-exporter", exported)
                        : endPoint != null
                                ? new ClientChannel.Binding("tls-server-end-point", endPoint)
                                : null);
    }

    private Status told(int code, Status status) {
        return softBounce && code / 100 == 5 ? status.as(4) : status;
    }

    private boolean cannot(SmtpSession s, Attempt attempt, Response.Cannot why, boolean last) {
        why.warnings().forEach(text -> log.warning(attempt.tag(), text));
        attempt.siteRefused(
                s,
                NO_LOGIN,
                "SASL authentication failed; cannot authenticate to server "
                        + s.label()
                        + ": "
                        + why.reason(),
                null,
                last);
        return false;
    }

    /// One exchange (smtp_sasl_authenticate).
    private final class Talk {
        private final SmtpSession s;
        private final Attempt attempt;
        private final ClientExchange exchange;
        private final Credentials who;
        private final boolean last;
        private boolean refused;

        Talk(
                SmtpSession s,
                Attempt attempt,
                ClientExchange exchange,
                Credentials who,
                boolean last) {
            this.s = s;
            this.attempt = attempt;
            this.exchange = exchange;
            this.who = who;
            this.last = last;
            byte[] secret = who.secret().getBytes(StandardCharsets.ISO_8859_1);
            s.neverSay(who.secret());
            s.neverSay(Base64.getEncoder().encodeToString(secret));
        }

        boolean run(boolean mutual) throws IOException {
            try {
                return talked(mutual);
            } finally {
                s.loginIsOver();
            }
        }

        private boolean talked(boolean mutual) throws IOException {
            String kept;
            switch (exchange.first()) {
                case Response.Cannot why -> {
                    return cannot(s, attempt, why, last);
                }
                case Response.Say say -> kept = say.text();
            }
            String command = "AUTH " + exchange.mechanism();
            ServerReply r;
            if (!kept.isEmpty() && command.length() + kept.length() + 3 <= MOST_COMMAND) {
                r = say(command + " " + kept, kept);
                kept = "";
            } else {
                r = say(command, "");
            }
            for (int step = 0; r.code() / 100 == 3; step++) {
                String challenge = challenge(r);
                if (step >= MOST_STEPS) {
                    return cannot(
                            s, attempt, new Response.Cannot("generic failure", List.of()), last);
                }
                if (!kept.isEmpty()) {
                    if (!challenge.isEmpty()) {
                        return bothFirst();
                    }
                    r = say(kept, kept);
                    kept = "";
                    continue;
                }
                switch (exchange.next(challenge)) {
                    case Response.Cannot why -> {
                        return cannot(s, attempt, why, last);
                    }
                    case Response.Say next -> r = say(next.text(), next.text());
                }
            }
            if (r.code() / 100 != 2) {
                return refused(r);
            }
            if (mutual && !exchange.complete()) {
                String reason = "server failed mutual authentication step";
                return cannot(s, attempt, new Response.Cannot(reason, List.of()), last);
            }
            s.hasLoggedIn();
            return true;
        }

        private ServerReply say(String line, String secret) throws IOException {
            s.neverSay(secret);
            return s.dialogue().login(line, timeoutMillis);
        }

        /// What stands behind the reply's code.
        private static String challenge(ServerReply r) {
            String line = r.lines().getLast();
            int from = Math.min(3, line.length());
            while (from < line.length() && "- \t".indexOf(line.charAt(from)) >= 0) {
                from++;
            }
            return line.substring(from).stripTrailing();
        }

        private boolean bothFirst() {
            attempt.siteRefused(
                    s,
                    NO_LOGIN,
                    "SASL authentication failed; non-empty initial "
                            + exchange.mechanism()
                            + " challenge from server "
                            + s.label(),
                    null,
                    last);
            return false;
        }

        private boolean refused(ServerReply r) {
            refused = r.code() / 100 == 5;
            // As Postfix shows it, which takes no line ends out of these.
            String text = s.shown(String.join("?", r.lines()));
            ServerReply shown = new ServerReply(r.code(), r.status(), text, List.of(text));
            if (failed != null && r.code() == REFUSED && !exchange.bearer()) {
                failed.add(
                        s.server().name(),
                        who,
                        r.status(),
                        shown.text(),
                        t -> log.warning(attempt.tag(), t));
            }
            attempt.siteRefused(
                    s,
                    told(r.code(), r.status()),
                    "SASL authentication failed; server " + s.label() + " said: " + shown.text(),
                    shown,
                    last);
            return false;
        }
    }
}
