package org.postrider.access.client;

import org.postrider.access.AccessParams;
import org.postrider.access.Stage;
import org.postrider.access.restriction.Means;
import org.postrider.access.restriction.Question;
import org.postrider.access.restriction.Rule;
import org.postrider.access.restriction.Ruling;
import org.postrider.access.restriction.Word;

/// reject_multi_recipient_bounce: a bounce is for one sender. At RCPT the recipient that is asked
/// about comes to those there are.
public record MultiRecipientBounce(int code) implements Rule {
    public static MultiRecipientBounce of(Word word, Means means) {
        return new MultiRecipientBounce(means.settings().get(AccessParams.BOUNCE_CODE));
    }

    @Override
    public String name() {
        return "reject_multi_recipient_bounce";
    }

    @Override
    public Ruling ask(Question q) {
        int coming = q.asked() == Stage.RECIPIENT ? 1 : 0;
        boolean several = q.subject().recipients() + coming > 1;
        return q.subject().sender().isNull() && several
                ? q.rejected(code, 5, 3, "Multi-recipient bounce")
                : Ruling.DUNNO;
    }
}
