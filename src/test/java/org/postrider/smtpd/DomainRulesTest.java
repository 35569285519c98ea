package org.postrider.smtpd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What nobody could say of a client's name now is no reason to refuse for good, whatever the
/// administrator's code for clients without a name is. Real Postfix's answers are in
/// src/test/twin/rules.case.
class DomainRulesTest {
    @TempDir Path temp;

    @ParameterizedTest
    @CsvSource({
        "reject_unknown_client_hostname, NAME=[TEMPUNAVAIL], 450 4.7.25, hostname",
        "reject_unknown_client_hostname, NAME=[UNAVAILABLE], 550 5.7.25, hostname",
        "reject_unknown_reverse_client_hostname, REVERSE_NAME=[TEMPUNAVAIL], 450 4.7.1, reverse"
                + " hostname",
        "reject_unknown_reverse_client_hostname, REVERSE_NAME=[UNAVAILABLE], 550 5.7.1, reverse"
                + " hostname"
    })
    void aNameThatNobodyCouldSayIsRefusedForAWhileOnly(
            String rule, String name, String code, String what) throws IOException {
        Reception it =
                Reception.of(
                        temp,
                        "smtpd_authorized_xclient_hosts = 198.51.100.7\n"
                                + "unknown_client_reject_code = 550\n"
                                + "smtpd_client_restrictions = "
                                + rule
                                + "\n",
                        Reception.ROOM,
                        "EHLO c.example\r\nXCLIENT "
                                + name
                                + " ADDR=198.51.100.9\r\nEHLO c.example\r\n"
                                + "MAIL FROM:<a@b.example>\r\nRCPT TO:<s@b.example>\r\nQUIT\r\n");
        assertEquals(
                code + " Client host rejected: cannot find your " + what + ", [198.51.100.9]",
                it.heard().get(it.heard().size() - 2),
                it::toString);
    }
}
