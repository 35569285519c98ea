package org.postrider.smtpd;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.postrider.wire.EhloKeywords;
import org.postrider.wire.Reply;

/// EHLO: what this client is offered, in Postfix's order.
final class Ehlo extends Hello {
    private final String hostname;
    private final List<Keyword> keywords;

    Ehlo(Makings m, List<Keyword> keywords) {
        super("EHLO", SmtpdReplies.EHLO_SYNTAX, true);
        hostname = m.settings().get(SmtpdParams.MYHOSTNAME);
        this.keywords = keywords;
    }

    @Override
    void welcome(Session s) throws IOException {
        Set<String> discarded = s.greeting.offers();
        String passedOver = EhloKeywords.logged(discarded);
        if (!passedOver.isEmpty()) {
            s.info("discarding EHLO keywords: " + passedOver);
        }
        List<String> lines = new ArrayList<>();
        lines.add(hostname);
        for (Keyword each : keywords) {
            if (each.name() == null || !discarded.contains(each.name())) {
                lines.addAll(each.lines().apply(s));
            }
        }
        s.send(new Reply(250, null, lines));
    }
}
