package org.postrider.command.convert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.command.CommandException;
import org.postrider.command.Terminal;
import org.postrider.disk.Disk;
import org.postrider.disk.RealDisk;

/// What other programs' configurations become, and what garbage does.
class PostconvertTest {
    private static final String MC =
            """
            divert(-1)dnl
            # a comment with define(`SMART_HOST', `no.example') in it
            divert(0)dnl
            dnl define(`SMART_HOST', `no.example')dnl
            OSTYPE(`linux')dnl
            define(`SMART_HOST', `esmtp:[smtp.internal.example]')dnl
            define(`ESMTP_MAILER_ARGS', `TCP $h 587')dnl
            define(`confDOMAIN_NAME', `app1.domain.tld')dnl
            define(`ALIAS_FILE', `/etc/aliases,/etc/more')dnl
            define(`confTO_QUEUERETURN', `4d')dnl
            define(`confTO_CONNECT', `1m30s')dnl
            define(`confLOG_LEVEL',dnl what follows is the value
            `14')dnl
            MASQUERADE_AS(`domain.tld')dnl
            EXPOSED_USER(`root')dnl
            FEATURE(`masquerade_envelope')dnl
            LOCAL_DOMAIN(`www.domain.tld')dnl
            FEATURE(`access_db', `hash -o /nowhere/access.db')dnl
            FEATURE(`dnsbl', `one.example')dnl
            FEATURE(`dnsbl', `two.example')dnl
            FEATURE(`promiscuous_relay')dnl
            DAEMON_OPTIONS(`Port=smtp,Addr=127.0.0.1, Name=MTA')dnl
            DAEMON_OPTIONS(`Port=submission, Name=MSA, M=Ea')dnl
            INPUT_MAIL_FILTER(`a', `S=local:/run/a.sock, F=T, T=C:5m;R:10s')dnl
            MAILER(smtp)dnl
            """;

    @TempDir Path directory;
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private Converted sendmail(String text) {
        return SendmailMc.convert("sendmail.mc", text, directory);
    }

    private int run(String... args) {
        return run(new RealDisk(), args);
    }

    private int run(Disk disk, String... args) {
        Terminal t =
                new Terminal(
                        new ByteArrayInputStream(new byte[0]),
                        new PrintStream(new ByteArrayOutputStream()),
                        new PrintStream(err),
                        null);
        return new Postconvert(t, List.of(Path.of("conf/master.cf")), disk).run(args);
    }

    /// One that is full at some call: of the disk itself, or of a file on it.
    ///
    /// @param rest how many calls are left; one that deletes, looks or closes goes always
    private static <T> T full(Class<T> door, T real, int[] rest) {
        Object made =
                Proxy.newProxyInstance(
                        door.getClassLoader(),
                        new Class<?>[] {door},
                        (_, method, args) -> {
                            boolean needs =
                                    !Set.of("delete", "list", "close").contains(method.getName());
                            if (needs && rest[0]-- == 0) {
                                throw new IOException("No space left on device");
                            }
                            try {
                                Object out = method.invoke(real, args);
                                return out instanceof Disk.File file
                                        ? full(Disk.File.class, file, rest)
                                        : out;
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
        return door.cast(made);
    }

    /// Wherever the disk is full, the new directory is there whole, or nothing of it is.
    @Test
    void aFullDiskLeavesNothingBehind() throws IOException {
        Path from = Files.writeString(directory.resolve("sendmail.mc"), MC);
        int refused = 0;
        for (int calls = 0; ; calls++) {
            Path all = Files.createDirectory(directory.resolve("at" + calls));
            Path to = all.resolve("new");
            err.reset();
            int[] rest = {calls};
            int status =
                    run(full(Disk.class, new RealDisk(), rest), from.toString(), to.toString());
            if (rest[0] >= 0) {
                assertEquals(0, status, err::toString);
                break;
            }
            assertEquals(1, status);
            assertTrue(err.toString().contains("No space left on device"), err::toString);
            try (Stream<Path> left = Files.list(all)) {
                List<Path> names = left.toList();
                boolean whole = names.equals(List.of(to)) && Files.exists(to.resolve("master.cf"));
                assertTrue(names.isEmpty() || whole, names::toString);
                refused += names.isEmpty() ? 1 : 0;
            }
        }
        assertTrue(refused > 8, refused + " calls");
    }

    @Test
    void whatASendmailMcSaysIsSaidInMainCf() {
        Converted c = sendmail(MC);
        assertEquals("[smtp.internal.example]:587", c.get("relayhost"));
        assertEquals("app1.domain.tld", c.get("myhostname"));
        assertEquals("hash:/etc/aliases, hash:/etc/more", c.get("alias_maps"));
        assertEquals("4d", c.get("maximal_queue_lifetime"));
        assertEquals("90s", c.get("smtp_connect_timeout"));
        assertEquals("header_sender, envelope_sender", c.get("canonical_classes"));
        assertTrue(
                String.valueOf(c.get("canonical_maps")).contains("{ @$myhostname = @domain.tld }"));
        assertEquals(
                "reject_rbl_client one.example, reject_rbl_client two.example",
                c.get("smtpd_client_restrictions"));
        assertEquals("127.0.0.1", c.get("inet_interfaces"));
        assertEquals(
                "{ unix:/run/a.sock, default_action=tempfail, connect_timeout=5m,"
                        + " command_timeout=10s }",
                c.get("smtpd_milters"));
        assertFalse(String.valueOf(c.get("smtpd_relay_restrictions")).contains("static"));
    }

    @Test
    void whatIsNotCarriedOverIsSaidWithItsLine() {
        List<String> notes = sendmail(MC).notes();
        assertEquals(6, notes.size(), notes::toString);
        assertTrue(
                notes.stream()
                        .anyMatch(n ->
                                n.endsWith("access: cannot be read: No such file or directory")),
                notes::toString);
        assertTrue(
                notes.stream().anyMatch(n -> n.startsWith("sendmail.mc:12: confLOG_LEVEL = 14: ")),
                notes::toString);
        assertTrue(
                notes.stream()
                        .anyMatch(n ->
                                n.startsWith(
                                        "sendmail.mc:21: FEATURE(promiscuous_relay): it is an open"
                                                + " relay")),
                notes::toString);
        assertTrue(
                notes.stream().anyMatch(n -> n.contains("no FEATURE(nocanonify)")),
                notes::toString);
    }

    @Test
    void listenersAreLinesOfMasterCf() {
        String made =
                sendmail(MC).masterCf("smtp\tinet  n - n - - smtpd\nqmgr unix n - n 300 1 qmgr\n");
        assertEquals(
                "127.0.0.1:smtp inet n - n - - smtpd\n"
                        + "0.0.0.0:submission inet n - n - - smtpd -o smtpd_etrn_restrictions=reject -o"
                        + " smtpd_sasl_auth_enable=yes -o"
                        + " smtpd_client_restrictions=permit_sasl_authenticated,reject\n"
                        + "qmgr unix n - n 300 1 qmgr\n",
                made);
    }

    @Test
    void aNullClientSendsAllToItsHub() {
        Converted c =
                sendmail(
                        "OSTYPE(`linux')\n"
                                + "FEATURE(`nullclient', `mail.$m')\n"
                                + "FEATURE(`nullclient',`hub.example')\n");
        assertEquals("hub.example", c.get("relayhost"));
        assertEquals("", c.get("mydestination"));
        assertEquals("loopback-only", c.get("inet_interfaces"));
        assertEquals(
                "header_sender, envelope_sender, header_recipient", c.get("canonical_classes"));
    }

    @Test
    void tablesAreConvertedLineByLine() throws IOException {
        Files.writeString(
                directory.resolve("mailertable"),
                ".sub.tld esmtp:[hub.tld]\nbad.tld error:5.7.0:550 no mail\nx.tld procmail:/x\n");
        Files.writeString(
                directory.resolve("virtusertable"),
                "info@v.tld joe\n@w.tld %1@z.tld\nno@v.tld error:nouser 550 No such user\n");
        Files.writeString(directory.resolve("genericstable"), "joe joe.user@domain.tld\n");
        Files.writeString(
                directory.resolve("access"),
                "Connect:10.1 RELAY\n"
                        + "From:spam@x.tld ERROR:5.7.1:550 no\n"
                        + "To:d.tld RELAY\n"
                        + "spammer.tld REJECT\n"
                        + "From:us.tld RELAY\n");
        Files.writeString(
                directory.resolve("authinfo"),
                "AuthInfo:hub.tld \"U:me\" \"P=c2VjcmV0\" \"M:PLAIN\"\n");
        Converted c =
                sendmail(
                        "OSTYPE(`linux')\n"
                                + "FEATURE(`mailertable')\n"
                                + "FEATURE(`virtusertable')\n"
                                + "VIRTUSER_DOMAIN(`v.tld w.tld')\n"
                                + "FEATURE(`genericstable')\n"
                                + "FEATURE(`access_db')\n"
                                + "FEATURE(`authinfo')\n");
        assertEquals(
                List.of(
                        ".sub.tld\tsmtp:[hub.tld]",
                        "bad.tld\terror:5.7.0 no mail",
                        "x.tld\tretry:4.3.5 mailer procmail is not there"),
                c.tables().get("transport"));
        assertEquals(List.of("info@v.tld\tjoe", "@w.tld\t@z.tld"), c.tables().get("virtual"));
        assertEquals(List.of("no@v.tld\t550 5.0.0 No such user"), c.tables().get("virtual_errors"));
        assertEquals(List.of("joe\tjoe.user@domain.tld"), c.tables().get("generics"));
        assertEquals(List.of("10.1\tOK"), c.tables().get("access_relay"));
        assertEquals(
                List.of(
                        "spam@x.tld\t550 5.7.1 no",
                        "spammer.tld\t550 5.7.1 Access denied",
                        "us.tld\tOK"),
                c.tables().get("access_from"));
        assertEquals(List.of("hub.tld\tme:secret"), c.tables().get("sasl_passwd"));
        assertTrue(c.isSecret("sasl_passwd"));
        assertEquals("d.tld", c.get("relay_domains"));
        assertEquals(7, c.notes().size(), () -> c.notes().toString());
    }

    @Test
    void mailPropertiesBecomeARelayAndALogin() throws IOException {
        Path file = directory.resolve("mail.properties");
        Files.writeString(
                file,
                "mail.smtp.host = smtp.example\n"
                        + "mail.smtp.port: 587\n"
                        + "mail.smtp.user=me\\u0041\n"
                        + "mail.smtp.password=se\\\n"
                        + "   cret\\=w:ord\n"
                        + "mail.smtp.auth true\n"
                        + "mail.smtp.starttls.required=true\n"
                        + "mail.x=1\n");
        Path to = directory.resolve("made");
        assertEquals(0, run(file.toString(), to.toString()));
        assertEquals(
                "[smtp.example]:587\tmeA:secret=w:ord\n",
                Files.readString(to.resolve("sasl_passwd")));
        assertEquals(
                "rw-------",
                PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(to.resolve("sasl_passwd"))));
        String main = Files.readString(to.resolve("main.cf"));
        assertTrue(
                main.contains("\nrelayhost = [smtp.example]:587\n")
                        && main.contains("\nsmtp_tls_security_level = secure\n"),
                main);
        assertTrue(
                err.toString(StandardCharsets.ISO_8859_1)
                        .contains("mail.properties:8: mail.x: has no counterpart"));
        assertFalse(main.contains("secret"), main);
    }

    @Test
    void nothingIsWrittenOverAndNothingByHalf() throws IOException {
        Path file = directory.resolve("mail.properties");
        Path to = Files.createDirectory(directory.resolve("there"));
        Files.writeString(to.resolve("main.cf"), "mine");
        Files.writeString(file, "mail.smtp.host=a.example\n");
        assertEquals(1, run(file.toString(), to.toString()));
        assertEquals("mine", Files.readString(to.resolve("main.cf")));
        Files.writeString(file, "mail.smtp.host=a.example\nmail.smtp.port=many\n");
        assertEquals(1, run(file.toString(), directory.resolve("new").toString()));
        assertTrue(
                err.toString(StandardCharsets.ISO_8859_1)
                        .contains(
                                "mail.properties:2: mail.smtp.port = many: is no number from 1 to"
                                        + " 65535"));
        try (Stream<Path> all = Files.list(directory)) {
            assertEquals(2, all.count());
        }
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        String missing = directory.resolve("no.mc").toString();
        assertEquals(1, run(missing, directory.resolve("new").toString()));
        assertEquals(
                "postconvert: fatal: open " + missing + ": No such file or directory\n",
                err.toString(StandardCharsets.ISO_8859_1));
    }

    /// java.util.Properties itself says what a file means.
    @Test
    void propertiesAreReadAsJavaReadsThem() throws IOException {
        Random random = new Random(3);
        String letters = "ab=: \t\f\\\\\n#!unt0041";
        int read = 0;
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(40); n > 0; n--) {
                text.append(letters.charAt(random.nextInt(letters.length())));
            }
            Properties ours = new Properties();
            Properties java = new Properties();
            boolean bad = false;
            try {
                JavaProperties.of("x", text.toString())
                        .forEach(p -> ours.setProperty(p.key(), p.value()));
            } catch (CommandException e) {
                bad = true;
            }
            if (bad) {
                assertThrows(
                        IllegalArgumentException.class,
                        () -> java.load(new StringReader(text.toString())),
                        text::toString);
            } else {
                java.load(new StringReader(text.toString()));
                // What a lone backslash is to Java, at one place and not at another.
                java.remove("");
                ours.remove("");
                assertEquals(java, ours, () -> escaped(text));
                read++;
            }
        }
        assertTrue(read > 10_000, "read: " + read);
    }

    private static String escaped(CharSequence text) {
        StringBuilder out = new StringBuilder();
        text.chars().forEach(c -> out.append(c < ' ' ? "<" + c + ">" : "" + (char) c));
        return out.toString();
    }

    @Test
    void garbageIsConvertedOrNamedWithFileAndLine() {
        Random random = new Random(5);
        String pieces = "`'(),#\n dnl$@:[]=.%\\\"{}";
        int named = 0;
        for (int i = 0; i < 3_000; i++) {
            StringBuilder text =
                    new StringBuilder(
                            random.nextBoolean()
                                    ? MC
                                    : "mail.smtp.host=a\nmail.smtp.port=25\nmail.smtp.auth=true\n");
            for (int n = random.nextInt(8); n >= 0; n--) {
                int at = random.nextInt(text.length());
                switch (random.nextInt(3)) {
                    case 0 -> text.insert(at, pieces.charAt(random.nextInt(pieces.length())));
                    case 1 -> text.setCharAt(at, (char) random.nextInt(256));
                    default -> text.setLength(Math.max(1, at));
                }
            }
            try {
                boolean mc = text.indexOf("divert") >= 0;
                Converted c =
                        mc
                                ? sendmail(text.toString())
                                : MailProperties.convert("mail.properties", text.toString());
                List<String> odd =
                        c.mainCf("x")
                                .lines()
                                .filter(l ->
                                        !l.isEmpty()
                                                && !l.startsWith("#")
                                                && !l.matches("(?s)[a-z0-9]\\w* =.*"))
                                .toList();
                assertEquals(List.of(), odd);
            } catch (CommandException e) {
                assertTrue(
                        String.valueOf(e.getMessage())
                                .matches("(?s)(sendmail.mc|mail.properties):\\d+: .+"),
                        e.getMessage());
                named++;
            }
        }
        assertTrue(named > 300, "named: " + named);
    }
}
