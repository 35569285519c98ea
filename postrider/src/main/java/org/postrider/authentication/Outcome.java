package org.postrider.authentication;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postrider.dkim.DkimResult;
import org.postrider.dkim.Verdict;
import org.postrider.dmarc.DmarcPolicy;
import org.postrider.dmarc.DmarcRecord;
import org.postrider.dmarc.DmarcResult;
import org.postrider.dmarc.ReportPlace;
import org.postrider.dmarcrpt.DmarcOutcome;
import org.postrider.maps.Network;
import org.postrider.spf.SpfResult;

/// What aggregate reports of DMARC tell of a mail.
///
/// @param dmarc of the results
public record Outcome(MailAuthentication mail, Results results, DmarcResult dmarc) {
    /// What a report has for its subject (RFC 9990, RFC 8460 5.3).
    private static final Pattern REPORT =
            Pattern.compile(
                    "\\s*Report\\s+Domain:\\s+\\S+\\s+Submitter:\\s+\\S+(\\s.*)?", Pattern.DOTALL);

    /// What was done with a mail.
    public enum Done {
        /// It was taken, or refused for another reason.
        NOTHING,
        QUARANTINED,
        REFUSED
    }

    static boolean isReport(String subject) {
        return REPORT.matcher(subject).matches();
    }

    /// Null where there is no record, it wants no reports, or the mail is a report itself: two who
    /// report of each other's reports would never end. One that passes only: what is forged is told
    /// of, whatever it says it is.
    ///
    /// @param discovery how the record was found
    /// @param report its subject is a report's
    @Nullable DmarcOutcome of(String discovery, Done done, boolean report) {
        DmarcResult.Found found = dmarc.found();
        if (found == null
                || report && (dmarc.aligned().dkim() || dmarc.aligned().spf())
                || found.record().reports().rua().stream()
                        .allMatch(uri -> ReportPlace.of(uri) == null)) {
            return null;
        }
        SpfResult spf = results.mailFrom();
        return new DmarcOutcome(
                found.domain(),
                published(discovery, found.record()),
                new DmarcOutcome.Row(
                        Network.text(mail.client().address()),
                        evaluated(found, done),
                        dmarc.author(),
                        spf == null || mail.sender().isNull() ? "" : spf.domain(),
                        signatures(),
                        spf == null
                                ? new DmarcOutcome.Spf("", "none")
                                : new DmarcOutcome.Spf(spf.domain(), spf.verdict().word())));
    }

    private static DmarcOutcome.Published published(String discovery, DmarcRecord record) {
        DmarcRecord.Policies policies = record.policies();
        return new DmarcOutcome.Published(
                discovery,
                new DmarcOutcome.Published.Policies(
                        policies.p().word(),
                        policies.ofSubdomain().word(),
                        policies.ofMissing().word()),
                record.reports().fo(),
                new DmarcOutcome.Published.Alignment(
                        record.alignment().dkim() ? "s" : "r",
                        record.alignment().spf() ? "s" : "r"),
                record.testing());
    }

    private DmarcOutcome.Evaluated evaluated(DmarcResult.Found found, Done done) {
        boolean dkim = dmarc.aligned().dkim();
        boolean spf = dmarc.aligned().spf();
        if (dkim || spf) {
            String pass = found.stated() == DmarcPolicy.NONE ? "none" : "pass";
            return new DmarcOutcome.Evaluated(pass, dkim, spf, "", "");
        }
        String disposition =
                switch (done) {
                    case NOTHING -> "none";
                    // On hold: by reject_dmarc, or with all else that is held.
                    case QUARANTINED ->
                            dmarc.policy() == DmarcPolicy.QUARANTINE ? "quarantine" : "none";
                    case REFUSED -> "reject";
                };
        if (disposition.equals(found.stated().word())) {
            return new DmarcOutcome.Evaluated(disposition, false, false, "", "");
        }
        // What a sealer or the resolver said is nobody's but ours to tell.
        return switch (dmarc.verdict()) {
            case PASS ->
                    new DmarcOutcome.Evaluated(
                            disposition, false, false, "trusted_forwarder", "arc=pass");
            case TEMPERROR ->
                    new DmarcOutcome.Evaluated(
                            disposition, false, false, "other", "it could not be checked in time");
            default ->
                    new DmarcOutcome.Evaluated(
                            disposition,
                            false,
                            false,
                            found.record().testing() && disposition.equals(dmarc.policy().word())
                                    ? "policy_test_mode"
                                    : "local_policy",
                            "");
        };
    }

    /// Those that pass first.
    private List<DmarcOutcome.Signature> signatures() {
        List<DmarcOutcome.Signature> out = new ArrayList<>();
        List<DmarcOutcome.Signature> others = new ArrayList<>();
        for (DkimResult.Details each : results.dkim()) {
            DkimResult dkim = each.result();
            if (!dkim.domain().isEmpty()) {
                (dkim.verdict() == Verdict.PASS ? out : others)
                        .add(
                                new DmarcOutcome.Signature(
                                        dkim.domain(), dkim.selector(), dkim.verdict().word()));
            }
        }
        out.addAll(others);
        return out;
    }
}
