package org.postrider.access.listed;

import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.access.Subject;
import org.postrider.access.name.DnsReplies;
import org.postrider.access.restriction.Question;
import org.postrider.dns.Resolver;
import org.postrider.dnsbl.DnsList;
import org.postrider.dnsbl.DnsLists;
import org.postrider.dnsbl.ListAnswer;

/// What lists say to one session, through smtpd_dns_reply_filter.
final class Lookup {
    private Lookup() {}

    /// Begins to ask the lists about a session; does not wait.
    static void begin(Entry entry, List<DnsList> lists, Subject subject) {
        for (DnsList list : lists) {
            String query = entry.query(list, subject);
            if (query != null) {
                subject.lists().begin(query);
            }
        }
    }

    /// Waits for it. That a list cannot be had is in the log, once a session.
    ///
    /// @param name that is looked up
    /// @param dns null if there is none to ask
    static ListAnswer answer(String name, @Nullable DnsReplies dns, Question q) {
        return q.subject()
                .lists()
                .answer(
                        name,
                        raw -> {
                            ListAnswer answer = ListAnswer.of(left(name, raw, dns, q));
                            if (answer instanceof ListAnswer.Unknown(String why)) {
                                q.warn(name + ": RBL lookup error: " + why);
                            }
                            return answer;
                        });
    }

    private static Resolver.Answer<InetAddress> left(
            String name, Resolver.Answer<InetAddress> raw, @Nullable DnsReplies dns, Question q) {
        return dns == null ? raw : dns.listed(name, raw, q);
    }

    /// Why it is listed; empty for no reason. Waits for it.
    static String reason(String name, @Nullable DnsReplies dns, Question q) {
        return q.subject()
                .lists()
                .why(
                        name,
                        raw -> {
                            Resolver.Answer<String> texts =
                                    dns == null ? raw : dns.texts(name, raw, q);
                            if (texts instanceof Resolver.Answer.TryAgain<String> t) {
                                DnsReplies.dropped(t, name, "TXT", q);
                            }
                            return DnsLists.reason(texts);
                        });
    }
}
