package org.postrider.doctor;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.postrider.dns.HostName;
import org.postrider.doctor.Questions.Unsaid;
import org.postrider.maps.Fold;
import org.postrider.sts.PolicyHost;
import org.postrider.sts.StsFinding;
import org.postrider.sts.StsParams;
import org.postrider.sts.StsPolicy;

/// MTA-STS (RFC 8461) and TLSRPT (RFC 8460) of the domain.
final class TransportPolicies {
    private static final String STS = "mta-sts";
    private static final String TLSRPT = "tlsrpt";
    private static final DateTimeFormatter ID =
            DateTimeFormatter.ofPattern("yyyyMMddHHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final Examination examination;
    private final Questions questions;
    private final Findings findings;

    TransportPolicies(Examination examination, Questions questions, Findings findings) {
        this.examination = examination;
        this.questions = questions;
        this.findings = findings;
    }

    void check(Exchangers.Found exchangers) {
        try {
            sts(exchangers);
        } catch (Unsaid e) {
            findings.unknown(STS, e.why());
        }
        try {
            reports();
        } catch (Unsaid e) {
            findings.unknown(TLSRPT, e.why());
        }
    }

    private String announced() {
        return ZoneLine.text(
                "_mta-sts." + examination.domain(),
                "v=STSv1; id="
                        + ID.format(
                                Instant.ofEpochMilli(examination.means().clock().wallMillis())));
    }

    /// Where a policy stands, and one to begin with.
    private String place(Exchangers.Found exchangers) {
        StringBuilder lines = new StringBuilder("`version: STSv1`, `mode: testing`");
        exchangers
                .hosts()
                .forEach(each -> lines.append(", `mx: ").append(each.meant()).append('`'));
        return "https://mta-sts."
                + examination.domain()
                + "/.well-known/mta-sts.txt, a line each: "
                + lines
                + ", `max_age: 604800`";
    }

    private void sts(Exchangers.Found exchangers) throws Unsaid {
        String domain = examination.domain();
        List<String> records = questions.texts("_mta-sts." + domain, "v=STSv1");
        if (records.isEmpty()) {
            findings.warning(
                    STS,
                    domain
                            + " has no policy of MTA-STS: senders cannot know that its servers"
                            + " speak TLS; first the policy is put at "
                            + place(exchangers)
                            + ", then the record announces it",
                    announced());
            return;
        }
        String id = PolicyHost.id(records);
        if (id == null) {
            findings.wrong(
                    STS,
                    "the record at _mta-sts."
                            + domain
                            + " cannot be read, or there are more: "
                            + records.getFirst(),
                    announced());
            return;
        }
        if (!examination.wishes().connect()) {
            findings.ok(
                    STS, "the record announces a policy, which was not fetched (id " + id + ")");
            return;
        }
        StsFinding found =
                new PolicyHost(
                                questions.patient(),
                                examination.means().connector(),
                                examination.means().clock(),
                                examination.wishes().httpsPort())
                        .fetch(domain, id, authorities());
        StsFinding.Failure failure = found.failure();
        StsPolicy policy = found.policy();
        if (failure != null || policy == null) {
            findings.wrong(
                    STS,
                    "the policy that the record announces cannot be had: "
                            + (failure == null ? "" : failure.text())
                            + "; it stands at "
                            + place(exchangers));
            return;
        }
        policy(policy, exchangers);
    }

    private String authorities() {
        return examination.settings().get(StsParams.AUTHORITIES);
    }

    private void policy(StsPolicy policy, Exchangers.Found exchangers) {
        boolean fits = true;
        for (Exchangers.Host each : exchangers.hosts()) {
            if (policy.mode() != StsPolicy.Mode.NONE && !policy.allows(each.name())) {
                fits = false;
                findings.wrong(
                        STS,
                        "the policy does not name the mail exchanger "
                                + each.name()
                                + (policy.mode() == StsPolicy.Mode.ENFORCE
                                        ? ", so that senders do not deliver to it"
                                        : "")
                                + ": add `mx: "
                                + each.name()
                                + "` to it and change the id of the record",
                        announced());
            }
        }
        if (policy.mode() != StsPolicy.Mode.ENFORCE) {
            findings.warning(
                    STS,
                    "the policy has the mode " + policy.mode().word() + ", which protects nothing");
        } else if (fits) {
            findings.ok(
                    STS,
                    "the policy is enforced and names each mail exchanger (max_age "
                            + policy.maxAgeSeconds()
                            + ")");
        }
    }

    private void reports() throws Unsaid {
        String name = "_smtp._tls." + examination.domain();
        String wanted =
                ZoneLine.text(name, "v=TLSRPTv1; rua=mailto:postmaster@" + examination.domain());
        List<String> records = questions.texts(name, "v=TLSRPTv1");
        if (records.isEmpty()) {
            findings.warning(
                    TLSRPT,
                    examination.domain()
                            + " asks for no reports on TLS: nobody is told when senders cannot"
                            + " encrypt",
                    wanted);
            return;
        }
        TagList tags = records.size() > 1 ? null : TagList.of(records.getFirst());
        if (tags == null || !tags.tag("v").equals("TLSRPTv1")) {
            findings.wrong(
                    TLSRPT, "the record at " + name + " cannot be read, or there are more", wanted);
            return;
        }
        for (String each : tags.tag("rua").split(",", -1)) {
            String uri = Fold.lower(each.strip());
            boolean mail =
                    uri.startsWith("mailto:")
                            && uri.indexOf('@') > 7
                            && HostName.valid(uri.substring(uri.lastIndexOf('@') + 1));
            if (!mail && !uri.startsWith("https://")) {
                findings.wrong(
                        TLSRPT,
                        "reports go nowhere: " + each.strip() + " is neither mailto: nor https:",
                        wanted);
            } else {
                findings.ok(TLSRPT, "reports go to " + each.strip());
            }
        }
    }
}
