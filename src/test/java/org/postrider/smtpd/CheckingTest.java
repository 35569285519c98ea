package org.postrider.smtpd;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.access.RestrictionChecks;
import org.postrider.config.Catalogue;
import org.postrider.config.ConfigException;
import org.postrider.config.MainCf;
import org.postrider.config.ServiceSettings;

/// What `postfix check` says of settings about authenticity before any mail comes.
class CheckingTest {
    @TempDir Path temp;

    private ServiceSettings settings(String mainCf) throws IOException {
        return ServiceSettings.of(
                MainCf.read(Files.writeString(temp.resolve("main.cf"), mainCf)),
                Catalogue.load(),
                Map.of("myhostname", "mx.test.example", "mydomain", "test.example"));
    }

    private String problems(String mainCf) throws IOException {
        return String.join("\n", Checking.problems(settings(mainCf)));
    }

    private String faults(String mainCf) throws IOException {
        return String.join(
                "\n",
                RestrictionChecks.of(settings(mainCf)).stream()
                        .map(f -> f.parameter() + ": " + f.text())
                        .toList());
    }

    @Test
    void settingsThatCannotBeDoneAreNamed() throws IOException {
        assertEquals("", problems(""));
        assertEquals("", problems("authentication_checks = iprev, spf dkim arc dmarc\n"));
        assertEquals(
                "bad configuration: authentication_checks = spv: need iprev, spf, dkim, arc or"
                        + " dmarc",
                problems("authentication_checks = spv\n"));
        assertEquals(
                "bad configuration: dmarc_quarantine_action = x: need one of hold, header, reject",
                problems("dmarc_quarantine_action = x\n"));
        assertEquals(
                "bad configuration: dmarc_malformed_from_policy = x: need one of none, quarantine,"
                        + " reject",
                problems("dmarc_malformed_from_policy = x\n"));
        assertTrue(
                problems("authentication_checks = dkim\ndkim_least_key_bits = 0\n")
                        .endsWith("bad parameter dkim_least_key_bits: too small: 0 < 1024"));
        assertEquals(
                "dmarc_public_suffix_file: /nowhere/list: No such file or directory",
                problems(
                        "authentication_checks = dmarc\n"
                                + "dmarc_public_suffix_file = /nowhere/list\n"));
        assertEquals(
                "", problems("authentication_checks = dmarc\nsmtpd_proxy_filter = 127.0.0.1:9\n"));
        assertEquals(
                "arc_sealing_key: mail that smtpd_proxy_filter gives back is not sealed",
                problems(
                        "authentication_checks = arc\nsmtpd_proxy_filter = 127.0.0.1:9\n"
                                + "arc_sealing_key = a.example:s:/k\n"));
        assertEquals(
                "authentication_checks: iprev: with smtpd_peername_lookup = no nobody has a name",
                problems("authentication_checks = iprev\nsmtpd_peername_lookup = no\n"));
        assertEquals(
                "arc_sealing_key: authentication_checks does not name arc: nothing is sealed",
                problems("authentication_checks = spf\narc_sealing_key = a.example:s:/k\n"));
    }

    @Test
    void restrictionsThatCannotKnowAreNamed() throws IOException {
        String on = "authentication_checks = spf dmarc\n";
        assertEquals("", faults(on + "smtpd_end_of_data_restrictions = reject_dmarc\n"));
        assertEquals("", faults(on + "smtpd_client_restrictions = reject_spf_fail\n"));
        assertEquals(
                "smtpd_recipient_restrictions: restriction reject_dmarc: the content is not there"
                        + " yet in smtpd_recipient_restrictions",
                faults(on + "smtpd_recipient_restrictions = warn_if_reject reject_dmarc\n"));
        assertEquals(
                "smtpd_client_restrictions: restriction reject_spf_fail: there is no mail yet in"
                        + " smtpd_client_restrictions",
                faults(
                        on
                                + "smtpd_delay_reject = no\n"
                                + "smtpd_client_restrictions = reject_spf_fail\n"));
        assertEquals(
                "smtpd_end_of_data_restrictions: restriction reject_arc_fail: authentication_checks"
                        + " does not name arc",
                faults(on + "smtpd_end_of_data_restrictions = reject_arc_fail\n"));
        assertEquals(
                "mine: restriction reject_dkim_fail: authentication_checks does not name dkim",
                faults(
                        "authentication_checks = spf\n"
                                + "smtpd_restriction_classes = mine\n"
                                + "mine = reject_dkim_fail\n"));
    }

    /// Nothing is held that goes to a filter before the queue.
    @Test
    void aHoldQueueBeforeAFilterIsNamed() throws IOException {
        String on =
                "authentication_checks = dmarc\nsmtpd_proxy_filter = 127.0.0.1:9\n"
                        + "smtpd_end_of_data_restrictions = reject_dmarc\n";
        assertEquals(
                "smtpd_end_of_data_restrictions: restriction reject_dmarc: mail that passes"
                        + " smtpd_proxy_filter cannot be held: set dmarc_quarantine_action to"
                        + " header or reject",
                faults(on + "dmarc_quarantine_action = hold\n"));
        assertEquals("", faults(on), "a setting that nobody made");
        assertEquals("", faults(on + "dmarc_quarantine_action = header\n"));
        assertEquals("", faults(on + "dmarc_quarantine_action = reject\n"));
        assertEquals("", faults(on + "smtpd_proxy_filter =\n"));
    }

    /// A class is judged by where it is asked, not by where it is written.
    @Test
    void aClassThatIsAskedTooEarlyIsNamed() throws IOException {
        String on =
                "authentication_checks = spf dmarc\n"
                        + "smtpd_restriction_classes = mine yours\n"
                        + "mine = reject_spf_fail reject_dmarc\n"
                        + "yours = mine\n";
        assertEquals("", faults(on + "smtpd_end_of_data_restrictions = yours\n"));
        assertEquals(
                "mine: restriction reject_dmarc: the content is not there yet in"
                        + " smtpd_recipient_restrictions",
                faults(on + "smtpd_recipient_restrictions = yours\n"));
        String early = "there is no mail yet in smtpd_helo_restrictions";
        assertEquals(
                "mine: restriction reject_spf_fail: "
                        + early
                        + "\nmine: restriction reject_dmarc: the content is not there yet in"
                        + " smtpd_helo_restrictions",
                faults(
                        on
                                + "smtpd_delay_reject = no\n"
                                + "smtpd_helo_restrictions = warn_if_reject mine\n"));
    }

    /// The same of what a table says.
    @Test
    void aTableThatSaysItTooEarlyIsNamed() throws IOException {
        ServiceSettings own =
                settings(
                        "authentication_checks = spf dmarc\n"
                                + "smtpd_restriction_classes = mine holding\n"
                                + "mine = reject_dmarc\n"
                                + "holding = check_sender_access hash:/none\n"
                                + "smtpd_data_restrictions = holding\n");
        String early = "restriction reject_dmarc: the content is not there yet in ";
        for (String result : List.of("mine", "reject_dmarc", "permit_mynetworks, mine")) {
            assertEquals(
                    early + "smtpd_recipient_restrictions",
                    RestrictionChecks.result(result, "smtpd_recipient_restrictions", own));
            assertEquals(
                    early + "smtpd_data_restrictions",
                    RestrictionChecks.result(result, "holding", own));
            assertEquals(
                    null, RestrictionChecks.result(result, "smtpd_end_of_data_restrictions", own));
        }
        assertEquals(
                null, RestrictionChecks.result("reject_spf_fail", "smtpd_data_restrictions", own));
    }

    /// A word that nobody knows keeps the server from starting, whether a list asks for it or not.
    @Test
    void aServerDoesNotStartWithOthers() throws IOException {
        List<String> all =
                List.of(
                        "authentication_tempfail_action = x\n",
                        "authentication_checks = x\n",
                        "dmarc_quarantine_action = x\n",
                        "authentication_checks = dmarc\ndmarc_public_suffix_file = /nowhere\n");
        for (int i = 0; i < all.size(); i++) {
            Path directory = Files.createDirectory(temp.resolve("d" + i));
            String main = all.get(i);
            assertThrows(
                    ConfigException.class,
                    () -> Reception.smtpd(directory, main, new NoMail()),
                    main);
        }
    }
}
