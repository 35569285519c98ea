package org.postrider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// What people do, step by step, with the real tools: the scripts of src/test/scenarios.
class ScenarioTest {
    private static String script(String... words) throws IOException, InterruptedException {
        return scriptOf("src/test/scenarios/", words);
    }

    private static String scriptOf(String directory, String... words)
            throws IOException, InterruptedException {
        String[] command = words.clone();
        command[0] = directory + words[0];
        String first = Files.readString(Path.of(command[0])).lines().findFirst().orElse("");
        if (first.contains("python3")) {
            Needs.program("python3");
        }
        Process p = new ProcessBuilder(command).redirectErrorStream(true).start();
        String out = new String(p.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int status = p.waitFor();
        if (out.contains(": not run: ")) {
            assumeTrue(false, out.strip());
        }
        assertEquals(0, status, out);
        return out;
    }

    /// Attacks on a real server in its default heap, a tenth of their size: no OutOfMemoryError, no
    /// restart, others are served. The limit of two seconds is for a machine that does nothing
    /// else: `src/test/attacks/run`.
    @Test
    void attacksOnMemoryLeaveOthersServed() throws Exception {
        String some = "A2,A4,A5,A14";
        String out =
                scriptOf("src/test/attacks/", "run", "--small", "--patience", "15", "--only", some);
        assertTrue(out.contains("attacks: 4 of 4 good"), out);
    }

    /// The README's main command, swaks, a real Postfix as the next hop.
    @Test
    void theFirstRelayIsAsTheReadmeSays() throws Exception {
        assertTrue(script("first-relay").contains("first-relay: ok"));
    }

    /// The README's first relay and docs/submission.md, typed as they stand.
    @Test
    void theDocumentsCanBeTyped() throws Exception {
        String last = script("typed").lines().reduce((a, b) -> b).orElse("");
        System.out.println(last);
        assertTrue(last.matches("typed: ([1-9]\\d+) of \\1"), last);
    }

    /// One queue directory, two mail systems: never both at once, and nothing of either is lost.
    @Test
    void anotherPostfixOnTheSameQueueIsSeen() throws Exception {
        String last = script("other-postfix").lines().reduce((a, b) -> b).orElse("");
        System.out.println(last);
        assertTrue(last.matches("other-postfix: ([1-9]\\d+) of \\1"), last);
    }

    /// A server that dies is started again, and it is said how it ended. One whose master is killed
    /// stops, and what was on its way is in the queue.
    @Test
    void aServerThatDiesComesBackAndIsNamed() throws Exception {
        assertTrue(script("comes-back").contains("comes-back: ok"));
    }

    /// The server of a root who asks for it has one right only, and all works.
    @Test
    void theServerNeedNotBeRoot() throws Exception {
        assertTrue(script("not-root").contains("not-root: ok"));
    }

    /// Nobody else on the machine reads mail or keeps the server from starting.
    @Test
    void othersSeeAndStopNothing() throws Exception {
        assertTrue(script("others").contains("others: ok"));
    }

    /// No command, whatever is missing or odd, answers with the name of a Java class.
    @Test
    void commandsSpeakInPlainWords() throws Exception {
        assertTrue(script("plain-words").contains("plain-words: ok"));
    }

    /// pflogsumm, logwatch and fail2ban-regex over the logs of the same traffic.
    @Test
    void logReadersReadTheSameAsOfPostfix() throws Exception {
        String out = script("logs-alike");
        assertEquals(8, out.lines().filter(l -> l.endsWith(" same")).count(), out);
    }

    /// swaks, openssl, mutt, s-nail, Jakarta Mail, Python's smtplib, curl and Perl's Net::SMTP.
    @Test
    void realClientsSendByEveryWay() throws Exception {
        clients("25", script("clients"));
    }

    /// The same with a login, by every mechanism that each speaks.
    @Test
    void realClientsLogInByEveryMechanism() throws Exception {
        clients(
                "",
                script(
                        "clients",
                        "--tls",
                        "starttls",
                        "--user",
                        "w@c.example",
                        "--password",
                        "s/x"));
    }

    /// @param count mails where every client is there
    private static void clients(String count, String out) {
        String last = out.lines().reduce((a, b) -> b).orElse("");
        System.out.println(last);
        assertTrue(last.matches("clients: \\d+ mails, \\d+ as given(; not there: .*)?"), out);
        assertTrue(last.contains("not there") || last.contains(count + " as given"), out);
    }

    /// kill -9 of the real server: a rate limit forgets no more than the last second.
    @Test
    void rateLimitsSurviveKills() throws Exception {
        assertTrue(script("rates-kill").contains("rates-kill: ok"));
    }

    /// kill -9 of the whole server under load, some rounds of the 300 of CONTRIBUTING.md: what was
    /// acknowledged comes out, once the server is back.
    @Test
    void whatIsAcknowledgedSurvivesKills() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "not root");
        Path work = Files.createTempDirectory("kills");
        String out =
                scriptOf(
                        "src/test/twin/",
                        "killloop.py",
                        "--rounds",
                        "4",
                        "--work",
                        work.toString(),
                        "--start",
                        "bin/postfix -c {conf} start",
                        "--stop",
                        "bin/postfix -c {conf} stop");
        assertTrue(out.contains("\"kills\": 4,") && out.contains("\"lost\": 0,"), out);
    }

    /// What users of the machine and strangers may try against root's rights, with real users.
    @Test
    void whoeverTriesGetsNoRightsOfOthers() throws Exception {
        String last = script("local-root").lines().reduce((a, b) -> b).orElse("");
        System.out.println(last);
        assertTrue(last.matches("local-root: ([1-9]\\d\\d+) of \\1(; skipped: \\d+)?"), last);
    }

    /// SCENARIOS C.2, C.3 and F.1 to F.5, with the real saslauthd, saslpasswd2, Dovecot and swaks.
    @Test
    void submissionWorksAsTheNotesHaveIt() throws Exception {
        String last = script("submission").lines().reduce((a, b) -> b).orElse("");
        System.out.println(last);
        assertTrue(last.matches("submission: (\\d+) of \\1"), last);
    }

    /// SCENARIOS D.1: a real Postfix with Cyrus SASL in Gmail's place, a scripted hop in SES's.
    @Test
    void mailGoesOutBySmartHostsAsTheNotesHaveIt() throws Exception {
        String last = script("smart-host").lines().reduce((a, b) -> b).orElse("");
        System.out.println(last);
        assertTrue(last.matches("smart-host: ([1-9]\\d+) of \\1"), last);
    }

    /// procmail, maildrop, Dovecot, vacation, cron, Mailman's files, postsrsd, mutt, mailx: with
    /// real Postfix and with ours at once, and what both left is compared.
    @Test
    void realProgramsDeliverAndReadAsWithPostfix() throws Exception {
        String last = script("mailboxes").lines().reduce((a, b) -> b).orElse("");
        System.out.println(last);
        assertTrue(last.matches("mailboxes: ([1-9]\\d{2}) of \\1"), last);
    }
}
