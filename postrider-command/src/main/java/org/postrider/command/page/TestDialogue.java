package org.postrider.command.page;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.postrider.command.page.TestMessage.Tls;
import org.postrider.io.Connection;
import org.postrider.io.Connector;
import org.postrider.io.DeadlineException;
import org.postrider.sasl.ClientChannel;
import org.postrider.sasl.ClientExchange;
import org.postrider.sasl.Response;
import org.postrider.sasl.SecurityOption;
import org.postrider.time.Clock;
import org.postrider.tls.ServerProof;
import org.postrider.tls.TlsClient;
import org.postrider.tls.TlsClientSettings;
import org.postrider.tls.TlsConnection;
import org.postrider.tls.TlsServerSettings;
import org.postrider.wire.ClientDialogue;
import org.postrider.wire.ClientStage;
import org.postrider.wire.Offer;
import org.postrider.wire.ServerReply;

/// Sends one test message and keeps all that is said. Blocking; one thread.
final class TestDialogue implements ClientDialogue.Oddities, ClientDialogue.Filter {
    private static final int LINE_LIMIT = 2048;
    private static final int LINES = 500;
    private static final int ADDRESSES = 3;
    private static final int DEPTH = 9;
    private static final int ROUNDS = 10;

    /// For each step.
    private static final long PATIENCE_MILLIS = 30_000;

    /// Who says a line.
    enum Voice {
        CLIENT,
        SERVER,
        NOTE,
        FAULT
    }

    record Said(Voice voice, String text) {}

    /// It ends here, as was said.
    private static final class Over extends Exception {
        private static final long serialVersionUID = 1;

        Over(String why) {
            super(why, null, false, false);
        }
    }

    private final TestMessage message;
    private final Connector connector;
    private final Clock clock;
    private final List<Said> said = new ArrayList<>();

    TestDialogue(TestMessage message, Connector connector, Clock clock) {
        this.message = message;
        this.connector = connector;
        this.clock = clock;
    }

    /// All that was said, in order.
    List<Said> said() {
        return List.copyOf(said);
    }

    /// Holds the dialogue.
    ///
    /// @return true where the server took the message
    boolean run() {
        try (Connection plain = connect()) {
            talk(plain);
            return true;
        } catch (Over e) {
            say(Voice.FAULT, String.valueOf(e.getMessage()));
        } catch (DeadlineException e) {
            say(Voice.FAULT, "it takes too long");
        } catch (IOException e) {
            say(Voice.FAULT, "the connection is gone: " + e.getMessage());
        }
        return false;
    }

    private Connection connect() throws Over {
        TestMessage.Way way = message.way();
        InetAddress[] addresses;
        try {
            addresses = InetAddress.getAllByName(bare(way.host()));
        } catch (UnknownHostException e) {
            throw new Over("host " + way.host() + " is not found");
        }
        for (int i = 0; i < Math.min(ADDRESSES, addresses.length); i++) {
            String where = addresses[i].getHostAddress() + " port " + way.port();
            try {
                say(Voice.NOTE, "connecting to " + where);
                return connector.connect(
                        new InetSocketAddress(addresses[i], way.port()), null, PATIENCE_MILLIS);
            } catch (IOException e) {
                say(Voice.FAULT, where + ": " + e.getMessage());
            }
        }
        throw new Over("no connection");
    }

    private static String bare(String host) {
        return host.startsWith("[") && host.endsWith("]")
                ? host.substring(1, host.length() - 1)
                : host;
    }

    private void talk(Connection plain) throws IOException, Over {
        Tls tls = message.way().tls();
        ClientDialogue with =
                new ClientDialogue(plain, new ClientDialogue.Terms(LINE_LIMIT, true), this, this);
        if (tls == Tls.IMPLICIT) {
            secure(with);
        }
        expect(with.greeting(PATIENCE_MILLIS), 2);
        hello(with);
        boolean offered = with.offers(Offer.STARTTLS);
        if (tls == Tls.STARTTLS && !offered) {
            throw new Over("the server offers no STARTTLS");
        }
        if (offered && (tls == Tls.STARTTLS || tls == Tls.IF_OFFERED)) {
            say(Voice.CLIENT, "STARTTLS");
            expect(with.startTls(PATIENCE_MILLIS), 2);
            secure(with);
            hello(with);
        }
        if (message.login().wanted()) {
            login(with);
        }
        mail(with);
        say(Voice.CLIENT, "QUIT");
        with.send("QUIT\r\n", PATIENCE_MILLIS);
        try {
            with.reply(with.stage(), PATIENCE_MILLIS);
        } catch (IOException e) {
            say(Voice.NOTE, "gone without a reply");
        }
    }

    private void hello(ClientDialogue with) throws IOException, Over {
        say(Voice.CLIENT, "EHLO " + message.way().helo());
        ServerReply reply = with.hello(ClientStage.EHLO, message.way().helo(), PATIENCE_MILLIS);
        if (reply.code() / 100 == 5) {
            say(Voice.CLIENT, "HELO " + message.way().helo());
            expect(with.hello(ClientStage.HELO, message.way().helo(), PATIENCE_MILLIS), 2);
            return;
        }
        expect(reply, 2);
        with.take(reply, Set.of());
    }

    private void secure(ClientDialogue with) throws IOException, Over {
        String host = bare(message.way().host());
        ServerProof.Verdict[] verdict = new ServerProof.Verdict[1];
        with.secure(plain -> {
            TlsConnection made =
                    client().connect(
                                    plain,
                                    host,
                                    new ServerProof.Named(List.of(host)),
                                    PATIENCE_MILLIS);
            say(Voice.NOTE, "TLS: " + made.summary());
            made.chain().stream()
                    .limit(DEPTH)
                    .forEach(each ->
                            say(
                                    Voice.NOTE,
                                    "certificate of "
                                            + each.getSubjectX500Principal()
                                            + " by "
                                            + each.getIssuerX500Principal()
                                            + ", until "
                                            + each.getNotAfter().toInstant()));
            verdict[0] = made.verdict();
            return made;
        });
        ServerProof.Verdict found = verdict[0];
        boolean good = found.trusted() && found.matched();
        ServerProof.Fault fault = found.fault();
        String why = fault == null ? "it is not of this host" : fault.reason();
        say(
                Voice.NOTE,
                good
                        ? "verified: the certificate is trusted, and of this host"
                        : "not verified: " + why);
        if (!good && message.way().verified()) {
            throw new Over("the certificate was to be verified: nothing more is said");
        }
    }

    private TlsClient client() {
        return TlsClient.of(
                new TlsClientSettings(
                        ">=TLSv1",
                        TlsServerSettings.Ciphers.ANY,
                        List.of(),
                        new TlsClientSettings.Trust("", "", true, DEPTH),
                        "sha256",
                        TlsClientSettings.Keys.NONE),
                warning -> say(Voice.NOTE, warning),
                clock);
    }

    private void login(ClientDialogue with) throws IOException, Over {
        List<String> offered = new ArrayList<>();
        with.logins().forEach(line -> offered.addAll(List.of(line.strip().split("[ =]+"))));
        String wanted = message.login().mechanism();
        if (!wanted.isEmpty() && offered.stream().noneMatch(wanted::equalsIgnoreCase)) {
            throw new Over("the server does not offer a login by " + wanted);
        }
        if (!with.secured()) {
            say(Voice.NOTE, "the login goes out without TLS");
        }
        ClientChannel channel =
                new ClientChannel(
                        "smtp",
                        message.way().helo(),
                        message.way().host(),
                        EnumSet.noneOf(SecurityOption.class),
                        false,
                        null);
        switch (ClientExchange.choose(
                wanted.isEmpty() ? offered : List.of(wanted), message.login().who(), channel)) {
            case ClientExchange.Choice.None none -> throw new Over(none.why().reason());
            case ClientExchange.Choice.Taken taken -> exchange(with, taken.exchange());
        }
    }

    private void exchange(ClientDialogue with, ClientExchange exchange) throws IOException, Over {
        String first = word(exchange.first());
        String auth = "AUTH " + exchange.mechanism();
        say(Voice.CLIENT, first.isEmpty() ? auth : auth + " ********");
        ServerReply reply =
                with.login(first.isEmpty() ? auth : auth + " " + first, PATIENCE_MILLIS);
        for (int i = 0; reply.code() / 100 == 3 && i < ROUNDS; i++) {
            String line = reply.lines().getLast();
            String answer = word(exchange.next(line.substring(Math.min(4, line.length()))));
            say(Voice.CLIENT, "********");
            reply = with.login(answer, PATIENCE_MILLIS);
        }
        expect(reply, 2);
        if (!exchange.complete()) {
            throw new Over("the server has not proved that it knows the password");
        }
    }

    private static String word(Response response) throws Over {
        return switch (response) {
            case Response.Say s -> s.text();
            case Response.Cannot c -> throw new Over("login: " + c.reason());
        };
    }

    private void mail(ClientDialogue with) throws IOException, Over {
        TestMessage.Mail mail = message.mail();
        String every = mail.from() + String.join("", mail.to());
        boolean utf8 = every.chars().anyMatch(c -> c > 0x7f);
        if (utf8 && !with.offers(Offer.SMTPUTF8)) {
            throw new Over("the server takes no addresses beyond ASCII (SMTPUTF8)");
        }
        String from = "MAIL FROM:<" + mail.from() + ">" + (utf8 ? " SMTPUTF8" : "");
        expect(command(with, ClientStage.MAIL, from), 2);
        for (String to : mail.to()) {
            expect(command(with, ClientStage.RCPT, "RCPT TO:<" + to + ">"), 2);
        }
        expect(command(with, ClientStage.DATA, "DATA"), 3);
        List<String> lines = content(mail);
        StringBuilder out = new StringBuilder();
        for (String line : lines) {
            (line.isEmpty() ? Stream.of("") : line.lines())
                    .forEach(each -> say(Voice.CLIENT, each));
            out.append(line.startsWith(".") ? "." : "").append(line).append("\r\n");
        }
        say(Voice.CLIENT, ".");
        with.send(TestMessage.octets(out + ".\r\n"), PATIENCE_MILLIS);
        expect(with.reply(ClientStage.END_OF_DATA, PATIENCE_MILLIS), 2);
    }

    private ServerReply command(ClientDialogue with, ClientStage stage, String line)
            throws IOException {
        say(Voice.CLIENT, line);
        with.send(TestMessage.octets(line) + "\r\n", PATIENCE_MILLIS);
        return with.reply(stage, PATIENCE_MILLIS);
    }

    private List<String> content(TestMessage.Mail mail) {
        byte[] random = new byte[12];
        new SecureRandom().nextBytes(random);
        List<String> out = new ArrayList<>();
        out.add(
                "Date: "
                        + DateTimeFormatter.RFC_1123_DATE_TIME.format(
                                Instant.ofEpochMilli(clock.wallMillis()).atOffset(ZoneOffset.UTC)));
        out.add("From: " + (mail.from().isEmpty() ? "MAILER-DAEMON" : mail.from()));
        out.add("To: " + String.join(", ", mail.to()));
        out.add("Subject: " + encoded(mail.subject()));
        out.add(
                "Message-ID: <"
                        + HexFormat.of().formatHex(random)
                        + "@"
                        + bare(message.way().helo())
                        + ">");
        out.add("MIME-Version: 1.0");
        out.add("Content-Type: text/plain; charset=utf-8");
        byte[] text = mail.text().getBytes(StandardCharsets.UTF_8);
        boolean plain =
                mail.text().chars().allMatch(c -> c < 0x7f)
                        && mail.text().lines().allMatch(line -> line.length() < 990);
        out.add("Content-Transfer-Encoding: " + (plain ? "7bit" : "base64"));
        out.add("");
        if (plain) {
            mail.text().lines().forEach(out::add);
        } else {
            out.addAll(List.of(Base64.getMimeEncoder().encodeToString(text).split("\r\n")));
        }
        return out;
    }

    /// As an encoded word where it has to be one (RFC 2047), in pieces that fit.
    private static String encoded(String subject) {
        if (subject.chars().allMatch(c -> c < 0x7f)) {
            return subject;
        }
        StringBuilder out = new StringBuilder();
        int[] points = subject.codePoints().toArray();
        for (int i = 0; i < points.length; i += 10) {
            String piece = new String(points, i, Math.min(10, points.length - i));
            out.append(i == 0 ? "" : "\r\n ")
                    .append("=?utf-8?B?")
                    .append(
                            Base64.getEncoder()
                                    .encodeToString(piece.getBytes(StandardCharsets.UTF_8)))
                    .append("?=");
        }
        return out.toString();
    }

    private void expect(ServerReply reply, int digit) throws Over {
        if (reply.code() / 100 != digit) {
            throw new Over("the server says no");
        }
    }

    private void say(Voice voice, String text) {
        if (said.size() < LINES) {
            said.add(new Said(voice, text));
        }
    }

    // ---- what the server says

    @Override
    public String filtered(String line) {
        say(
                Voice.SERVER,
                new String(line.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8));
        return line;
    }

    @Override
    public void noReplyCode(String line, boolean several) {
        say(Voice.NOTE, "that line has no reply code");
    }

    @Override
    public void longLine(int limit, String start) {
        say(Voice.NOTE, "a line is longer than " + limit + " octets, its rest is passed over");
    }

    @Override
    public void longReply(int limit, String start) {
        say(Voice.NOTE, "the reply has more than " + limit + " octets, the rest is passed over");
    }

    @Override
    public void badSize(String value) {
        say(Voice.NOTE, "SIZE is followed by no number");
    }
}
