package org.postrider.authentication;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postrider.dkim.ArcResult;
import org.postrider.dkim.Verdict;
import org.postrider.dmarc.DmarcResult;
import org.postrider.spf.SpfResult;

/// What policy servers and milters are told of a mail, name by name: words of ours, and domains.
final class Facts {
    /// In the order in which policy servers hear them.
    static final List<String> NAMES =
            List.of(
                    "iprev",
                    "spf",
                    "spf_domain",
                    "spf_helo",
                    "dkim",
                    "dkim_domains",
                    "arc",
                    "dmarc",
                    "dmarc_domain",
                    "dmarc_policy",
                    "results");

    private Facts() {}

    static @Nullable String of(MailAuthentication mail, String name) {
        return switch (name) {
            case "iprev" -> mail.checks(Check.IPREV) ? mail.iprev().word() : "";
            case "spf" -> word(mail.spfOfSender());
            case "spf_helo" -> word(mail.spfOfHelo());
            case "spf_domain" -> {
                SpfResult spf = mail.spfOfSender();
                yield spf == null ? "" : spf.domain();
            }
            case "dkim", "dkim_domains", "arc", "dmarc", "dmarc_domain", "dmarc_policy" ->
                    ofContent(mail.results(), name);
            case "results" -> mail.results() == null ? "" : mail.line();
            default -> null;
        };
    }

    private static String word(@Nullable SpfResult spf) {
        return spf == null ? "" : spf.verdict().word();
    }

    private static String ofContent(@Nullable Results known, String name) {
        if (known == null) {
            return "";
        }
        Verdict signed = known.signatures();
        ArcResult arc = known.arc();
        DmarcResult dmarc = known.dmarc();
        return switch (name) {
            case "dkim" -> signed == null ? "" : signed.word();
            case "dkim_domains" ->
                    known.dkim().stream()
                            .map(each -> each.result())
                            .filter(each -> each.verdict() == Verdict.PASS)
                            .map(each -> each.domain())
                            .distinct()
                            .collect(Collectors.joining(" "));
            case "arc" -> arc == null ? "" : arc.verdict().word();
            case "dmarc" -> dmarc == null ? "" : dmarc.verdict().word();
            case "dmarc_domain" -> dmarc == null ? "" : dmarc.author();
            default -> dmarc == null ? "" : dmarc.policy().word();
        };
    }
}
