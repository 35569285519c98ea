package org.postrider.smtpd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// smtpd_log_rule: the log line of a refusal names the restriction that refused, and where it is
/// set. The reply says nothing of it.
class LogRuleTest {
    private static final String LISTS =
            """
            smtpd_restriction_classes = strict
            strict = reject_non_fqdn_sender
            smtpd_client_restrictions = warn_if_reject reject
            smtpd_sender_restrictions = strict,
              check_sender_access inline:{{bad.example=reject_plaintext_session}}
            smtpd_recipient_restrictions = check_recipient_access inline:{{x@b.example=REJECT}}
            smtpd_relay_restrictions = defer_if_permit, permit_mynetworks, reject
            smtpd_helo_required = yes
            """;

    private static final String DIALOGUE =
            """
            MAIL FROM:<a@b.example>
            EHLO c.example
            MAIL FROM:<a>
            RCPT TO:<y@b.example>
            RSET
            MAIL FROM:<a@bad.example>
            RCPT TO:<y@b.example>
            RSET
            MAIL FROM:<a@b.example>
            RCPT TO:<x@b.example>
            RCPT TO:<y@b.example>
            QUIT
            """
                    .replace("\n", "\r\n");

    @TempDir Path temp;

    private List<String> rejects(String setting) throws IOException {
        Reception it = Reception.of(temp, LISTS + setting, DIALOGUE);
        String main = temp.resolve("main.cf").toString();
        return it.log()
                .lines()
                .filter(each -> each.contains(" reject: RCPT "))
                .map(each -> each.replaceFirst(".*helo=<c.example>", "").replace(main, "main.cf"))
                .toList();
    }

    @Test
    void aRefusalNamesItsRuleWhereThatIsAskedFor() throws IOException {
        assertEquals(
                List.of(
                        " rule=<strict: reject_non_fqdn_sender> set=<main.cf, line 10>",
                        " rule=<smtpd_sender_restrictions: check_sender_access"
                                + " inline:{{bad.example=reject_plaintext_session}}:"
                                + " reject_plaintext_session> set=<main.cf, line 12>",
                        " rule=<smtpd_recipient_restrictions: check_recipient_access"
                                + " inline:{{x@b.example=REJECT}}> set=<main.cf, line 14>",
                        " rule=<smtpd_relay_restrictions: defer_if_permit>"
                                + " set=<main.cf, line 15>"),
                rejects("smtpd_log_rule = yes\n"));
    }

    @Test
    void elseTheLineIsPostfixs() throws IOException {
        assertEquals(List.of("", "", "", ""), rejects(""));
    }
}
