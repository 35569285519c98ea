package org.postrider.access.name;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.postrider.access.AccessParams;
import org.postrider.access.restriction.Means;
import org.postrider.access.restriction.Question;
import org.postrider.config.Settings;
import org.postrider.dns.RememberedAnswers;
import org.postrider.dns.Resolver;
import org.postrider.dnsbl.DnsLists;
import org.postrider.maps.Fold;
import org.postrider.maps.Network;
import org.postrider.maps.Table;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;

/// What restrictions learn from DNS, through smtpd_dns_reply_filter. Immutable; any thread.
public final class DnsReplies {
    /// What [Resolver.Answer.TryAgain] says if the filter left nothing.
    private static final String DROPPED = "DNS reply filter drops all results";

    /// What it says if the filter cannot be asked, or says nothing known.
    private static final String FAILED = "smtpd_dns_reply_filter";

    private static final String MALFORMED = "Invalid DNS reply filter syntax";

    private final Resolver resolver;
    private final @Nullable Table filter;

    /// Null if there is no DNS to ask.
    public static @Nullable DnsReplies of(Means means) {
        Resolver resolver = means.dns();
        return resolver == null
                ? null
                : means.shared(
                        DnsReplies.class, m -> new DnsReplies(m.settings(), m.tables(), resolver));
    }

    private DnsReplies(Settings settings, Tables tables, Resolver resolver) {
        this.resolver = resolver;
        List<String> names = settings.get(AccessParams.DNS_REPLY_FILTER);
        filter = names.isEmpty() ? null : tables.chain(AccessParams.DNS_REPLY_FILTER.name(), names);
    }

    public Resolver.Answer<Resolver.Mx> mx(String domain, Question q) {
        RememberedAnswers asked = q.subject().names();
        return filtered(
                asked == null ? resolver.mx(domain) : asked.mx(resolver, domain),
                mx -> "MX " + mx.preference() + " " + mx.host() + ".",
                domain,
                q);
    }

    public Resolver.Answer<String> nameServers(String domain, Question q) {
        return filtered(resolver.nameServers(domain), host -> "NS " + host + ".", domain, q);
    }

    public Resolver.Answer<InetAddress> addresses(String host, Question q) {
        RememberedAnswers asked = q.subject().names();
        return filtered(
                asked == null
                        ? resolver.addresses(host, true, true)
                        : asked.addresses(resolver, host),
                a -> (a instanceof Inet4Address ? "A " : "AAAA ") + Network.text(a),
                host,
                q);
    }

    /// What the filter leaves of addresses of IPv4 that a list in DNS has for a name.
    public Resolver.Answer<InetAddress> listed(
            String name, Resolver.Answer<InetAddress> answer, Question q) {
        return explained(filtered(answer, a -> "A " + Network.text(a), name, q), name, "A");
    }

    /// What it leaves of the texts that a list has.
    public Resolver.Answer<String> texts(String name, Resolver.Answer<String> answer, Question q) {
        return filtered(answer, text -> "TXT " + DnsLists.printable(text), name, q);
    }

    /// What Postfix says if the filter leaves nothing, or cannot be asked.
    private static <T> Resolver.Answer<T> explained(
            Resolver.Answer<T> answer, String name, String type) {
        String why =
                answer instanceof Resolver.Answer.TryAgain<T>(String text)
                        ? text.equals(DROPPED) ? DROPPED : text.equals(FAILED) ? MALFORMED : null
                        : null;
        return why == null
                ? answer
                : new Resolver.Answer.TryAgain<>(
                        "Error looking up name=" + name + " type=" + type + ": " + why);
    }

    /// Why there is no answer, in the few words of some log lines.
    public static String briefly(Resolver.Answer.TryAgain<?> answer) {
        return answer.text().equals(DROPPED)
                ? "DNS reply filter policy"
                : "Host not found, try again";
    }

    /// True for a filter's emptied answer, which is in the log then and does no harm.
    ///
    /// @param what which lookup it was
    public static boolean dropped(
            Resolver.Answer.TryAgain<?> answer, String domain, String what, Question q) {
        boolean dropped = answer.text().equals(DROPPED);
        if (dropped) {
            q.warn(domain + ": " + what + " lookup error: " + DROPPED);
        }
        return dropped;
    }

    private <T> Resolver.Answer<T> filtered(
            Resolver.Answer<T> answer, Function<T, String> shown, String name, Question q) {
        if (filter == null
                || !(answer
                        instanceof
                        Resolver.Answer.Found<T>(var all, Duration ttl, var secure, var end))) {
            return answer;
        }
        List<T> left = new ArrayList<>(all.size());
        for (T record : all) {
            String text =
                    Fold.lower(end.isEmpty() ? name : end)
                            + ". "
                            + ttl.toSeconds()
                            + " IN "
                            + shown.apply(record);
            String action;
            try {
                action = filter.lookup(text);
            } catch (TableException e) {
                q.warn(e);
                return new Resolver.Answer.TryAgain<>(FAILED);
            }
            if (action == null) {
                left.add(record);
            } else if (action.strip().equalsIgnoreCase("IGNORE")) {
                q.info("ignoring DNS RR: " + text);
            } else {
                q.warn("smtpd_dns_reply_filter: unknown DNS filter action: \"" + action + "\"");
                return new Resolver.Answer.TryAgain<>(FAILED);
            }
        }
        return left.isEmpty() && !all.isEmpty()
                ? new Resolver.Answer.TryAgain<>(DROPPED)
                : new Resolver.Answer.Found<>(left, ttl, secure, end);
    }
}
