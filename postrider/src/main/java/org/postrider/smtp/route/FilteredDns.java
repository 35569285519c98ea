package org.postrider.smtp.route;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.postrider.dns.AddressText;
import org.postrider.dns.Resolver;
import org.postrider.dsn.Status;
import org.postrider.log.LogTag;
import org.postrider.log.MailLog;
import org.postrider.maps.Fold;
import org.postrider.maps.Table;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;
import org.postrider.smtp.ClientSettings;
import org.postrider.smtp.SmtpParams;

/// What a name server says, without the records that smtp_dns_reply_filter passes over. Immutable;
/// any thread.
///
/// @param name of the parameter
/// @param tag for what belongs to no delivery
public record FilteredDns(Resolver resolver, Table filter, String name, MailLog log, LogTag tag)
        implements Resolver {
    private static final String DROPPED = "DNS reply filter drops all results";
    private static final Status POLICY = new Status(4, 7, 0);
    private static final Status TROUBLE = new Status(4, 4, 3);

    /// The resolver itself where there is no filter.
    public static Resolver of(
            Resolver resolver, ClientSettings settings, Tables tables, MailLog log, LogTag tag) {
        List<String> filter = settings.get(SmtpParams.DNS_REPLY_FILTER);
        return filter.isEmpty()
                ? resolver
                : new FilteredDns(
                        resolver,
                        tables.chain(settings.name(SmtpParams.DNS_REPLY_FILTER), filter),
                        settings.name(SmtpParams.DNS_REPLY_FILTER),
                        log,
                        tag);
    }

    /// True where it is the filter that left nothing.
    static boolean dropped(Answer.TryAgain<?> answer) {
        return answer.text().endsWith(DROPPED);
    }

    static Status status(Answer.TryAgain<?> answer) {
        return dropped(answer) ? POLICY : TROUBLE;
    }

    @Override
    public Answer<Mx> mx(String domain) {
        return filtered(
                resolver.mx(domain),
                mx -> "MX " + mx.preference() + " " + mx.host() + ".",
                domain,
                "MX");
    }

    @Override
    public Answer<Srv> srv(String service) {
        return filtered(
                resolver.srv(service),
                srv ->
                        "SRV "
                                + srv.priority()
                                + " "
                                + srv.weight()
                                + " "
                                + srv.port()
                                + " "
                                + srv.target()
                                + ".",
                service,
                "SRV");
    }

    @Override
    public Answer<InetAddress> addresses(String host, boolean ipv4, boolean ipv6) {
        return filtered(
                resolver.addresses(host, ipv4, ipv6),
                a -> (a instanceof Inet4Address ? "A " : "AAAA ") + AddressText.of(a),
                host,
                ipv4 ? "A" : "AAAA");
    }

    @Override
    public Answer<Tlsa> tlsa(String at) {
        return filtered(
                resolver.tlsa(at),
                t -> "TLSA " + t.usage() + " " + t.selector() + " " + t.matching() + " " + t.data(),
                at,
                "TLSA");
    }

    @Override
    public Answer<String> texts(String at) {
        return filtered(resolver.texts(at), text -> "TXT " + text, at, "TXT");
    }

    @Override
    public Answer<String> alias(String of) {
        return resolver.alias(of);
    }

    @Override
    public Answer<String> names(InetAddress address) {
        return resolver.names(address);
    }

    private <T> Answer<T> filtered(
            Answer<T> answer, Function<T, String> shown, String of, String type) {
        if (!(answer
                instanceof
                Answer.Found<T>(List<T> all, Duration ttl, boolean secure, String end))) {
            return answer;
        }
        List<T> left = new ArrayList<>(all.size());
        for (T each : all) {
            String text = Fold.lower(of) + ". " + ttl.toSeconds() + " IN " + shown.apply(each);
            String action;
            try {
                action = filter.lookup(text);
            } catch (TableException e) {
                e.warnings().forEach(line -> log.warning(tag, line));
                return again(of, type, "Invalid DNS reply filter syntax");
            }
            if (action == null) {
                left.add(each);
            } else if (action.strip().equalsIgnoreCase("IGNORE")) {
                log.info(tag, "ignoring DNS RR: " + text);
            } else {
                log.warning(tag, name + ": unknown DNS filter action: \"" + action + "\"");
                return again(of, type, "Invalid DNS reply filter syntax");
            }
        }
        return left.isEmpty() && !all.isEmpty()
                ? again(of, type, DROPPED)
                : new Answer.Found<>(left, ttl, secure, end);
    }

    private static <T> Answer<T> again(String of, String type, String why) {
        return new Answer.TryAgain<>("Error looking up name=" + of + " type=" + type + ": " + why);
    }
}
