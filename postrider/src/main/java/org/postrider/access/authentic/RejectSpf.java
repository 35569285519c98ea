package org.postrider.access.authentic;

import org.jspecify.annotations.Nullable;
import org.postrider.access.Subject;
import org.postrider.access.Trace;
import org.postrider.access.restriction.Asking;
import org.postrider.access.restriction.Means;
import org.postrider.access.restriction.Question;
import org.postrider.access.restriction.Ruling;
import org.postrider.access.restriction.Word;
import org.postrider.authentication.Check;
import org.postrider.authentication.MailAuthentication;
import org.postrider.config.Settings;
import org.postrider.spf.SpfResult;
import org.postrider.spf.Verdict;

/// reject_spf_fail, reject_spf_softfail, reject_spf_permerror, reject_spf_helo_fail (RFC 7208 8,
/// RFC 7372 3.2).
public record RejectSpf(Authentic common) implements Asking {
    private static final int FAILED = 23;
    private static final int ERROR = 24;

    public static RejectSpf of(Word word, Means means) {
        return new RejectSpf(Authentic.of(word, Check.SPF, means));
    }

    public static @Nullable String fault(Word word, Settings settings) {
        return Authentic.fault(word, settings, Check.SPF, false);
    }

    @Override
    public String name() {
        return common.name();
    }

    @Override
    public void begin(Subject subject) {
        MailAuthentication mail = subject.authentication();
        if (mail != null) {
            mail.begin();
        }
    }

    @Override
    public Ruling ask(Question q) {
        if (common.tooEarly(q)) {
            return common.misplaced(q);
        }
        MailAuthentication mail = common.mail(q);
        boolean helo = name().equals("reject_spf_helo_fail");
        SpfResult spf = mail == null ? null : helo ? mail.spfOfHelo() : mail.spfOfSender();
        if (spf == null) {
            return Ruling.DUNNO;
        }
        Trace trace = q.trace();
        if (trace != null) {
            String answer = spf.verdict().word() + " (" + spf.reason() + ")";
            trace.fact(new Trace.Fact(Trace.Kind.DNS, "SPF", spf.domain(), answer));
        }
        if (spf.verdict() == Verdict.TEMPERROR) {
            return common.later(q, ERROR, "SPF");
        }
        boolean refuses =
                switch (name()) {
                    case "reject_spf_softfail" ->
                            spf.verdict() == Verdict.FAIL || spf.verdict() == Verdict.SOFTFAIL;
                    case "reject_spf_permerror" -> spf.verdict() == Verdict.PERMERROR;
                    default -> spf.verdict() == Verdict.FAIL;
                };
        if (!refuses) {
            return Ruling.DUNNO;
        }
        if (spf.verdict() == Verdict.PERMERROR) {
            return Authentic.refused(q, ERROR, "SPF record of " + spf.domain() + " has errors");
        }
        String said = spf.explanation().isEmpty() ? "" : "; it explains: " + spf.explanation();
        String who = helo ? "HELO name" : "address";
        return Authentic.refused(
                q,
                FAILED,
                "SPF "
                        + spf.verdict().word()
                        + ", "
                        + q.subject().client().ip()
                        + " may not use this "
                        + who
                        + " by the record of "
                        + spf.domain()
                        + said);
    }
}
