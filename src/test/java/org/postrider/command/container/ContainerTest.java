package org.postrider.command.container;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.command.Terminal;
import org.postrider.config.ServiceSettings;
import org.postrider.master.Server;

/// What an image makes of its environment, and what it does not take.
class ContainerTest {
    @TempDir Path directory;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private Path from;
    private Path to;
    private Path least;

    @BeforeEach
    void image() throws IOException {
        from = Files.createDirectory(directory.resolve("from"));
        to = directory.resolve("to");
        least = Files.writeString(directory.resolve("least"), "0\n");
        String main = Files.readString(Path.of("packaging/oci/main.cf"));
        for (String own : List.of("/var/spool/postfix", "/var/lib/postfix")) {
            main = main.replace(own, directory + own);
        }
        Files.writeString(from.resolve("main.cf"), main);
        Files.copy(Path.of("packaging/oci/master.cf"), from.resolve("master.cf"));
    }

    private int run(String... environment) {
        out.reset();
        err.reset();
        Map<String, String> given = new HashMap<>(Map.of("PATH", "/usr/bin", "HOME", "/"));
        for (int i = 0; i < environment.length; i += 2) {
            given.put(environment[i], environment[i + 1]);
        }
        Terminal t =
                new Terminal(
                        new ByteArrayInputStream(new byte[0]),
                        new PrintStream(out),
                        new PrintStream(err),
                        null);
        String keys = directory.resolve("keys").toString();
        return new Container(t, given, least)
                .run(new String[] {from.toString(), to.toString(), keys});
    }

    private ServiceSettings taken(String... environment) {
        assertEquals(0, run(environment), () -> err.toString(UTF_8));
        return Server.settings(to);
    }

    private void refused(String words, String... environment) {
        assertEquals(78, run(environment), () -> err.toString(UTF_8));
        assertTrue(err.toString(UTF_8).contains(words), () -> err.toString(UTF_8));
        assertEquals("", out.toString(UTF_8));
    }

    private String table(String name) throws IOException {
        return Files.readString(to.resolve(name));
    }

    @Test
    void withoutSettingsItIsTheImagesOwnMainCf() throws IOException {
        ServiceSettings s = taken();
        assertEquals("", s.text("relayhost"));
        assertEquals("/dev/stdout", s.text("maillog_file"));
        assertTrue(out.toString(UTF_8).endsWith("/var/spool/postfix/pid/master.pid\n160m\n"));
        assertFalse(err.toString(UTF_8).contains("not honoured"), () -> err.toString(UTF_8));
        assertTrue(Files.isDirectory(directory.resolve("var/spool/postfix/maildrop")));
        assertTrue(table("master.cf").contains("\n2525 "));
        assertTrue(table("master.cf").contains("\n25 "));
    }

    @Test
    void aRelayHostWithItsLogin() throws IOException {
        Path secret = Files.writeString(directory.resolve("secret"), "pass: word\n");
        ServiceSettings s =
                taken(
                        "RELAYHOST", "[hop.example]:587",
                        "RELAYHOST_USERNAME", "user@example.com",
                        "RELAYHOST_PASSWORD_FILE", secret.toString(),
                        "POSTFIX_smtp_tls_security_level", "secure");
        assertEquals("[hop.example]:587", s.text("relayhost"));
        assertEquals("secure", s.text("smtp_tls_security_level"));
        assertEquals("noanonymous, noplaintext", s.text("smtp_sasl_security_options"));
        assertEquals("[hop.example]:587 user@example.com:pass: word\n", table("sasl_passwd"));
        assertEquals(
                "rw-------",
                PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(to.resolve("sasl_passwd"))));
        assertFalse(table("main.cf").contains("pass: word"));
        s =
                taken(
                        "SMTP_SERVER",
                        "hop.example",
                        "SMTP_PORT",
                        "465",
                        "SMTP_USERNAME",
                        "u",
                        "SMTP_PASSWORD",
                        "p");
        assertEquals("[hop.example]:465", s.text("relayhost"));
        assertEquals("yes", s.text("smtp_tls_wrappermode"));
        assertEquals("[hop.example]:465 u:p\n", table("sasl_passwd"));
        taken("RELAYHOST", "a");
        assertFalse(Files.exists(to.resolve("sasl_passwd")), "nothing of an earlier start stays");
    }

    @Test
    void parametersServicesAndTablesByTheirNames() throws IOException {
        ServiceSettings s =
                taken(
                        "POSTFIX_myhostname", "relay.example.com",
                        "POSTFIX_MESSAGE_SIZE_LIMIT", "1000000",
                        "POSTFIX_smtp_tls_CAfile", "",
                        "POSTFIX_SMTPD_TLS_CERT_FILE", "/etc/tls/cert.pem",
                        "POSTFIX_SMTPD_TLS_CAPATH", "/etc/tls/all",
                        "POSTFIX_relayhost_FILE",
                                Files.writeString(directory.resolve("relay"), "r.example\n")
                                        .toString(),
                        "POSTFIX_transport_maps",
                                "texthash:/etc/postfix/routes, texthash:/etc/postfix/own",
                        "POSTMAP_routes", "a.example smtp:[b.example]",
                        "POSTFIXMASTER_1587__inet", "1587 inet n - n - - smtpd",
                        "POSTFIXMASTER_587__inet", "587 inet n - n - 7 smtpd");
        assertEquals("relay.example.com", s.text("myhostname"));
        assertEquals("1000000", s.text("message_size_limit"));
        assertEquals("", s.text("smtp_tls_CAfile"));
        assertEquals("/etc/tls/all", s.text("smtpd_tls_CApath"));
        assertEquals("r.example", s.text("relayhost"));
        assertEquals("/etc/tls/cert.pem", s.text("smtpd_tls_cert_file"));
        assertEquals(
                "texthash:" + to + "/routes, texthash:/etc/postfix/own", s.text("transport_maps"));
        assertEquals("a.example smtp:[b.example]\n", table("routes"));
        assertTrue(table("master.cf").matches("(?s).*\n1587\\s+inet.*"));
        assertTrue(
                table("master.cf")
                        .matches("(?s).*\n587\\s+inet\\s+n\\s+-\\s+n\\s+-\\s+7\\s+smtpd.*"));
    }

    @Test
    void sendersUsersAndHeaderFields() throws IOException {
        Files.createDirectory(directory.resolve("keys"));
        Files.writeString(directory.resolve("keys/example.com.private"), "");
        Files.writeString(directory.resolve("keys/example.org.private"), "");
        ServiceSettings s =
                taken(
                        "ALLOWED_SENDER_DOMAINS", "example.com, example.org",
                        "SMTPD_SASL_USERS", "ann@example.com:se:cret,bob:other",
                        "SMTP_NETWORKS", "192.0.2.0/24",
                        "MASQUERADED_DOMAINS", "example.com",
                        "OVERWRITE_FROM", "\"A $1\" <a@example.com>",
                        "DKIM_SELECTOR", "one,example.org=two",
                        "SERVER_HOSTNAME", "box.example.com");
        assertEquals("example.com OK\nexample.org OK\n", table("allowed_senders"));
        assertEquals(
                "check_sender_access texthash:" + to + "/allowed_senders, reject",
                s.text("smtpd_sender_restrictions"));
        assertTrue(String.valueOf(s.text("mynetworks")).endsWith("192.168.0.0/16, 192.0.2.0/24"));
        assertEquals("/^From:/ REPLACE From: \"A $$1\" <a@example.com>\n", table("from_checks"));
        assertEquals(
                "example.com:one:"
                        + directory
                        + "/keys/example.com.private, example.org:two:"
                        + directory
                        + "/keys/example.org.private",
                s.text("dkim_signing_keys"));
        assertEquals("example.com", s.text("myorigin"));
        assertTrue(Files.exists(to.resolve("sasldb2")));
        assertTrue(table("sasl/smtpd.conf").contains("sasldb_path: " + to + "/sasldb2"));
    }

    @Test
    void whatIsNotUnderstoodEndsIt() {
        refused("POSTFIX_relay_host: no parameter has this name", "POSTFIX_relay_host", "a");
        refused("POSTFIX_RELAY_HOST: no parameter", "POSTFIX_RELAY_HOST", "a");
        refused("RELAYHOST and SMTP_SERVER are both set", "RELAYHOST", "a", "SMTP_SERVER", "b");
        refused("both set myhostname", "MAILNAME", "a.example", "SERVER_HOSTNAME", "b.example");
        refused(
                "RELAYHOST_USERNAME without RELAYHOST_PASSWORD",
                "RELAYHOST",
                "a",
                "RELAYHOST_USERNAME",
                "u");
        refused("SMTP_USERNAME without a relay host", "SMTP_USERNAME", "u", "SMTP_PASSWORD", "p");
        refused("MAILNAME and MAILNAME_FILE", "MAILNAME", "a", "MAILNAME_FILE", "/etc/mailname");
        refused("RELAYHOST_FILE: " + directory + "/none", "RELAYHOST_FILE", directory + "/none");
        refused("AUTOSET_HOSTNAME: not done", "AUTOSET_HOSTNAME", "1");
        refused("OPENDKIM_DOMAINS: not done", "OPENDKIM_DOMAINS", "example.com");
        refused("ANONYMIZE_EMAILS: not done", "ANONYMIZE_EMAILS", "smart");
        refused("SMTPD_SASL_USERS: 'user:password", "SMTPD_SASL_USERS", "ann");
        refused("POSTMAP_../x: no name of a file", "POSTMAP_../x", "a b");
        refused(
                "POSTFIXMASTER_smtp: name__type=line",
                "POSTFIXMASTER_smtp",
                "smtp inet n - n - - smtpd");
        refused("SMTP_HEADER_CHECKS: name a table", "SMTP_HEADER_CHECKS", "1");
        refused("LOG_FORMAT: plain or json", "LOG_FORMAT", "xml");
        refused("DKIM_SELECTOR: no key in", "DKIM_SELECTOR", "mail");
        refused(
                "XOAUTH2_CLIENT_ID and",
                "RELAYHOST",
                "a",
                "RELAYHOST_USERNAME",
                "u",
                "XOAUTH2_SECRET",
                "s");
        refused(
                "end of line",
                "RELAYHOST",
                "a",
                "RELAYHOST_USERNAME",
                "u",
                "RELAYHOST_PASSWORD",
                "a\nb c:d");
    }

    @Test
    void whoMaySendIsNotTakenAwayByAnotherVariable() throws IOException {
        String both = "both set smtpd_sender_restrictions";
        String domains = "ALLOWED_SENDER_DOMAINS";
        for (String value : List.of("", "reject_unknown_sender_domain")) {
            refused(both, domains, "a.example", "POSTFIX_smtpd_sender_restrictions", value);
            refused(both, domains, "a.example", "POSTFIX_SMTPD_SENDER_RESTRICTIONS", value);
        }
        refused("a file allowed_senders", domains, "a.example", "POSTMAP_allowed_senders", ". OK");
        taken(domains, "A.example");
        assertFalse(err.toString(UTF_8).contains("anybody's name"), () -> err.toString(UTF_8));
        taken();
        assertTrue(err.toString(UTF_8).contains("anybody's name"), () -> err.toString(UTF_8));
        taken("ALLOW_EMPTY_SENDER_DOMAINS", "yes");
        assertFalse(err.toString(UTF_8).contains("anybody's name"), () -> err.toString(UTF_8));
    }

    @Test
    void filesOfItsOwnAndSecretsAreNobodyElses() throws IOException {
        for (String own : List.of("main.cf", "master.cf", "sasldb2", "sasl")) {
            refused("POSTMAP_" + own + ": this image makes a file", "POSTMAP_" + own, "a b");
        }
        String[] login = {"RELAYHOST", "a", "RELAYHOST_USERNAME", "u", "RELAYHOST_PASSWORD", "p"};
        taken(login);
        String[] more = java.util.Arrays.copyOf(login, login.length + 2);
        more[login.length] = "POSTMAP_sasl_passwd";
        more[login.length + 1] = "a x:y";
        refused("a file sasl_passwd", more);
        login[1] = "[a.example]:587, [b.example]:587";
        refused("for one relay host", login);
        taken("POSTMAP_logins", "a u:p", "SMTPD_SASL_USERS", "a:b");
        for (String file : List.of("logins", "sasldb2", "sasl/smtpd.conf")) {
            String mode =
                    PosixFilePermissions.toString(Files.getPosixFilePermissions(to.resolve(file)));
            assertTrue(mode.endsWith("---"), file);
        }
        run("POSTFIX_a b", "s3cret");
        assertFalse(err.toString(UTF_8).contains("s3cret"), () -> err.toString(UTF_8));
    }

    @Test
    void tablesOfServicesAndWordsThatAreNone() throws IOException {
        taken(
                "POSTMAP_logins",
                "a b",
                "POSTFIXMASTER_588__inet",
                "588 inet n - n - - smtpd\n -o"
                        + " smtpd_sender_login_maps=texthash:/etc/postfix/logins");
        assertTrue(table("master.cf").contains("texthash:$config_directory/logins"));
        assertFalse(table("master.cf").contains("/etc/postfix/logins"));
        refused("LOG_SUBJECT: yes or no", "LOG_SUBJECT", "true");
        refused("SMTP_PORT without SMTP_SERVER", "SMTP_PORT", "587");
        refused("SASL_RELAYHOST without RELAYHOST_USERNAME", "SASL_RELAYHOST", "a");
        refused("POSTFIX_a b: no parameter has this name", "POSTFIX_a b", "c");
        refused("'-d': no name of a user", "SMTPD_SASL_USERS", "-d:c");
        refused("both set myhostname", "POSTFIX_myhostname", "a.b", "POSTFIX_MYHOSTNAME", "c.d");
        ServiceSettings s = taken("POSTFIX_LMTP_TCP_PORT", "2424");
        assertEquals("2424", s.text("lmtp_tcp_port"));
    }

    @Test
    void whatOrchestratorsSetIsNoSetting() {
        ServiceSettings s =
                taken(
                        "POSTFIX_SERVICE_HOST", "10.0.0.1",
                        "POSTFIX_PORT", "tcp://10.0.0.1:25",
                        "POSTFIX_PORT_25_TCP_ADDR", "10.0.0.1",
                        "POSTFIX_MAIL_SERVICE_PORT_SMTP", "25",
                        "SMTP_PORT", "tcp://10.0.0.1:25",
                        "RSYSLOG_LOG_TO_FILE", "no",
                        "AUTOSET_HOSTNAME", "0",
                        "SMTP_SERVER", "hop.example");
        assertEquals("[hop.example]:587", s.text("relayhost"));
    }

    @Test
    void portsThatAreRootsAreLeftOutAndNamed() throws IOException {
        Files.writeString(least, "1024\n");
        taken("POSTFIXMASTER_465__inet", "465 inet n - n - - smtpd");
        assertFalse(table("master.cf").matches("(?s).*\n25\\s.*"));
        assertFalse(table("master.cf").matches("(?s).*\n587\\s.*"));
        assertTrue(table("master.cf").matches("(?s).*\n2525\\s.*"));
        assertTrue(table("master.cf").matches("(?s).*\n465\\s.*"), "asked for by name");
        assertTrue(err.toString(UTF_8).contains("port 25 is not listened on"));
    }

    @Test
    void metricsForAllAreInThePlaceOfTheImagesOwn() throws IOException {
        taken("POSTFIXMASTER_9155__inet", "9155 inet n - n - 10 metrics");
        assertTrue(table("master.cf").matches("(?s).*\n9155\\s+inet.*"));
        assertFalse(table("master.cf").contains("127.0.0.1:9155"));
        String key = "POSTFIXMASTER_127.0.0.1:9155__inet";
        taken(key, "127.0.0.1:9155 inet n - n - 5 metrics");
        assertTrue(table("master.cf").matches("(?s).*\n127.0.0.1:9155\\s+inet.*5\\s+metrics.*"));
    }

    @Test
    void theAliasOfRootIsFound() throws IOException {
        ServiceSettings s = taken("ROOT_ALIAS", "boss@far.example", "MY_DESTINATION", "a.example");
        assertEquals("texthash:" + to + "/aliases", s.text("alias_maps"));
        assertEquals("postmaster root\nroot boss@far.example\n", table("aliases"));
        assertFalse(err.toString(UTF_8).contains("alias"), () -> err.toString(UTF_8));
    }

    @Test
    void aVolumeOfAnotherOwnerIsNamed() throws IOException {
        Assumptions.assumeTrue(System.getProperty("user.name").equals("root"), "not root");
        Path queue = Files.createDirectories(directory.resolve("var/spool/postfix"));
        Files.setAttribute(queue, "unix:uid", 4242);
        refused(queue + " belongs to the user 4242: let it belong to 0");
        taken("POSTFIX_queue_directory", queue + "/own");
    }

    @Test
    void aMountedMasterCfGetsItsHealth() throws IOException {
        try (Stream<String> lines = Files.lines(from.resolve("master.cf"))) {
            List<String> without = lines.filter(l -> !l.endsWith("metrics")).toList();
            Files.write(from.resolve("master.cf"), without);
        }
        taken();
        assertTrue(table("master.cf").matches("(?s).*\n127.0.0.1:9155\\s+inet.*metrics.*"));
    }
}
