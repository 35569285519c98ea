package org.postrider.smtpd.command;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigParams;
import org.postrider.smtpd.Makings;
import org.postrider.smtpd.SmtpdReplies;
import org.postrider.smtpd.session.Session;
import org.postrider.wire.EhloKeywords;
import org.postrider.wire.Reply;

/// EHLO: what this client is offered, in Postfix's order.
public final class Ehlo extends Hello {
    /// A keyword of EHLO's reply (RFC 5321 4.1.1.1): to whom it is offered, and with what.
    ///
    /// @param name by which a client can be kept from it (smtpd_discard_ehlo_keywords); null if it
    ///   cannot
    /// @param lines its lines for one client, none if it is not offered
    public record Keyword(@Nullable String name, Function<Session, List<String>> lines) {
        /// For everybody.
        static Keyword always(String name) {
            return of(name, name);
        }

        /// For everybody, with more than its name.
        static Keyword of(String name, String line) {
            List<String> lines = List.of(line);
            return new Keyword(name, _ -> lines);
        }

        /// For some.
        static Keyword where(@Nullable String name, String line, Predicate<Session> offered) {
            List<String> lines = List.of(line);
            return new Keyword(name, s -> offered.test(s) ? lines : List.of());
        }
    }

    private final String hostname;
    private final List<Keyword> keywords;

    Ehlo(Makings m, List<Keyword> keywords) {
        super("EHLO", SmtpdReplies.EHLO_SYNTAX, true);
        hostname = m.settings().get(ConfigParams.MYHOSTNAME);
        this.keywords = keywords;
    }

    @Override
    void welcome(Session s, boolean wanted) throws IOException {
        Set<String> discarded = s.greeting.offers();
        String passedOver = EhloKeywords.logged(discarded);
        if (!passedOver.isEmpty()) {
            s.info("discarding EHLO keywords: " + passedOver);
        }
        List<String> lines = new ArrayList<>();
        lines.add(hostname);
        for (Keyword each : keywords) {
            boolean offered = wanted || "ENHANCEDSTATUSCODES".equals(each.name());
            if (offered && (each.name() == null || !discarded.contains(each.name()))) {
                lines.addAll(each.lines().apply(s));
            }
        }
        s.send(new Reply(250, null, lines));
    }
}
