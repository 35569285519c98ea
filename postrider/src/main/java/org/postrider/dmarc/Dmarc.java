package org.postrider.dmarc;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.dmarc.DmarcResult.Aligned;
import org.postrider.dmarc.DmarcResult.Verdict;
import org.postrider.dns.Resolver;
import org.postrider.report.Wanted;
import org.postrider.time.Clock;

/// Asks whether a mail's author is known by SPF or DKIM, and what his domain wants done if not.
/// Immutable; any thread, which waits for the DNS.
public final class Dmarc {
    /// How long a check takes as shipped.
    static final Duration TIME = Duration.ofSeconds(20);

    private final Resolver dns;
    private final @Nullable PublicSuffixes suffixes;
    private final Clock clock;
    private final Duration time;

    /// @param suffixes by which organizational domains are found (RFC 7489); null: by walking up
    ///   the tree (RFC 9989)
    public Dmarc(Resolver dns, @Nullable PublicSuffixes suffixes) {
        this(dns, suffixes, Clock.system(), TIME);
    }

    /// @param time of a whole check; a question that is under way then is given up
    public Dmarc(Resolver dns, @Nullable PublicSuffixes suffixes, Clock clock, Duration time) {
        this.dns = dns;
        this.suffixes = suffixes;
        this.clock = clock;
        this.time = time;
    }

    /// How the policy was found, in the words of RFC 9990.
    public String discovery() {
        return suffixes == null ? "treewalk" : "psl";
    }

    /// Where a domain wants aggregate reports, now: each place is verified if it is of another
    /// organization. Blocking.
    ///
    /// @param domain that has the record
    public Wanted reports(String domain) {
        return new ReportPlaces(dns.until(clock.nanos() + time.toNanos()), suffixes).of(domain);
    }

    /// @param identifiers what SPF (of MAIL FROM, or of HELO for the null sender) and DKIM found
    public DmarcResult check(Author author, List<Identifier> identifiers) {
        return switch (author) {
            case Author.Unclear(String why) -> DmarcResult.without(Verdict.PERMERROR, "", why);
            case Author.Of(String domain) -> new Question(domain, identifiers).answer();
        };
    }

    /// One mail's. One thread.
    private final class Question {
        private final String author;
        private final List<Identifier> identifiers;
        private final Zone zone = new Zone(dns.until(clock.nanos() + time.toNanos()));

        Question(String author, List<Identifier> identifiers) {
            this.author = author;
            this.identifiers = identifiers;
        }

        DmarcResult answer() {
            Zone.At own = zone.at(author);
            if (own.unknown()) {
                return DmarcResult.without(Verdict.TEMPERROR, author, "the record cannot be had");
            }
            DmarcRecord record = own.record();
            TreeWalk.Step step;
            if (record != null) {
                step = new TreeWalk.Step(author, record);
            } else {
                TreeWalk.@Nullable Step above = suffixes == null ? walked() : listed(suffixes);
                if (unknown) {
                    return DmarcResult.without(
                            Verdict.TEMPERROR, author, "a record above cannot be had");
                }
                if (above == null) {
                    return DmarcResult.without(Verdict.NONE, author, "no record");
                }
                step = above;
            }
            String fault = step.record().fault();
            if (fault != null) {
                return DmarcResult.without(
                        Verdict.PERMERROR, author, "record of its domain: " + fault);
            }
            return judged(step);
        }

        private boolean unknown;

        private TreeWalk.@Nullable Step walked() {
            TreeWalk walk = TreeWalk.of(author, zone);
            unknown = walk.unknown();
            return walk.policy();
        }

        private TreeWalk.@Nullable Step listed(PublicSuffixes list) {
            String organization = list.organization(author);
            Zone.At at = zone.at(organization);
            unknown = at.unknown();
            DmarcRecord record = at.record();
            return record == null ? null : new TreeWalk.Step(organization, record);
        }

        private DmarcResult judged(TreeWalk.Step step) {
            boolean spf = false;
            boolean dkim = false;
            boolean open = false;
            for (Identifier each : identifiers) {
                if (each.state() == Identifier.State.FAIL) {
                    continue;
                }
                Match match = match(each, step.record());
                boolean passes = match == Match.YES && each.state() == Identifier.State.PASS;
                open |= !passes && match != Match.NO;
                spf |= passes && each.method() == Identifier.Method.SPF;
                dkim |= passes && each.method() == Identifier.Method.DKIM;
            }
            Aligned aligned = new Aligned(spf, dkim);
            DmarcPolicy stated = stated(step);
            if (stated == null && !aligned.any()) {
                return DmarcResult.without(
                        Verdict.TEMPERROR, author, "nobody can say whether the domain exists");
            }
            DmarcPolicy shown = stated == null ? step.record().policies().p() : stated;
            DmarcResult.Found found = new DmarcResult.Found(step.domain(), step.record(), shown);
            if (aligned.any()) {
                return new DmarcResult(Verdict.PASS, author, found, DmarcPolicy.NONE, aligned, "");
            }
            DmarcPolicy policy = step.record().testing() ? shown.tested() : shown;
            DmarcResult fails = new DmarcResult(Verdict.FAIL, author, found, policy, aligned, "");
            return open ? fails.open() : fails;
        }

        /// What is asked for the author's domain; null where nobody can say whether it exists.
        private @Nullable DmarcPolicy stated(TreeWalk.Step step) {
            DmarcRecord.Policies policies = step.record().policies();
            if (step.domain().equals(author)) {
                return policies.p();
            }
            if (policies.ofMissing() == policies.ofSubdomain()) {
                return policies.ofSubdomain();
            }
            Boolean exists = zone.exists(author);
            return exists == null ? null : exists ? policies.ofSubdomain() : policies.ofMissing();
        }

        private enum Match {
            YES,
            NO,
            /// Nobody can say now.
            UNKNOWN
        }

        /// RFC 9989 4.4, 4.10.2.
        private Match match(Identifier it, DmarcRecord record) {
            if (it.domain().equals(author)) {
                return Match.YES;
            }
            boolean strict =
                    it.method() == Identifier.Method.SPF
                            ? record.alignment().spf()
                            : record.alignment().dkim();
            if (strict) {
                return Match.NO;
            }
            PublicSuffixes list = suffixes;
            if (list != null) {
                boolean same = list.organization(author).equals(list.organization(it.domain()));
                return same ? Match.YES : Match.NO;
            }
            TreeWalk ours = TreeWalk.of(author, zone);
            if (ours.unknown()) {
                return Match.UNKNOWN;
            }
            String organization = ours.organization();
            if (!it.domain().equals(organization) && !it.domain().endsWith("." + organization)) {
                return Match.NO;
            }
            TreeWalk its = TreeWalk.of(it.domain(), zone);
            return its.unknown()
                    ? Match.UNKNOWN
                    : its.organization().equals(organization) ? Match.YES : Match.NO;
        }
    }
}
