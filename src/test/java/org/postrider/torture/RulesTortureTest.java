package org.postrider.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.master.Server;

/// TORTURE's cases about what rules and tables are asked with: words that look like programs, keys
/// that look like patterns, and headers that take time.
class RulesTortureTest {
    private static final String MANY_ERRORS =
            "smtpd_error_sleep_time = 0\nsmtpd_hard_error_limit = 1000\n"
                    + "smtpd_junk_command_limit = 1000";

    @TempDir Path temp;

    /// Case 58: nothing of another mail system's syntax is expanded, in a table, a template or the
    /// log.
    @Test
    void wordsThatLookLikeProgramsAreNamesOfNobody() throws Exception {
        Path marker = temp.resolve("x");
        List<String> names =
                List.of(
                        "${run{/bin/touch " + marker + "}}",
                        "$(touch " + marker + ")",
                        "`touch " + marker + "`",
                        "%s%n%n%n",
                        "{{1297*1301}}",
                        "${1297*1301}",
                        "#{1297*1301}",
                        "<%= 1297*1301 %>",
                        "$mail_version",
                        "${myhostname}");
        Path p0 = Files.writeString(temp.resolve("users"), "alice x\n");
        Place p =
                Place.at(
                        temp,
                        1,
                        MANY_ERRORS,
                        "mydestination = here.example",
                        "local_recipient_maps = texthash:" + p0,
                        "smtpd_sender_restrictions = check_sender_access"
                                + " pcre:{{/^(.*)@bad\\.example$$/ 550 no $1}}");
        try (Server server = Server.start(p.conf());
                Client c = new Client(p.port())) {
            c.hear();
            for (String name : names) {
                String quoted = "\"" + name.replace("\\", "\\\\") + "\"";
                c.say("EHLO x");
                Client.expect("250", c.say("MAIL FROM:<" + quoted + "@bad.example>"));
                String said = c.say("RCPT TO:<alice@here.example>");
                // As it was written, and nothing made of it.
                assertTrue(
                        said.startsWith("550 5.7.1 ") && said.contains(name), name + ": " + said);
                c.say("RSET");
                Client.expect("250", c.say("MAIL FROM:<a@good.example>"));
                String unknown = c.say("RCPT TO:<" + quoted + "@here.example>");
                // What has a % goes elsewhere, by allow_percent_hack.
                assertTrue(
                        name.indexOf('%') >= 0
                                || unknown.startsWith("550 5.1.1 ")
                                        && unknown.contains("User unknown"),
                        name + ": " + unknown);
                Client.expect("250", c.say("RCPT TO:<alice@here.example>"));
                c.say("RSET");
            }
            assertTrue(Files.notExists(marker));
            assertTrue(!p.log().contains("1687397"), "1297*1301 was computed");
            p.noPanic();
        }
    }

    /// Case 59: a name that a stranger writes where loggers of other programs look things up is
    /// asked for by nobody.
    @Test
    void nobodyIsAskedForWhatAStrangerNames() throws Exception {
        try (ServerSocket ear = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                Sink sink = new Sink()) {
            String lookup = "${jndi:ldap://127.0.0.1:" + ear.getLocalPort() + "/a}";
            Place p = Place.at(temp, sink.port(), MANY_ERRORS);
            try (Server server = Server.start(p.conf());
                    Client c = new Client(p.port())) {
                c.hear();
                c.say("EHLO " + lookup);
                c.say("AUTH PLAIN " + lookup);
                Client.expect("250", c.say("MAIL FROM:<\"" + lookup + "\"@a.example>"));
                Client.expect("250", c.say("RCPT TO:<\"" + lookup + "\"@b.example>"));
                Client.expect("354", c.say("DATA"));
                Client.expect(
                        "250",
                        c.say(
                                "Subject: "
                                        + lookup
                                        + "\r\nMessage-Id: <"
                                        + lookup
                                        + ">\r\nX-Api-Version: "
                                        + lookup
                                        + "\r\n\r\n"
                                        + lookup
                                        + "\r\n."));
                assertTrue(sink.next(300) != null, "no mail at the next hop");
                assertTrue(p.log().contains("jndi:ldap"), "the log has it as it was written");
                p.noPanic();
            }
            ear.setSoTimeout(1);
            assertThrows(SocketTimeoutException.class, ear::accept);
        }
    }

    /// Case 60: keys that are patterns, paths or filters elsewhere are not found, and no more.
    @Test
    void keysThatMeanSomethingElsewhereAreNotFound() throws Exception {
        Path list = Files.writeString(temp.resolve("list"), "known@n.example REJECT known\n");
        Place p =
                Place.at(
                        temp,
                        1,
                        MANY_ERRORS,
                        "mydestination = here.example",
                        "local_recipient_maps = texthash:" + list + ", cidr:{{10.0.0.0/8 x}}",
                        "smtpd_helo_restrictions = check_helo_access texthash:" + list,
                        "smtpd_sender_restrictions = check_sender_access texthash:"
                                + list
                                + ", check_sender_access regexp:{{/^known@n.example$$/ REJECT r}}",
                        "smtpd_etrn_restrictions = check_etrn_access texthash:" + list);
        List<String> keys =
                List.of(
                        "*",
                        "..",
                        "../../etc/passwd",
                        "/etc/passwd",
                        "a)(uid=*",
                        "*)(|(uid=*",
                        "x' --",
                        ".*",
                        "[a-z]*",
                        "hash:/etc/passwd",
                        "static:OK",
                        "{}",
                        "@");
        try (Server server = Server.start(p.conf());
                Client c = new Client(p.port())) {
            c.hear();
            for (String key : keys) {
                c.say("EHLO " + key);
                Client.expect("250", c.say("MAIL FROM:<\"" + key + "\"@n.example>"));
                String unknown = c.say("RCPT TO:<\"" + key + "\"@here.example>");
                assertTrue(
                        unknown.startsWith("550 5.1.1 ") || unknown.startsWith("501 5.1.3"),
                        unknown);
                c.say("RSET");
            }
            Client.expect("250", c.say("MAIL FROM:<known@n.example>"));
            String refused = c.say("RCPT TO:<x@here.example>");
            assertTrue(refused.startsWith("554 5.7.1 "), refused);
            assertTrue(!p.log().contains("table lookup"), p.log());
            p.noPanic();
        }
    }

    /// Cases 61 and 62: a header of 100 kB is looked at by patterns that go back and forth, within
    /// the time of any mail; a pattern that would never end ends as a fault, and holds nobody up.
    @Test
    void patternsOnALargeHeaderEnd() throws Exception {
        String large = "X-Large: " + "a".repeat(100_000);
        try (Sink sink = new Sink()) {
            Place p =
                    Place.at(
                            temp,
                            sink.port(),
                            "header_checks = regexp:{{/^X-Large: .*b.*c$$/ REJECT}"
                                    + " {/^Subject: never/ HOLD}}",
                            "mime_header_checks =",
                            "nested_header_checks =",
                            "line_length_limit = 2048",
                            "header_size_limit = 200000");
            try (Server server = Server.start(p.conf());
                    Client c = new Client(p.port())) {
                c.hear();
                for (String name : List.of("X-Other: ", large + "\r\nX-Other: ")) {
                    c.say("EHLO x");
                    Client.expect("250", c.say("MAIL FROM:<a@a.example>"));
                    Client.expect("250", c.say("RCPT TO:<b@b.example>"));
                    Client.expect("354", c.say("DATA"));
                    long begin = System.nanoTime();
                    Client.expect("250", c.say(name + "x\r\n\r\nx\r\n."));
                    long millis = (System.nanoTime() - begin) / 1_000_000;
                    assertTrue(millis < 30_000, millis + " ms for " + name.length() + " octets");
                }
                p.noPanic();
            }
            Place evil =
                    Place.at(
                            Files.createDirectories(temp.resolve("evil")),
                            sink.port(),
                            "header_checks = regexp:{{/^X-Evil: (a+)+b$$/ REJECT}}"
                                    + " pcre:{{/^X-Evil: (a+)+$$/ REJECT}}");
            boolean refused;
            try (Server server = Server.start(evil.conf());
                    Client c = new Client(evil.port());
                    Client other = new Client(evil.port())) {
                c.hear();
                other.hear();
                c.say("EHLO x");
                Client.expect("250", c.say("MAIL FROM:<a@a.example>"));
                Client.expect("250", c.say("RCPT TO:<b@b.example>"));
                Client.expect("354", c.say("DATA"));
                c.send("X-Evil: " + "a".repeat(900) + "!\r\n\r\nx\r\n.\r\n");
                // Meanwhile.
                Client.expect("250", other.say("EHLO y"));
                Client.expect("250", other.say("MAIL FROM:<a@a.example>"));
                String said = c.hear();
                // Not taken for "no match" where it could not be found out.
                assertTrue(said.matches("(?s)(451 4\\.3\\.0|250 2\\.0\\.0) .*"), said);
                Client.expect("250", other.say("RCPT TO:<b@b.example>"));
                refused = said.startsWith("451");
                evil.noPanic();
            }
            assertEquals(refused, evil.log().contains("lookup problem"), evil.log());
        }
    }
}
