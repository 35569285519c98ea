package org.postrider.spf;

import java.net.IDN;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.postrider.dns.Resolver;
import org.postrider.time.Clock;

/// Checks clients against the records of domains (RFC 7208). Any thread; a check blocks its own for
/// at most the time of the [SpfLimits].
public final class Spf {
    private final Resolver resolver;
    private final SpfLimits limits;
    private final Clock clock;

    public Spf(Resolver resolver, SpfLimits limits) {
        this(resolver, limits, Clock.system());
    }

    public Spf(Resolver resolver, SpfLimits limits, Clock clock) {
        this.resolver = resolver.ofAnyName();
        this.limits = limits;
        this.clock = clock;
    }

    /// Whether the client may send mail of this sender. For a null sender the name of HELO counts
    /// in its place (RFC 7208 2.4).
    ///
    /// @param helo as the client gave it; empty if it gave none
    /// @param sender `local@domain`, one octet a character; or empty
    public SpfResult check(InetAddress client, String helo, String sender) {
        return check(client, helo, sender, Trace.NONE);
    }

    /// The same, step by step.
    public SpfResult check(InetAddress client, String helo, String sender, Trace trace) {
        int at = sender.lastIndexOf('@');
        if (sender.isEmpty()) {
            return checkHelo(client, helo, trace);
        }
        String local = at > 0 ? sender.substring(0, at) : "postmaster";
        return run(client, helo, local, sender.substring(at + 1), Identity.MAILFROM, trace);
    }

    /// Whether the client may call itself so (RFC 7208 2.3).
    public SpfResult checkHelo(InetAddress client, String helo) {
        return checkHelo(client, helo, Trace.NONE);
    }

    /// The same, step by step.
    public SpfResult checkHelo(InetAddress client, String helo, Trace trace) {
        return run(client, helo, "postmaster", helo, Identity.HELO, trace);
    }

    private SpfResult run(
            InetAddress client,
            String helo,
            String local,
            String domain,
            Identity identity,
            Trace trace) {
        String asked = ascii(domain);
        if (asked == null || !Domains.complete(asked)) {
            return new SpfResult(
                    Verdict.NONE, "", identity, "", "", 0, 0, "no domain that could have a record");
        }
        Evaluation.Subject subject =
                new Evaluation.Subject(client, Domains.printable(helo), local, asked);
        return new Evaluation(resolver, limits, clock, subject, trace).result(identity);
    }

    /// In A-labels (RFC 8616), without a dot at the end; null if it cannot be.
    private static @Nullable String ascii(String domain) {
        String out = domain;
        if (!domain.chars().allMatch(c -> c < 128)) {
            String decoded =
                    new String(
                            domain.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
            try {
                out = IDN.toASCII(decoded, IDN.ALLOW_UNASSIGNED);
            } catch (IllegalArgumentException e) {
                return null;
            }
        }
        return out.endsWith(".") ? out.substring(0, out.length() - 1) : out;
    }
}
