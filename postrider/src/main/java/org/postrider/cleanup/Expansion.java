package org.postrider.cleanup;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.address.Quoting;
import org.postrider.config.ConfigParams;
import org.postrider.config.Settings;
import org.postrider.maps.Fold;
import org.postrider.memory.NoMemoryException;
import org.postrider.queue.Recipient;
import org.postrider.rewrite.RewriteService;
import org.postrider.rewrite.Srs;
import org.postrider.threads.Turn;

/// From recipients as they were given to those who get the mail: rewriting, canonical mapping,
/// alias expansion and the filter of repeated ones. Immutable.
final class Expansion {
    /// A recipient is there as it was rewritten, as what tells repeated ones, and as it is written.
    private static final int COPIES = 2;

    /// What waits for memory waits for that of so many.
    private static final int AT_A_TIME = 1_000;

    private final RewriteService rewrite;
    private final AddressMapping mapping;
    private final @Nullable Srs srs;
    private final boolean tellsOriginal;
    private final int duplicateLimit;
    private final String host;

    Expansion(Settings settings, RewriteService rewrite, AddressMapping mapping) {
        this.rewrite = rewrite;
        this.mapping = mapping;
        srs = Srs.of(settings);
        tellsOriginal = settings.get(CleanupParams.ENABLE_ORIGINAL_RECIPIENT);
        duplicateLimit = settings.get(CleanupParams.DUPLICATE_FILTER_LIMIT);
        host = settings.get(ConfigParams.MYHOSTNAME);
    }

    /// Memory that recipients take as they come; of very many only some are in memory at a time.
    static long memory(List<Recipient> all) {
        long sum = 0;
        for (Recipient r : all.subList(0, Math.min(all.size(), AT_A_TIME))) {
            sum += COPIES * r.memory();
        }
        return sum;
    }

    /// @param paid octets that the run has taken for them already
    Collector collector(Run run, long paid) {
        return new Collector(run, run.has(CleanupService.Option.MAP), paid);
    }

    /// Collects recipients, each once.
    final class Collector {
        private final Run run;
        private final boolean maps;
        private final boolean byClient;
        private final Turn turn = new Turn();
        private final Recipient.Writer out;
        private long paid;
        private @Nullable Recipient first;
        private @Nullable Set<String> seen;

        Collector(Run run, boolean maps, long paid) {
            this.run = run;
            this.maps = maps;
            byClient = run.attributes.origin().client() != null;
            this.paid = paid;
            out = run.writer(this::takes);
        }

        private boolean takes(long octets) {
            long before = Math.min(paid, octets);
            if (octets > before && !run.memory.take(octets - before)) {
                return false;
            }
            paid -= before;
            return true;
        }

        /// Those who were collected are the mail's recipients.
        void done() {
            run.become(out);
        }

        /// A copy for somebody whom the sender did not name.
        void copy(@Nullable String address) throws IOException {
            if (address != null && !address.isEmpty()) {
                // Whom it is for at first is who it is, complete.
                Address clean = clean(new Address(address));
                take(new Recipient(clean, null, Recipient.NEVER, null), clean);
            }
        }

        /// Somebody whom a milter named.
        ///
        /// @param original ORCPT; empty for none
        void add(Address address, int notify, String original) throws IOException {
            Address clean = clean(address);
            String dsn = original.isEmpty() ? "rfc822;" + Quoting.rfc5322(clean) : original;
            take(new Recipient(clean, null, notify, dsn), clean);
        }

        /// @return the recipient after canonical mapping
        Address take(Recipient r) throws IOException {
            if (r.expanded()) {
                // its members stand beside it already
                out.add(r);
                return r.address();
            }
            Address clean = clean(r.address());
            run.lastRecipient = clean.text();
            return take(r, clean);
        }

        private Address clean(Address address) {
            turn.perhaps();
            Address clean = rewrite.rewrite(address, true);
            Srs signed = srs;
            Address back = maps && signed != null ? signed.reverse(clean) : null;
            if (back != null) {
                clean = rewrite.rewrite(back, true);
            }
            if (maps && mapping.active()) {
                String mapped =
                        mapping.map(run, clean.text(), AddressMapping.Use.ENVELOPE_RECIPIENT);
                clean = mapped.equals(clean.text()) ? clean : new Address(mapped);
            }
            return clean;
        }

        private Address take(Recipient r, Address clean) throws IOException {
            if (!maps || !mapping.hasAliases()) {
                add(r, clean, clean, r.dsnNotify());
                return clean;
            }
            List<String> expanded = mapping.expand(run, clean.text());
            int notify = r.dsnNotify();
            if (!(expanded.size() == 1 && expanded.getFirst().equals(clean.text()))
                    && (notify & Recipient.SUCCESS) != 0) {
                // RFC 3461 5.2.7.1 (a): success of a member says nothing about the alias.
                out.add(made(r, clean, clean, Recipient.SUCCESS | Recipient.EXPANDED));
                notify &= ~Recipient.SUCCESS;
                notify = notify == 0 ? Recipient.NEVER : notify;
            }
            for (String one : expanded) {
                add(r, clean, one.equals(clean.text()) ? clean : new Address(one), notify);
            }
            return clean;
        }

        /// @param clean what RFC 3461's ORCPT says where none is given, and the mail is not of an
        ///   SMTP client, whose own word for the recipient counts: as rewritten, before aliases
        private void add(Recipient r, Address clean, Address address, int notify)
                throws IOException {
            only(made(r, clean, whole(address), notify));
        }

        /// Who has no domain still (append_at_myorigin) is delivered to on this machine, and goes
        /// to agents and next hops by its name.
        private Address whole(Address address) {
            String text = address.text();
            return text.isEmpty() || text.indexOf('@') >= 0
                    ? address
                    : new Address(text + "@" + host);
        }

        private Recipient made(Recipient r, Address clean, Address address, int notify) {
            Address given = r.original() == null ? r.address() : r.original();
            Address original = given.text().equals(address.text()) ? null : given;
            String dsn = r.originalDsn();
            if (dsn == null && !byClient && !clean.isNull() && !clean.text().equals(given.text())) {
                dsn = "rfc822;" + Quoting.rfc5322(clean);
            }
            boolean same = address == r.address() && original == r.original();
            return same && notify == r.dsnNotify() && Objects.equals(dsn, r.originalDsn())
                    ? r
                    : new Recipient(address, original, notify, dsn);
        }

        void keep(List<Recipient> before) throws IOException {
            for (Recipient r : before) {
                if (r.expanded()) {
                    out.add(r);
                } else {
                    only(r);
                }
            }
        }

        /// Adds it where it is not there.
        private void only(Recipient r) throws IOException {
            if (fresh(r)) {
                out.add(r);
            }
        }

        private boolean fresh(Recipient r) throws NoMemoryException {
            Recipient one = first;
            if (one == null) {
                first = r;
                return true;
            }
            Set<String> keys = seen;
            if (keys == null) {
                keys = new HashSet<>();
                remember(keys, one);
                seen = keys;
            }
            if (duplicateLimit > 0 && keys.size() >= duplicateLimit) {
                return !keys.contains(key(r));
            }
            return remember(keys, r);
        }

        private boolean remember(Set<String> keys, Recipient r) throws NoMemoryException {
            boolean is = keys.add(key(r));
            if (is && !takes(r.memory())) {
                throw new NoMemoryException("more than " + out.size() + " recipients");
            }
            return is;
        }

        private String key(Recipient r) {
            if (!tellsOriginal
                    || (r.original() == null && r.dsnNotify() == 0 && r.originalDsn() == null)) {
                return Fold.lower(r.address().text());
            }
            return Fold.lower(
                    r.address().text()
                            + "\n"
                            + r.dsnNotify()
                            + "\n"
                            + r.originalDsn()
                            + "\n"
                            + (r.original() == null ? r.address() : r.original()));
        }
    }
}
