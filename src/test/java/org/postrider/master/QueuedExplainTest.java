package org.postrider.master;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.command.Terminal;
import org.postrider.command.explain.Postexplain;
import org.postrider.command.heard.NoDns;
import org.postrider.smtp.ScriptedServer;
import org.postrider.time.Clock;
import org.postrider.tls.TlsFixture;

/// `postexplain QUEUE-ID`: on a running server, and of the queue of one that is down.
class QueuedExplainTest {
    @TempDir Path temp;

    private int status;

    private String explained(Trial trial, String... arguments) {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        PrintStream out = new PrintStream(said, true, StandardCharsets.ISO_8859_1);
        String[] all = new String[arguments.length + 2];
        all[0] = "-c";
        all[1] = trial.conf.toString();
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        Terminal terminal = new Terminal(new ByteArrayInputStream(new byte[0]), out, out, null);
        status = new Postexplain(terminal, new NoDns(), Clock.system()).run(all);
        return said.toString(StandardCharsets.ISO_8859_1);
    }

    @Test
    void aMailThatWaitsSaysWhyAndWhatHastensIt() throws Exception {
        try (NextHop hop = new NextHop()) {
            Path base = temp.resolve("base");
            String id;
            try (Trial trial = new Trial(base, hop.port())) {
                trial.write(List.of(), List.of());
                trial.start();
                trial.control("suspend", "slow.example");
                trial.mail("a@client.example", "b@slow.example");
                trial.awaited(
                        "it waits", l -> l.contains("<b@slow.example>") && l.contains("4.3.2"));
                id = trial.deferred(1).getFirst();
                String said = explained(trial, id);
                assertEquals(0, status, said);
                assertTrue(said.startsWith(id + ": in the queue deferred, "), said);
                assertTrue(
                        said.contains(", from <a@client.example>\n  it is tried again at "), said);
                assertTrue(said.contains("; at once: postqueue -i " + id + "\n"), said);
                assertTrue(
                        said.contains(
                                        "to: <b@slow.example>\n"
                                                + "  last answer: 4.3.2 delivery suspended by the"
                                                + " administrator: slow.example\n"
                                                + "  route: relay:[127.0.0.1]:"
                                                + hop.port()
                                                + "\n"
                                                + "  suspended: postqueue --resume slow.example\n")
                                || said.contains(
                                        "  route: smtp:[127.0.0.1]:"
                                                + hop.port()
                                                + "\n"
                                                + "  suspended: postqueue --resume"
                                                + " slow.example\n"),
                        said);
                trial.control("hold", id);
                said = explained(trial, id);
                assertTrue(said.startsWith(id + ": in the queue hold, "), said);
                assertTrue(said.contains("until it is released: postsuper -H " + id), said);
                assertTrue(explained(trial, "0123456789ABCDEF").contains("no such message"));
                assertEquals(1, status);
            }
            try (Trial trial = new Trial(base, hop.port())) {
                String said = explained(trial, id);
                assertEquals(0, status, said);
                assertTrue(said.startsWith(id + ": in the queue hold, "), said);
                assertTrue(explained(trial, "-j", id).contains("\"running\": false"), said);
            }
        }
    }

    /// A transport or a filter without a line in master.cf is what mail waits for.
    @Test
    void aLineThatIsMissingIsNamed() throws Exception {
        try (Trial trial = new Trial(temp.resolve("missing"), 1)) {
            trial.write(
                    List.of(
                            "content_filter = amavis:[127.0.0.1]:1",
                            "default_transport = nosuch:hop",
                            "relayhost ="),
                    List.of());
            trial.start();
            trial.mail("a@client.example", "b@far.example");
            String id = trial.deferred(1).getFirst();
            String said = explained(trial, id);
            assertTrue(
                    said.contains(
                            "  it goes through the content filter amavis:[127.0.0.1]:1\n"
                                    + "  master.cf has no line amavis, so it waits\n"),
                    said);
            assertTrue(
                    said.contains(
                            "  route: nosuch:hop\n"
                                    + "  master.cf has no line nosuch, so it waits\n"),
                    said);
        }
    }

    /// Why a certificate is not verified is asked of the server itself.
    @Test
    void aMailThatWaitsForACertificateSaysWhatIsTheMatterWithIt() throws Exception {
        SSLContext keys = TlsFixture.serving(temp);
        List<Map<String, String>> script = List.of(Map.of("keywords", "PIPELINING,STARTTLS"));
        try (ScriptedServer hop = new ScriptedServer(script, keys);
                Trial trial = new Trial(temp.resolve("tls"), hop.port())) {
            trial.write(
                    List.of(
                            "smtp_tls_security_level = secure",
                            "smtp_tls_secure_cert_match = mx.wanted.example"),
                    List.of());
            trial.start();
            trial.mail("a@client.example", "b@far.example");
            trial.awaited("it waits", l -> l.contains("certificate not verified"));
            String id = trial.deferred(1).getFirst();
            String said = explained(trial, id);
            String server = "127.0.0.1[127.0.0.1]:" + hop.port();
            for (String line :
                    List.of(
                            "  last answer: 4.7.5 Server certificate not verified (" + server + ")",
                            "  " + server + " was asked for its certificate now:",
                            "    level secure: the server has to prove who it is"
                                    + " (smtp_tls_security_level: "
                                    + trial.conf
                                    + "/main.cf, line 14)",
                            "    certificate verification failed for "
                                    + server
                                    + ": self-signed certificate",
                            "    believed authorities: none (smtp_tls_CAfile: default;"
                                    + " smtp_tls_CApath: default; tls_append_default_CA: default)",
                            "    wanted: a certificate for mx.wanted.example"
                                    + " (smtp_tls_secure_cert_match: "
                                    + trial.conf
                                    + "/main.cf, line 15)")) {
                assertTrue(said.contains("\n" + line + "\n"), line + "\n" + said);
            }
            assertTrue(said.contains("    certificate: /CN=mx.hop.example, for no host, "), said);
            assertTrue(explained(trial, "-j", id).contains("\"certificate\""), said);
            String unasked = explained(trial, "--no-tls", id);
            assertFalse(unasked.contains("was asked"), unasked);
        }
    }
}
