package org.postrider.authentication;

import org.jspecify.annotations.Nullable;
import org.postrider.authentication.field.ResultsText;
import org.postrider.dkim.ArcResult;
import org.postrider.dkim.DkimResult;
import org.postrider.dkim.Verdict;
import org.postrider.dmarc.DmarcResult;
import org.postrider.maps.Network;
import org.postrider.spf.Identity;
import org.postrider.spf.SpfResult;

/// What the header and the log say of a mail.
///
/// @param quarantined a field says so
record ResultFields(
        Authentication.Terms terms, MailAuthentication mail, Results results, boolean quarantined) {
    /// The fields that go on top, CRLF at each line's end.
    String text() {
        StringBuilder out = new StringBuilder(512);
        out.append(all("Authentication-Results").text());
        SpfResult spf = results.mailFrom();
        if (terms.receivedSpf() && spf != null) {
            out.append(received(spf));
        }
        DmarcResult dmarc = results.dmarc();
        if (quarantined && dmarc != null) {
            out.append("X-Quarantine: dmarc=").append(dmarc.verdict().word());
            out.append(" policy=quarantine\r\n");
        }
        return out.toString();
    }

    /// The same in one line, for the log.
    String line() {
        String text = all("").text();
        return text.substring(text.indexOf(';') + 1).replace("\r\n\t", " ").strip();
    }

    /// As the value of a field, for a seal.
    String value() {
        String text = all("").text();
        return text.substring(text.indexOf(':') + 1).replace("\r\n\t", " ").strip();
    }

    private ResultsText all(String name) {
        ResultsText out = new ResultsText(name, terms.identifier());
        Iprev iprev = results.iprev();
        if (iprev != null) {
            String reverse = mail.client().reverseName();
            out.result("iprev", iprev.word())
                    .comment(iprev == Iprev.PASS ? mail.client().name() : reverse)
                    .property("policy.iprev", Network.text(mail.client().address()));
        }
        spf(out, results.mailFrom());
        SpfResult helo = results.helo();
        if (helo != null && helo.verdict() != org.postrider.spf.Verdict.NONE) {
            spf(out, helo);
        }
        results.dkim().forEach(each -> dkim(out, each));
        arc(out, results.arc());
        dmarc(out, results.dmarc());
        return out;
    }

    private static void spf(ResultsText out, @Nullable SpfResult spf) {
        if (spf == null) {
            return;
        }
        boolean pass = spf.verdict() == org.postrider.spf.Verdict.PASS;
        out.result("spf", spf.verdict().word())
                .reason(pass ? "" : spf.reason())
                .property(
                        spf.identity() == Identity.HELO ? "smtp.helo" : "smtp.mailfrom",
                        spf.domain());
    }

    private static void dkim(ResultsText out, DkimResult.Details details) {
        DkimResult dkim = details.result();
        out.result("dkim", dkim.verdict().word())
                .comment(dkim.bits() > 0 ? dkim.bits() + "-bit key" : "")
                .reason(dkim.verdict() == Verdict.PASS ? "" : dkim.reason())
                .property("header.d", dkim.domain())
                .property("header.s", dkim.selector())
                .property("header.a", dkim.algorithm())
                .property("header.b", details.mark());
    }

    private static void arc(ResultsText out, @Nullable ArcResult arc) {
        if (arc == null) {
            return;
        }
        // RFC 8617 knows no temperror.
        String word = arc.verdict() == Verdict.TEMPERROR ? "fail" : arc.verdict().word();
        out.result("arc", word)
                .comment(arc.instances() > 0 ? "i=" + arc.instances() : "")
                .reason(arc.verdict() == Verdict.PASS ? "" : arc.reason())
                .property(
                        "arc.chain",
                        arc.verdict() != Verdict.PASS
                                ? ""
                                : String.join(
                                        ":",
                                        arc.sets().reversed().stream()
                                                .map(ArcResult.Set::domain)
                                                .toList()));
    }

    private static void dmarc(ResultsText out, @Nullable DmarcResult dmarc) {
        if (dmarc == null) {
            return;
        }
        DmarcResult.Found found = dmarc.found();
        out.result("dmarc", dmarc.verdict().word())
                .comment(
                        found == null
                                ? ""
                                : "p="
                                        + found.stated().word()
                                        + (found.record().testing() ? " t=y" : "")
                                        + " dis="
                                        + dmarc.policy().word())
                .reason(dmarc.reason())
                .property("header.from", dmarc.author())
                .property(
                        "policy.domain",
                        found == null || found.domain().equals(dmarc.author())
                                ? ""
                                : found.domain());
    }

    /// RFC 7208 9.1.
    private String received(SpfResult spf) {
        ResultsText out = new ResultsText("Received-SPF", spf.verdict().word());
        return out.comment(spf.reason())
                .parameter("client-ip", Network.text(mail.client().address()))
                .parameter("envelope-from", mail.sender().text())
                .parameter("helo", mail.helo())
                .parameter("receiver", terms.identifier())
                .parameter("identity", spf.identity() == Identity.HELO ? "helo" : "mailfrom")
                .ended();
    }
}
