package org.postrider.cleanup;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.address.Quoting;
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

    private final RewriteService rewrite;
    private final AddressMapping mapping;
    private final @Nullable Srs srs;
    private final boolean tellsOriginal;
    private final int duplicateLimit;

    Expansion(Settings settings, RewriteService rewrite, AddressMapping mapping) {
        this.rewrite = rewrite;
        this.mapping = mapping;
        srs = Srs.of(settings);
        tellsOriginal = settings.get(CleanupParams.ENABLE_ORIGINAL_RECIPIENT);
        duplicateLimit = settings.get(CleanupParams.DUPLICATE_FILTER_LIMIT);
    }

    /// Memory that these recipients take as they come.
    static long memory(List<Recipient> all) {
        long sum = 0;
        for (Recipient r : all) {
            sum += COPIES * r.memory();
        }
        return sum;
    }

    /// @param size recipients that have their memory already
    Collector collector(Run run, int size) {
        return new Collector(run, run.has(CleanupService.Option.MAP), size);
    }

    /// Collects recipients, each once.
    final class Collector {
        private final Run run;
        private final boolean maps;
        private final boolean byClient;
        private final Turn turn = new Turn();
        private final int room;
        private final List<Recipient> out;
        private @Nullable Set<String> seen;

        Collector(Run run, boolean maps, int size) {
            this.run = run;
            this.maps = maps;
            byClient = run.attributes.origin().client() != null;
            room = size;
            out = new ArrayList<>(size);
        }

        List<Recipient> all() {
            return out;
        }

        /// A copy for somebody whom the sender did not name.
        void copy(@Nullable String address) throws NoMemoryException {
            if (address != null && !address.isEmpty()) {
                // Whom it is for at first is who it is, complete.
                Address clean = clean(new Address(address));
                take(new Recipient(clean, null, Recipient.NEVER, null), clean);
            }
        }

        /// Somebody whom a milter named.
        ///
        /// @param original ORCPT; empty for none
        void add(Address address, int notify, String original) throws NoMemoryException {
            Address clean = clean(address);
            String dsn = original.isEmpty() ? "rfc822;" + Quoting.rfc5322(clean) : original;
            take(new Recipient(clean, null, notify, dsn), clean);
        }

        /// @return the recipient after canonical mapping
        Address take(Recipient r) throws NoMemoryException {
            return take(r, clean(r.address()));
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

        private Address take(Recipient r, Address clean) throws NoMemoryException {
            run.lastRecipient = clean.text();
            if (!maps || !mapping.hasAliases()) {
                add(r, clean, clean, r.dsnNotify());
                return clean;
            }
            List<String> expanded = mapping.expand(run, clean.text());
            int notify = r.dsnNotify();
            if (expanded.size() > 1 && (notify & Recipient.SUCCESS) != 0) {
                // RFC 3461 5.2.7.1 (a): success of one of many says nothing about the alias.
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
                throws NoMemoryException {
            Address given = r.original() == null ? r.address() : r.original();
            Address original = given.text().equals(address.text()) ? null : given;
            String dsn = r.originalDsn();
            if (dsn == null && !byClient && !clean.isNull() && !clean.text().equals(given.text())) {
                dsn = "rfc822;" + Quoting.rfc5322(clean);
            }
            boolean same = address == r.address() && original == r.original();
            Recipient made =
                    same && notify == r.dsnNotify() && Objects.equals(dsn, r.originalDsn())
                            ? r
                            : new Recipient(address, original, notify, dsn);
            if (fresh(made)) {
                // Those given have their room already.
                if (out.size() >= room && !run.memory.take(COPIES * made.memory())) {
                    throw new NoMemoryException("more than " + out.size() + " recipients");
                }
                out.add(made);
            }
        }

        void keep(List<Recipient> before) {
            for (Recipient r : before) {
                if (fresh(r)) {
                    out.add(r);
                }
            }
        }

        private boolean fresh(Recipient r) {
            if (out.isEmpty() && seen == null) {
                return true;
            }
            Set<String> keys = seen;
            if (keys == null) {
                keys = new HashSet<>();
                keys.add(key(out.getFirst()));
                seen = keys;
            }
            if (duplicateLimit > 0 && keys.size() >= duplicateLimit) {
                return !keys.contains(key(r));
            }
            return keys.add(key(r));
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
