package org.postrider.dmarc;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.dns.HostName;
import org.postrider.dns.Resolver;
import org.postrider.dns.Resolver.Answer;
import org.postrider.report.Wanted;

/// Where reports of a domain may go: what its record names, and, if that is of another
/// organization, what that agrees to (RFC 7489 7.1, RFC 9990). One domain's; blocking.
final class ReportPlaces {
    private static final int MOST = 4;

    private final Resolver dns;
    private final Zone zone;
    private final @Nullable PublicSuffixes suffixes;
    private boolean unknown;

    ReportPlaces(Resolver dns, @Nullable PublicSuffixes suffixes) {
        this.dns = dns;
        this.suffixes = suffixes;
        zone = new Zone(dns);
    }

    Wanted of(String domain) {
        Zone.At at = zone.at(domain);
        DmarcRecord record = at.record();
        if (record == null) {
            return at.unknown() ? new Wanted.Unknown() : new Wanted.Not();
        }
        Set<String> out = new LinkedHashSet<>();
        int looked = 0;
        for (String uri : record.reports().rua()) {
            ReportPlace place = ReportPlace.of(uri);
            if (place == null || looked == MOST) {
                continue;
            }
            looked++;
            String host = Identifier.domain(place.to().domain());
            for (String each : same(domain, host) ? List.of(uri) : agreed(domain, host, uri)) {
                if (out.size() < MOST) {
                    out.add(each);
                }
            }
        }
        // One that cannot be verified now is asked again with the others: no report goes twice.
        return unknown
                ? new Wanted.Unknown()
                : out.isEmpty() ? new Wanted.Not() : new Wanted.Places(List.copyOf(out));
    }

    private boolean same(String domain, String host) {
        if (domain.equals(host)) {
            return true;
        }
        PublicSuffixes list = suffixes;
        if (list != null) {
            return list.organization(domain).equals(list.organization(host));
        }
        TreeWalk one = TreeWalk.of(domain, zone);
        TreeWalk other = TreeWalk.of(host, zone);
        unknown |= one.unknown() || other.unknown();
        return one.organization().equals(other.organization());
    }

    /// What the host says of reports about this domain.
    private List<String> agreed(String domain, String host, String uri) {
        String name = domain + "._report._dmarc." + host;
        if (!HostName.valid(name)) {
            return List.of();
        }
        List<String> texts =
                switch (dns.texts(name)) {
                    case Answer.Found<String> f -> f.records();
                    case Answer.NoName<String> _, Answer.NoData<String> _ -> List.of();
                    case Answer.TryAgain<String> _ -> {
                        unknown = true;
                        yield List.of();
                    }
                };
        List<DmarcRecord> records =
                texts.stream()
                        .map(DmarcRecord::read)
                        .filter(Objects::nonNull)
                        .filter(DmarcRecord::readable)
                        .toList();
        if (records.isEmpty()) {
            return List.of();
        }
        List<String> others = new ArrayList<>();
        for (DmarcRecord each : records) {
            others.addAll(each.reports().rua());
        }
        for (String each : others) {
            ReportPlace place = ReportPlace.of(each);
            if (place == null || !Identifier.domain(place.to().domain()).equals(host)) {
                // Nobody is told: whoever publishes it cannot have reports sent to a third.
                return List.of();
            }
        }
        return others.isEmpty() ? List.of(uri) : others;
    }
}
