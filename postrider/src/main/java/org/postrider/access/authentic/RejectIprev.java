package org.postrider.access.authentic;

import org.jspecify.annotations.Nullable;
import org.postrider.access.restriction.Means;
import org.postrider.access.restriction.Question;
import org.postrider.access.restriction.Rule;
import org.postrider.access.restriction.Ruling;
import org.postrider.access.restriction.Word;
import org.postrider.authentication.Check;
import org.postrider.authentication.MailAuthentication;
import org.postrider.config.Settings;

/// reject_iprev_fail: the client's name is another's (RFC 8601 3, RFC 7372 3.3).
public record RejectIprev(Authentic common) implements Rule {
    private static final int FAILED = 25;

    public static RejectIprev of(Word word, Means means) {
        return new RejectIprev(Authentic.of(word, Check.IPREV, means));
    }

    public static @Nullable String fault(Word word, Settings settings) {
        return Authentic.fault(word, settings, Check.IPREV, false);
    }

    @Override
    public String name() {
        return common.name();
    }

    @Override
    public Ruling ask(Question q) {
        if (common.tooEarly(q)) {
            return common.misplaced(q);
        }
        MailAuthentication mail = common.mail(q);
        if (mail == null) {
            return Ruling.DUNNO;
        }
        return switch (mail.iprev()) {
            case PASS, PERMERROR -> Ruling.DUNNO;
            case TEMPERROR -> common.later(q, FAILED, "the client's name");
            case FAIL -> Authentic.refused(q, FAILED, "the client's name is not its own");
        };
    }
}
