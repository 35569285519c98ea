package org.postrider.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is wrong with a list in DNS, or with what the listed are told, lets nobody pass. There, it
/// ends the process that serves the client.
class DnsListFaultsTest {
    private static final String LISTED =
            "smtpd_client_restrictions = reject_rbl_client list.example";

    @TempDir Path temp;

    private Decision decision(Doors doors) {
        return doors.access.decide(Stage.RECIPIENT, doors.writing());
    }

    private static String refusal(Decision decision) {
        return Objects.requireNonNull(decision.refusal()).line();
    }

    private static List<String> warnings(Decision decision) {
        return decision.effects().stream()
                .map(e -> e instanceof LogLine.Warning(var text) ? text : e.toString())
                .toList();
    }

    @Test
    void aMalformedDefaultReplyRefusesForNow() throws IOException {
        Doors doors = new Doors(temp, LISTED + "\ndefault_rbl_reply = 554 ${rbl_what\n");
        Decision decision = decision(doors);
        assertEquals("451 4.3.5 Server configuration error", refusal(decision));
        assertEquals(
                List.of(
                        "truncated macro reference: \"554 ${rbl_what\"",
                        "rbl_reject_reply: bad default rbl reply template: 554 ${rbl_what"),
                warnings(decision));
    }

    @Test
    void aMalformedFilterRefusesForNowAndIsNamedBeforeMailComes() throws IOException {
        Doors doors = new Doors(temp, LISTED + "=127.0.0.[3..2]\n");
        Decision decision = decision(doors);
        String fault = "RBL reply error: numeric range error at \"127.0.0.[3..>2<]\"";
        assertEquals("451 4.3.5 Server configuration error", refusal(decision));
        assertEquals(List.of(fault), warnings(decision));
        assertEquals(
                List.of(new RestrictionChecks.Fault("smtpd_client_restrictions", null, fault)),
                RestrictionChecks.of(doors.settings));
    }

    @Test
    void aMalformedFilterOfOldListsRefusesForNow() throws IOException {
        Doors doors =
                new Doors(
                        temp,
                        "smtpd_client_restrictions = reject_maps_rbl\n"
                                + "maps_rbl_domains = other.example, list.example=1.2.3\n");
        Decision decision = decision(doors);
        assertEquals("451 4.3.5 Server configuration error", refusal(decision));
        assertTrue(warnings(decision).getFirst().startsWith("RBL reply error: "));
        assertEquals(
                List.of(
                        new RestrictionChecks.Fault(
                                "smtpd_client_restrictions", null, warnings(decision).getFirst())),
                RestrictionChecks.of(doors.settings));
    }

    @Test
    void oneThatNamesNoListIsWarnedOf() throws IOException {
        Doors doors = new Doors(temp, "smtpd_client_restrictions = reject_rbl_client\n");
        Decision decision = decision(doors);
        assertEquals(
                List.of("restriction reject_rbl_client requires domain name argument"),
                warnings(decision));
    }

    @Test
    void whatNamesNoListIsNamedBeforeMailComes() throws IOException {
        Doors doors =
                new Doors(
                        temp,
                        """
                        smtpd_restriction_classes = some
                        some = reject_rbl_client list.example, reject_rhsbl_sender
                        smtpd_client_restrictions = some, reject_maps_rbl, reject_rbl_client
                        smtpd_data_restrictions = permit_dnswl_client
                        """);
        assertEquals(
                List.of(
                        "smtpd_client_restrictions: restriction reject_maps_rbl:"
                                + " maps_rbl_domains names no list",
                        "smtpd_client_restrictions: restriction reject_rbl_client requires domain"
                                + " name argument",
                        "smtpd_data_restrictions: restriction permit_dnswl_client requires domain"
                                + " name argument",
                        "some: restriction reject_rhsbl_sender requires domain name argument"),
                RestrictionChecks.idle(doors.settings).stream()
                        .map(each -> each.parameter() + ": " + each.text())
                        .toList());
        assertEquals(List.of(), RestrictionChecks.of(doors.settings));
    }

    @Test
    void aListOfGoodClientsIsNoLeaveToRelay() throws IOException {
        Doors doors =
                new Doors(
                        temp,
                        """
                        smtpd_relay_restrictions = permit_dnswl_client list.example,
                            permit_rhswl_client list.example, reject_unauth_destination
                        """);
        Someone elsewhere = doors.writing().with("rcpt=b@far.example");
        assertEquals(
                "554 5.7.1 <b@far.example>: Relay access denied",
                refusal(doors.access.decide(Stage.RECIPIENT, elsewhere)));
    }

    @Test
    void aFilterOfRepliesThatSaysNothingKnownLetsNobodyPass() throws IOException {
        Doors doors =
                new Doors(
                        temp,
                        """
                        smtpd_dns_reply_filter = static:perhaps
                        smtpd_client_restrictions = permit_dnswl_client list.example, reject
                        """);
        assertEquals(
                "450 4.7.1 <192.0.2.1>: Client host rejected: Service unavailable",
                refusal(decision(doors)));
    }

    /// In Postfix it would be asked about as a domain, and refuse nobody.
    @Test
    void oneThatTakesTheNextRestrictionForADomainRefusesForNow() throws IOException {
        for (String words : List.of("reject_unauth_destination", "=127.0.0.2")) {
            Doors doors =
                    new Doors(
                            temp, "smtpd_client_restrictions = reject_rbl_client " + words + "\n");
            assertEquals("451 4.3.5 Server configuration error", refusal(decision(doors)));
        }
    }
}
