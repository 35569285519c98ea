package org.postrider.command.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.Needs;
import org.postrider.command.Terminal;
import org.postrider.command.heard.NoDns;
import org.postrider.dns.Resolver;
import org.postrider.dns.StubServer;
import org.postrider.dns.SystemResolver;
import org.postrider.time.Clock;
import org.xbill.DNS.Rcode;

/// What `postexplain` prints, and how it ends. What `rcpt` decides, ExplainedDialoguesTest holds to
/// what sessions say.
class PostexplainTest {
    private static final String MAIN =
            """
            compatibility_level = 3.6
            myhostname = mx.own.example
            mydestination = own.example
            mynetworks = 127.0.0.0/8
            inet_interfaces = 127.0.0.1
            alias_maps =
            local_recipient_maps = inline:{alice=x}
            smtpd_relay_restrictions = permit_mynetworks,
              # who else?
              reject_unauth_destination
            smtpd_restriction_classes = strict
            strict = reject_plaintext_session
            smtpd_sender_restrictions = check_sender_access texthash:DIR/senders
            virtual_alias_maps = texthash:DIR/virtual
            transport_maps = texthash:DIR/transport
            smtp_tls_policy_maps = inline:{ {[127.0.0.8]:27=encrypt} }
            relayhost = [127.0.0.9]:26
            queue_directory = DIR/queue
            """;

    private static final String MASTER =
            """
            smtp inet n - n - - smtpd
            submission inet n - n - - smtpd
              -o smtpd_client_restrictions=permit_sasl_authenticated,reject
            cleanup unix n - n - 0 cleanup
            qmgr unix n - n 300 1 qmgr
            rewrite unix - - n - - trivial-rewrite
            local unix - n n - - local
            smtp unix - - n - - smtp
            """;

    @TempDir Path temp;
    private int status;

    @BeforeEach
    void write() throws IOException {
        Files.writeString(temp.resolve("main.cf"), MAIN.replace("DIR", temp.toString()));
        Files.writeString(temp.resolve("master.cf"), MASTER);
        Files.writeString(
                temp.resolve("senders"),
                "bad.example 550 5.7.9 go away\n"
                        + "class.example strict\n"
                        + "tab.example REJECT a\u0007b\n");
        Files.writeString(
                temp.resolve("virtual"), "list@own.example alice@own.example, bob@slow.example\n");
        Files.writeString(temp.resolve("transport"), "slow.example smtp:[127.0.0.8]:27\n");
    }

    private String said(String... arguments) {
        return said(new NoDns(), arguments);
    }

    private String said(Resolver dns, String... arguments) {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(octets, true, StandardCharsets.ISO_8859_1);
        List<String> all = new ArrayList<>(List.of("-c", temp.toString()));
        all.addAll(List.of(arguments));
        Terminal terminal = new Terminal(new ByteArrayInputStream(new byte[0]), out, out, null);
        status = new Postexplain(terminal, dns, Clock.system()).run(all.toArray(String[]::new));
        out.flush();
        return octets.toString(StandardCharsets.ISO_8859_1).replace(temp.toString(), "DIR");
    }

    private String rcpt(String from, String to, String... more) {
        List<String> all = new ArrayList<>(List.of("rcpt", "--client", "192.0.2.7"));
        all.addAll(List.of("--name=h.example", "--helo", "h", "--from", from, "--to", to));
        all.addAll(List.of(more));
        return said(all.toArray(String[]::new));
    }

    /// What SPF comes to is asked of the name server and shown; of a content nothing is known.
    @Test
    void spfIsAskedForAndShown() throws IOException {
        Files.writeString(
                temp.resolve("main.cf"),
                Files.readString(temp.resolve("main.cf"))
                        + "authentication_checks = spf dmarc\n"
                        + "smtpd_recipient_restrictions = reject_spf_helo_fail, reject_spf_fail\n"
                        + "smtpd_end_of_data_restrictions = reject_dmarc\n");
        try (StubServer server = new StubServer()) {
            server.zone("good.example TXT \"v=spf1 ip4:192.0.2.7 -all\"");
            server.zone("evil.example TXT \"v=spf1 ip4:192.0.2.8 -all\"");
            server.rcodes.put("later.example", Rcode.SERVFAIL);
            Path conf = temp.resolve("resolv.conf");
            Files.writeString(conf, "nameserver 127.0.0.1\noptions timeout:60 attempts:1\n");
            Resolver dns = new SystemResolver(conf, server.port(), Clock.system());
            String spf = "      - SPF (DNS) \"";
            String good = explained(dns, "good.example");
            assertTrue(good.contains("    reject_spf_fail -> dunno\n"), good);
            assertTrue(good.contains(spf + "good.example\" -> pass ("), good);
            assertTrue(good.contains("    reject_dmarc -> dunno\n      - dmarc (DNS) "), good);
            assertTrue(good.contains("(nothing is known of a content that is not there)"), good);
            assertEquals(0, status);
            String evil = explained(dns, "evil.example");
            assertTrue(
                    evil.contains(
                            spf
                                    + "evil.example\" -> fail (evil.example does not permit"
                                    + " 192.0.2.7: -all)\n"),
                    evil);
            assertTrue(
                    evil.contains("\nrefused at RCPT TO:<alice@own.example>: 550 5.7.23 "), evil);
            assertEquals(2, status);
            String later = explained(dns, "later.example");
            assertTrue(later.contains(spf + "later.example\" -> temperror (DNS does not"), later);
            assertTrue(later.contains("    reject_spf_fail -> defer_if_permit 451 4.7.24 "), later);
            // Ours are not checked, and without DNS nobody is.
            for (String[] more : new String[][] {{"--client", "127.0.0.1"}, {"--no-dns"}}) {
                String unasked = explained(dns, "evil.example", more);
                assertTrue(!unasked.contains(spf), unasked);
                String said = "spf (DNS) \"a@evil.example\" -> (not checked)\n";
                assertTrue(unasked.contains(said), unasked);
            }
        }
    }

    private String explained(Resolver dns, String from, String... more) {
        List<String> all = new ArrayList<>(List.of("rcpt", "--client", "192.0.2.7"));
        all.addAll(List.of("--name=h.example", "--helo", "h", "--from", "a@" + from));
        all.addAll(List.of("--to", "alice@own.example"));
        all.addAll(List.of(more));
        return said(dns, all.toArray(String[]::new));
    }

    @Test
    void aRefusalHasItsRulesLookUpsAndWhatTurnsIt() {
        assertEquals(
                """
                listener: smtp inet smtpd (DIR/master.cf, line 1)

                RCPT TO:<x@else.example>
                  smtpd_sender_restrictions (DIR/main.cf, line 13)
                    check_sender_access texthash:DIR/senders -> dunno
                      - texthash:DIR/senders "a@b.example" -> (not found)
                      - texthash:DIR/senders "b.example" -> (not found)
                      - texthash:DIR/senders "example" -> (not found)
                      - texthash:DIR/senders "a@" -> (not found)
                  smtpd_relay_restrictions (DIR/main.cf, line 8)
                    permit_mynetworks -> dunno
                    reject_unauth_destination (DIR/main.cf, line 10) -> reject 554 5.7.1 <x@else.example>: Relay access denied
                """,
                head(
                        rcpt("a@b.example", "x@else.example")
                                .replaceAll("(?m)^ *- \\S*/(virtual|transport) .*\n", ""),
                        "    reject_unauth_destination"));
        assertEquals(2, status);
        assertEquals(
                """
                refused at RCPT TO:<x@else.example>: 554 5.7.1 <x@else.example>: Relay access denied
                  by: reject_unauth_destination, set in smtpd_relay_restrictions (DIR/main.cf, line 10)
                  to turn it: add 192.0.2.7 to mynetworks (DIR/main.cf, line 4)
                          or: add else.example to relay_domains (default)
                """,
                tail(rcpt("a@b.example", "x@else.example")));
    }

    /// Up to the first line that begins so, with it.
    private static String head(String text, String last) {
        int at = text.indexOf(last);
        return text.substring(0, text.indexOf('\n', at) + 1);
    }

    /// Behind the last empty line.
    private static String tail(String text) {
        return text.substring(text.lastIndexOf("\n\n") + 2);
    }

    @Test
    void whatATableNamesStandsBelowItAndIsTheRuleThatRefuses() {
        String said = rcpt("a@class.example", "alice@own.example");
        assertTrue(
                said.contains(
                        """
                              - texthash:DIR/senders "a@class.example" -> (not found)
                              - texthash:DIR/senders "class.example" -> strict
                              strict (named by the table) -> reject 450 4.7.1 Session encryption is required
                                reject_plaintext_session (DIR/main.cf, line 12) -> reject 450 4.7.1 Session encryption is required
                        """),
                said);
        assertTrue(
                tail(said)
                        .contains(
                                "  by: reject_plaintext_session, set in strict (DIR/main.cf, line"
                                        + " 12)\n"
                                        + "  to turn it: add \"a@class.example OK\" to"
                                        + " texthash:DIR/senders, which check_sender_access"
                                        + " texthash:DIR/senders asks before\n"
                                        + "          or: the client uses TLS\n"),
                said);
        assertEquals(2, status);
        rcpt("a@class.example", "alice@own.example", "--tls", "yes");
        assertEquals(0, status);
    }

    @Test
    void whatIsAcceptedHasWhatWouldRefuseIt() {
        assertEquals(
                """
                accepted: nothing refuses it
                  to turn it: add "a@b.example REJECT" to texthash:DIR/senders
                          or: put "check_recipient_access inline:{{alice@own.example=REJECT}}" first in smtpd_recipient_restrictions (default)
                """,
                tail(rcpt("a@b.example", "alice@own.example")));
        assertEquals(0, status);
    }

    /// An entry that only warns, and a network that another list does not know, turn nothing.
    @Test
    void whatWouldNotTurnItIsNotProposed() throws IOException {
        String main = Files.readString(temp.resolve("main.cf"));
        Files.writeString(
                temp.resolve("main.cf"),
                main.replace("= check_sender_access", "= warn_if_reject check_sender_access"));
        assertEquals(
                """
                accepted: nothing refuses it
                  to turn it: put "check_recipient_access inline:{{alice@own.example=REJECT}}" first in smtpd_recipient_restrictions (default)
                """,
                tail(rcpt("a@b.example", "alice@own.example")));
        Files.writeString(
                temp.resolve("main.cf"),
                main + "smtpd_recipient_restrictions = reject_unauth_destination\n");
        assertEquals(
                """
                refused at RCPT TO:<x@else.example>: 554 5.7.1 <x@else.example>: Relay access denied
                  by: reject_unauth_destination, set in smtpd_relay_restrictions (DIR/main.cf, line 10)
                  to turn it: add else.example to relay_domains (default)
                """,
                tail(rcpt("a@b.example", "x@else.example")));
    }

    @Test
    void milterSaysWhatItWouldSayToASession() throws IOException {
        try (ServerSocket milter = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread serves = Thread.ofVirtual().start(() -> refusesAtRcpt(milter));
            Files.writeString(
                    temp.resolve("main.cf"),
                    MAIN.replace("DIR", temp.toString())
                            + "smtpd_milters = inet:127.0.0.1:"
                            + milter.getLocalPort()
                            + "\ncontent_filter = scan:[127.0.0.1]:10025\n"
                            + "header_checks = regexp:/nosuch\n");
            String name = "inet:127.0.0.1:" + milter.getLocalPort();
            String said = rcpt("a@b.example", "alice@own.example");
            assertEquals(2, status, said);
            assertTrue(
                    said.contains(
                            """
                            milters: smtpd_milters (DIR/main.cf, line 19)
                                MILTER at connect -> continue
                                MILTER at helo -> continue
                                MILTER at mail -> continue
                                MILTER at rcpt -> 550 5.7.1 not here

                            filters: not asked here
                                content_filter = scan:[127.0.0.1]:10025 (DIR/main.cf, line 20): the mail goes\
                             there once it is queued, unless a FILTER result says otherwise
                                header_checks = regexp:/nosuch (DIR/main.cf, line 21): asked by cleanup when\
                             the content is there

                            refused at rcpt: 550 5.7.1 not here
                              by: milters, smtpd_milters (DIR/main.cf, line 19)
                            """
                                    .replace("MILTER", name)),
                    said);
            String left = rcpt("a@b.example", "alice@own.example", "--no-milters");
            assertEquals(0, status, left);
            assertTrue(left.contains(name + ": not asked\n"), left);
            // The lists refuse at RCPT: milters do not hear of that one.
            String lists = rcpt("a@b.example", "x@else.example");
            assertTrue(tail(lists).startsWith("refused at RCPT TO:<x@else.example>: 554"), lists);
            serves.interrupt();
        }
    }

    /// Agrees on everything, goes on at each event, and refuses every recipient.
    private static void refusesAtRcpt(ServerSocket milter) {
        while (true) {
            try (Socket one = milter.accept()) {
                DataInputStream in = new DataInputStream(one.getInputStream());
                DataOutputStream out = new DataOutputStream(one.getOutputStream());
                for (int length = in.readInt(); ; length = in.readInt()) {
                    byte[] packet = in.readNBytes(length);
                    switch (packet[0]) {
                        case 'O' -> {
                            out.writeInt(13);
                            out.write('O');
                            out.writeInt(6);
                            out.writeInt(0);
                            out.writeInt(0);
                        }
                        case 'D', 'A', 'Q' -> {}
                        case 'R' -> {
                            out.writeInt(20);
                            out.write("y550 5.7.1 not here\0".getBytes(StandardCharsets.US_ASCII));
                        }
                        default -> {
                            out.writeInt(1);
                            out.write('c');
                        }
                    }
                    out.flush();
                }
            } catch (EOFException e) {
                // this one is over
            } catch (IOException e) {
                return;
            }
        }
    }

    @Test
    void whatPostscreenWouldMakeOfTheClientComesFirst() throws IOException {
        Files.writeString(
                temp.resolve("master.cf"),
                MASTER.replace("smtp inet n - n - - smtpd", "smtp inet n - n - 1 postscreen")
                        + "smtpd pass - - n - - smtpd\n");
        String access = "postscreen_access_list = inline:{192.0.2.7=reject, 127.0.0.1=permit}\n";
        Files.writeString(
                temp.resolve("main.cf"),
                MAIN.replace("DIR", temp.toString())
                        + access
                        + "postscreen_denylist_action = drop\n");
        String said = rcpt("a@b.example", "alice@own.example", "--listener", "smtp");
        assertEquals(2, status, said);
        assertTrue(
                said.contains(
                        """
                        postscreen: DIR/master.cf, line 1
                            no running server to ask what it remembers of the client
                            postscreen_access_list -> reject
                            postscreen_denylist_action = drop: it is told 521 and let go
                            pregreet: to be tested

                        refused at connect from h.example[192.0.2.7]: by postscreen
                          by: postscreen, DIR/master.cf, line 1
                        """),
                said);
        String ours =
                said(
                        "rcpt",
                        "--client=127.0.0.1",
                        "--from=",
                        "--to=alice@own.example",
                        "--listener=smtp");
        assertEquals(0, status, ours);
        assertTrue(ours.contains("postscreen_access_list -> permit\n"), ours);
        assertTrue(ours.contains("handed on without a test\n"), ours);
    }

    @Test
    void nothingIsProposedThatCannotBeWrittenOrOpensTheRelay() throws IOException {
        Files.writeString(
                temp.resolve("main.cf"),
                MAIN.replace("DIR", temp.toString())
                        + "smtpd_client_restrictions = permit_mynetworks,"
                        + " check_client_access regexp:{{/^192/ REJECT}}\n");
        String said = rcpt("a@b.example", "alice@own.example");
        assertTrue(
                tail(said)
                        .endsWith(
                                "to turn it: take check_client_access regexp:{{/^192/ REJECT}} out"
                                        + " of smtpd_client_restrictions (DIR/main.cf, line 19)\n"),
                said);
        assertTrue(!said.contains("to mynetworks") && !said.contains("let regexp"), said);
    }

    @Test
    void aListenersOwnSettingsCount() {
        String said = rcpt("a@b.example", "alice@own.example", "--listener", "587");
        assertTrue(
                said.startsWith("listener: submission inet smtpd (DIR/master.cf, line 2)\n"), said);
        assertTrue(
                tail(said)
                        .contains(
                                "set in smtpd_client_restrictions (DIR/master.cf, line 2, -o"
                                        + " smtpd_client_restrictions)"),
                said);
        said("rcpt", "--client=192.0.2.7", "--from=", "--to=a@b", "--listener=none");
        assertEquals(1, status);
    }

    @Test
    void controlsDoNotReachTheTerminal() {
        String said = rcpt("a@tab.example", "alice@own.example");
        assertTrue(said.contains("rejected: a b\n"), said);
        assertTrue(said.chars().noneMatch(c -> c < ' ' && c != '\n'), said);
    }

    @Test
    void aTableThatCannotBeReadIsNamedAndNothingIsGuessed() throws IOException {
        Files.delete(temp.resolve("senders"));
        // Of a file that is not there the server knows no more.
        assertTrue(tail(rcpt("a@b.example", "alice@own.example")).startsWith("refused at RCPT"));
        assumeFalse("root".equals(System.getProperty("user.name")), "root may read all files");
        Files.writeString(temp.resolve("senders"), "x y\n");
        assertTrue(temp.resolve("senders").toFile().setReadable(false));
        String said = tail(rcpt("a@b.example", "alice@own.example"));
        assertTrue(said.startsWith("unknown at RCPT"), said);
        assertTrue(said.contains("not readable for this user: texthash:DIR/senders"), said);
        assertEquals(1, status);
    }

    @Test
    void whatMakesNoSenseIsSaid() {
        for (String[] each :
                new String[][] {
                    {},
                    {"rcpt"},
                    {"rcpt", "--client", "nonsense", "--from", "", "--to", "a@b"},
                    {"rcpt", "--client", "192.0.2.7", "--from", "", "--to", "<>"},
                    {"route"},
                    {"route", "--to"},
                    {"route", "--to", "a@b", "--frobnicate"},
                    {"rcpt", "route"},
                    {"no/queue/id"}
                }) {
            String said = said(each);
            assertEquals(64, status, said);
            assertTrue(said.startsWith("postexplain: fatal: "), said);
            assertTrue(said.contains("\nusage: postexplain "), said);
        }
    }

    @Test
    void aRouteHasWhatDecidedEachPart() {
        String said =
                said("route", "--from", "a@b.example", "--to", "list@own.example", "--no-dns");
        assertEquals(0, status);
        assertEquals(
                """
                sender: <a@b.example>
                recipient: <list@own.example>

                goes to: <alice@own.example>
                  address class: local, by mydestination (DIR/main.cf, line 3)
                  transport: local, by local_transport (default); local (DIR/master.cf, line 7)
                  next hop: mx.own.example, by local_transport (default)

                goes to: <bob@slow.example>
                  address class: default, by no list of domains
                  transport: smtp, by transport_maps (DIR/main.cf, line 15): texthash:DIR/transport "slow.example" -> smtp:[127.0.0.8]:27; smtp (DIR/master.cf, line 8)
                  next hop: [127.0.0.8]:27, by transport_maps (DIR/main.cf, line 15): texthash:DIR/transport "slow.example" -> smtp:[127.0.0.8]:27
                  server: 127.0.0.8[127.0.0.8]:27; TLS: level encrypt
                """,
                said.replaceAll("(?m)^ *- .*\n", ""));
        assertTrue(
                said.contains(
                        "- texthash:DIR/virtual (virtual_alias_maps) \"list@own.example\" ->"
                                + " alice@own.example, bob@slow.example\n"),
                said);
        String other = said("route", "--to", "x@far.example", "--no-dns");
        assertTrue(
                other.contains("next hop: [127.0.0.9]:26, by relayhost (DIR/main.cf, line 17)\n"),
                other);
    }

    @Test
    void programsReadTheSameAsJson() throws Exception {
        assertEquals(
                "refused recipient 554 smtpd_relay_restrictions reject_unauth_destination 2",
                python(
                        "' '.join([d['verdict'], d['refused_at'], d['reply'][:3],"
                                + " d['rule']['parameter'], d['rule']['restriction'],"
                                + " str(len(d['changes']))])",
                        rcpt("a@b.example", "x@else.example", "-j")));
        assertEquals(
                "450 a b",
                python(
                        "d['reply'][:3] + ' ' + [q['answer'] for s in d['stages'] for r in"
                                + " s['asked'] for q in r['asked'] if q['kind'] == 'table' and"
                                + " q['answer'][0] != '('][0][-3:].replace(chr(7), ' ')",
                        rcpt("a@tab.example", "alice@own.example", "-j")
                                .replace("554 5.7.1 <a@tab", "450 5.7.1 <a@tab")));
        assertEquals(
                "local transport_maps slow.example",
                python(
                        "d['routes'][0]['transport'] + ' ' +"
                                + " d['routes'][1]['transport_by']['parameter'] + ' ' +"
                                + " d['routes'][1]['transport_by']['key']",
                        said("-j", "route", "--to", "list@own.example", "--no-dns")));
    }

    private static String python(String expression, String json) throws Exception {
        Process python =
                new ProcessBuilder(
                                Needs.program("python3").toString(),
                                "-c",
                                "import json, sys\nd = json.load(sys.stdin)\nprint("
                                        + expression
                                        + ")")
                        .redirectErrorStream(true)
                        .start();
        try (OutputStream in = python.getOutputStream()) {
            in.write(json.getBytes(StandardCharsets.ISO_8859_1));
        }
        String said = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        python.waitFor();
        return said.strip();
    }
}
