package org.postrider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// What people do, step by step, with the real tools: the scripts of src/test/scenarios.
class ScenarioTest {
    private static final String HERE = "src/test/scenarios/";

    @RegisterExtension private final Played played = new Played();

    /// Attacks on a real server in its default heap, a tenth of their size: no OutOfMemoryError, no
    /// restart, others are served. The limit of two seconds is for a machine that does nothing
    /// else: `src/test/attacks/run`.
    @Test
    @Script(
            value = {
                "src/test/attacks/run",
                "--small",
                "--patience",
                "60",
                "--only",
                "A2,A4,A5,A14"
            },
            needs = "python3",
            seconds = 36)
    void attacksOnMemoryLeaveOthersServed() {
        String out = played.good();
        assertTrue(out.contains("attacks: 4 of 4 good"), out);
    }

    /// The README's main command, swaks, a real Postfix as the next hop.
    @Test
    @Script(value = HERE + "first-relay", seconds = 15)
    void theFirstRelayIsAsTheReadmeSays() {
        assertTrue(played.good().contains("first-relay: ok"));
    }

    /// The README's first relay and docs/submission.md, typed as they stand.
    @Test
    @Script(value = HERE + "typed", needs = "python3", seconds = 20)
    void theDocumentsCanBeTyped() {
        String last = played.last();
        assertTrue(last.matches("typed: ([1-9]\\d+) of \\1"), last);
    }

    /// Policies of MTA-STS over a whole server, its death, and policy hosts that hang or are gone.
    @Test
    @Script(value = HERE + "mta-sts", needs = "python3", seconds = 15)
    void policiesOfDomainsAreKeptTo() {
        String last = played.last();
        assertTrue(last.matches("mta-sts: ([1-9]\\d+) of \\1"), last);
    }

    /// What a server signs, judged by opendkim and python3-dkim; what it does not sign, and what
    /// becomes of mail whose key is no use (docs/dkim.md).
    @Test
    @Script(value = HERE + "signed", needs = "python3", seconds = 25)
    void whatIsSignedIsVerifiedByOthers() {
        String last = played.last();
        assertTrue(last.matches("signed: ([1-9]\\d+) of \\1"), last);
    }

    /// What a server finds out about strangers' mail: what milters hear of it, seals of what leaves
    /// again, and the report of the day (docs/authentication.md).
    @Test
    @Script(value = HERE + "checked", needs = "python3", seconds = 20)
    void whatIsKnownOfStrangersMailIsTold() {
        String last = played.last();
        assertTrue(last.matches("checked: ([1-9]\\d+) of \\1"), last);
    }

    /// The zone of the notes, what postdoctor says of it, and a receiver that takes mail only when
    /// its records are there (docs/postdoctor.md).
    @Test
    @Script(value = HERE + "doctor", needs = "python3", seconds = 30)
    void theRecordsThatPostdoctorPrintsAreThoseThatAreMissing() {
        String last = played.last();
        assertTrue(last.matches("doctor: ([1-9]\\d+) of \\1"), last);
    }

    /// postdoctor before real Postfix, Exim and OpenSMTPD, right and wrong: every line that it
    /// says.
    @Test
    @Script(value = HERE + "doctor-others", needs = "python3", root = true, seconds = 15)
    void postdoctorSaysOfRealServersWhatIsSo() {
        String last = played.last();
        assertTrue(last.matches("doctor-others: ([1-9]\\d+) of \\1(; skipped: .*)?"), last);
    }

    /// One queue directory, two mail systems: never both at once, and nothing of either is lost.
    @Test
    @Script(value = HERE + "other-postfix", needs = "python3", seconds = 20)
    void anotherPostfixOnTheSameQueueIsSeen() {
        String last = played.last();
        assertTrue(last.matches("other-postfix: ([1-9]\\d+) of \\1"), last);
    }

    /// The queue of a real Postfix, imported and given back, is what it was, and it delivers it.
    @Test
    @Script(
            value = {"src/test/moving/run", "--short"},
            needs = "python3",
            root = true,
            seconds = 18)
    void mailMovesFromARealPostfixAndBack() {
        String last = played.last();
        assertTrue(last.matches("moving: ([1-9]\\d+) of \\1"), last);
    }

    /// A server that dies is started again, and it is said how it ended. One whose master is killed
    /// stops, and what was on its way is in the queue.
    @Test
    @Script(value = HERE + "comes-back", seconds = 25)
    void aServerThatDiesComesBackAndIsNamed() {
        assertTrue(played.good().contains("comes-back: ok"));
    }

    /// The server of a root who asks for it has one right only, and all works.
    @Test
    @Script(value = HERE + "not-root", seconds = 10)
    void theServerNeedNotBeRoot() {
        assertTrue(played.good().contains("not-root: ok"));
    }

    /// A second instance by postmulti, as the notes have it (scenario C).
    @Test
    @Script(value = HERE + "second-instance", needs = "python3", root = true, seconds = 30)
    void aSecondInstanceIsMadeForgottenAndStarted() {
        String last = played.last();
        assertTrue(last.matches("second-instance: ([1-9]\\d+) of \\1"), last);
    }

    /// Command lines with several instances, as the distribution's postmulti answers them.
    @Test
    @Script(value = "src/test/multi/replay", needs = "python3", root = true, seconds = 35)
    void severalInstancesAreManagedAsByPostmulti() {
        String last = played.last();
        assertTrue(last.matches("multi: ([1-9]\\d+) of \\1"), last);
    }

    /// Mails through a converted sendmail.mc, beside what a real Sendmail did with them that read
    /// the same file.
    @Test
    @Script(value = "src/test/moving/sendmail", needs = "python3", root = true, seconds = 15)
    void aConvertedSendmailMcDoesAsSendmailDid() {
        String last = played.last();
        assertTrue(last.matches("sendmail: ([1-9]\\d{2}) of \\1, [12]\\d files; .*"), last);
    }

    /// Nobody else on the machine reads mail or keeps the server from starting.
    @Test
    @Script(value = HERE + "others", seconds = 9)
    void othersSeeAndStopNothing() {
        assertTrue(played.good().contains("others: ok"));
    }

    /// No command, whatever is missing or odd, answers with the name of a Java class.
    @Test
    @Script(value = HERE + "plain-words", seconds = 42)
    void commandsSpeakInPlainWords() {
        assertTrue(played.good().contains("plain-words: ok"));
    }

    /// pflogsumm, logwatch and fail2ban-regex over the logs of the same traffic.
    @Test
    @Script(value = HERE + "logs-alike", needs = "python3", seconds = 25)
    void logReadersReadTheSameAsOfPostfix() {
        String out = played.good();
        assertEquals(8, out.lines().filter(l -> l.endsWith(" same")).count(), out);
    }

    /// mailgraph, check_mailq, munin's plugins, the Prometheus exporter for Postfix, monit, pfqueue
    /// and logwatch beside a real Postfix and ours at once.
    @Test
    @Script(value = HERE + "watchers", needs = "python3", root = true, seconds = 30)
    void whatWatchesAPostfixSeesTheSameHere() {
        played.good().lines().filter(l -> l.startsWith("skipped: ")).forEach(System.out::println);
        String last = played.last();
        assertTrue(last.matches("watchers: ([1-9]\\d*) of \\1(; skipped: \\d+)?"), last);
        assertTrue(last.contains("skipped") || last.contains("33 of 33"), last);
    }

    /// swaks, openssl, mutt, s-nail, Jakarta Mail, Python's smtplib, curl and Perl's Net::SMTP.
    @Test
    @Script(value = HERE + "clients", needs = "python3", seconds = 20)
    void realClientsSendByEveryWay() {
        clients("25");
    }

    /// The same with a login, by every mechanism that each speaks.
    @Test
    @Script(
            value = {
                HERE + "clients",
                "--tls",
                "starttls",
                "--user",
                "w@c.example",
                "--password",
                "marked/word"
            },
            needs = "python3",
            seconds = 20)
    void realClientsLogInByEveryMechanism() {
        clients("");
    }

    /// @param count mails where every client is there
    private void clients(String count) {
        String last = played.last();
        assertTrue(
                last.matches("clients: \\d+ mails, \\d+ as given(; not there: .*)?"),
                played.said());
        assertTrue(last.contains("not there") || last.contains(count + " as given"), played.said());
    }

    /// kill -9 of the real server: a rate limit forgets no more than the last second.
    @Test
    @Script(value = HERE + "rates-kill", needs = "python3", seconds = 30)
    void rateLimitsSurviveKills() {
        assertTrue(played.good().contains("rates-kill: ok"));
    }

    /// kill -9 of the whole server under load, some rounds of the 300 of CONTRIBUTING.md: what was
    /// acknowledged comes out, once the server is back.
    @Test
    @Script(
            value = {
                "src/test/twin/killloop.py",
                "--rounds",
                "4",
                "--work",
                "{new}",
                "--start",
                "bin/postfix -c {conf} start",
                "--stop",
                "bin/postfix -c {conf} stop"
            },
            needs = "python3",
            root = true,
            seconds = 20)
    void whatIsAcknowledgedSurvivesKills() {
        String out = played.good();
        assertTrue(out.contains("\"kills\": 4,") && out.contains("\"lost\": 0,"), out);
    }

    /// What users of the machine and strangers may try against root's rights, with real users.
    @Test
    @Script(value = HERE + "local-root", needs = "python3", seconds = 55)
    void whoeverTriesGetsNoRightsOfOthers() {
        String last = played.last();
        assertTrue(last.matches("local-root: ([1-9]\\d\\d+) of \\1(; skipped: \\d+)?"), last);
    }

    /// SCENARIOS C.2, C.3 and F.1 to F.5, with the real saslauthd, saslpasswd2, Dovecot and swaks.
    @Test
    @Script(value = HERE + "submission", needs = "python3", seconds = 32)
    void submissionWorksAsTheNotesHaveIt() {
        String last = played.last();
        assertTrue(last.matches("submission: (\\d+) of \\1"), last);
    }

    /// SCENARIOS D.1, E.1 and B.3: a real Postfix with Cyrus SASL in Gmail's place, a scripted hop
    /// in SES's; a null client's sendmail, mail and mailx; Jakarta Mail by a mail.properties.
    @Test
    @Script(value = HERE + "smart-host", needs = "python3", seconds = 28)
    void mailGoesOutBySmartHostsAsTheNotesHaveIt() {
        String last = played.last();
        assertTrue(last.matches("smart-host: ([1-9]\\d+) of \\1"), last);
    }

    /// opendkim, opendmarc, rspamd, SpamAssassin, ClamAV's milter and amavisd: with real Postfix
    /// and with ours at once, and what both said and delivered is compared.
    @Test
    @Script(value = HERE + "milters", needs = "python3", root = true, seconds = 60)
    void realMiltersDoHereWhatTheyDoWithPostfix() {
        String last = played.last();
        assertTrue(last.matches("milters: ([1-9]\\d+) of \\1"), last);
    }

    /// A fifth of the messages whose DMARC state is opendmarc's of the same SPF and DKIM results,
    /// and whose ARC state is python3-dkim's, or differs for a reason that is written there.
    @Test
    @Script(
            value = {"src/test/authentication/judges", "--some"},
            needs = "python3",
            root = true,
            seconds = 40)
    void opendmarcJudgesAsOursDoes() {
        String last = played.last();
        assertTrue(
                last.matches("judges: 26 messages: \\d+ alike, \\d explained, 0 wrong; .*"), last);
    }

    /// postgrey, sqlgrey, postfwd, policyd-spf, amavisd after and before the queue, and the filter
    /// of FILTER_README: with real Postfix and with ours at once, and what both said, logged and
    /// delivered is compared.
    @Test
    @Script(value = HERE + "policies", needs = "python3", root = true, seconds = 45)
    void realPolicyServersAndFiltersDoHereWhatTheyDoWithPostfix() {
        played.good().lines().filter(l -> l.contains("skipped: ")).forEach(System.out::println);
        String last = played.last();
        assertTrue(last.matches("policies: ([1-9]\\d*) of \\1(; skipped: \\d+)?"), last);
        assertTrue(last.contains("skipped") || last.contains("20 of 20"), last);
    }

    /// A hosting panel's configuration with the real programs that it names, against its line in
    /// docs/configurations.md.
    @Test
    @Script(
            value = {HERE + "configurations", "--only", "panel", "src/test/configurations"},
            needs = {"python3", "dovecot", "opendkim"},
            root = true,
            seconds = 15)
    void aPanelsConfigurationDoesAsItsLineSays() {
        assertEquals("configurations: 1 of 1", played.last());
    }

    /// Real Exim, OpenSMTPD, Sendmail, Dovecot's submission and Postfix as next hops.
    @Test
    @Script(value = HERE + "next-hops", needs = "python3", root = true, seconds = 30)
    void realNextHopsTakeRefuseAndAreWaitedFor() {
        String last = played.last();
        assertTrue(last.matches("next-hops: ([1-9]\\d+) of \\1(; skipped: .*)?"), last);
    }

    /// procmail, maildrop, Dovecot, vacation, cron, Mailman's files, postsrsd, mutt, mailx: with
    /// real Postfix and with ours at once, and what both left is compared.
    @Test
    @Script(value = HERE + "mailboxes", needs = "python3", seconds = 91)
    void realProgramsDeliverAndReadAsWithPostfix() {
        String last = played.last();
        assertTrue(last.matches("mailboxes: ([1-9]\\d{2}) of \\1"), last);
    }

    /// The test page in a real Chromium, through ports with and without TLS and logins.
    @Test
    @Script(value = HERE + "test-page", needs = "chromedriver", root = true, seconds = 30)
    void aTestPageSendsThroughAnyPortAndShowsTheDialogue() {
        String last = played.last();
        assertTrue(last.matches("test-page: (20) of \\1"), last);
    }
}
