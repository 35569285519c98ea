package org.postrider.tlsrpt;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.address.Mailto;
import org.postrider.dns.HostName;
import org.postrider.dns.Resolver;
import org.postrider.dns.Resolver.Answer;
import org.postrider.report.Wanted;

/// A domain's TLSRPT record: whether and where it wants reports (RFC 8460 3).
final class TlsrptRecord {
    private static final int MOST_PLACES = 4;
    private static final int MOST_LENGTH = 512;
    private static final int LAST_PORT = 65_535;

    private TlsrptRecord() {}

    /// Blocking.
    static Wanted of(String domain, Resolver dns) {
        return switch (dns.texts("_smtp._tls." + domain)) {
            case Answer.Found<String> f -> read(f.records());
            case Answer.NoName<String> _, Answer.NoData<String> _ -> new Wanted.Not();
            case Answer.TryAgain<String> _ -> new Wanted.Unknown();
        };
    }

    /// One record that begins with the version counts, and two are none.
    static Wanted read(List<String> records) {
        List<String> own =
                records.stream().filter(r -> r.matches("(?s)v=TLSRPTv1[ \\t]*;.*")).toList();
        if (own.size() != 1) {
            return new Wanted.Not();
        }
        List<String> out = new ArrayList<>();
        for (String field : own.getFirst().split(";", -1)) {
            String text = field.strip();
            if (text.startsWith("rua=")) {
                for (String each : text.substring("rua=".length()).split(",", -1)) {
                    String uri = each.strip();
                    if (out.size() < MOST_PLACES && place(uri) && !out.contains(uri)) {
                        out.add(uri);
                    }
                }
            }
        }
        return out.isEmpty() ? new Wanted.Not() : new Wanted.Places(out);
    }

    private static boolean place(String uri) {
        return uri.length() <= MOST_LENGTH && (address(uri) != null || https(uri) != null);
    }

    /// Of a `mailto:`; null for anything else, and for an address that is not a plain one: a
    /// stranger chose it.
    static @Nullable Address address(String uri) {
        Address to = Mailto.plain(uri);
        return to != null && HostName.valid(to.domain()) ? to : null;
    }

    /// Null for anything else.
    static @Nullable URI https(String text) {
        try {
            URI uri = new URI(text);
            String host = uri.getHost();
            return "https".equalsIgnoreCase(uri.getScheme())
                            && uri.getRawUserInfo() == null
                            && host != null
                            && HostName.valid(host)
                            && uri.getPort() != 0
                            && uri.getPort() <= LAST_PORT
                    ? uri
                    : null;
        } catch (URISyntaxException e) {
            return null;
        }
    }
}
