package org.postrider.cleanup;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.address.Quoting;
import org.postrider.config.Param;
import org.postrider.config.Settings;
import org.postrider.maps.AddressMaps;
import org.postrider.maps.Fold;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;
import org.postrider.memory.NoMemoryException;
import org.postrider.queue.Recipient;
import org.postrider.rewrite.RewriteService;
import org.postrider.threads.Turn;

/// Envelope addresses: rewriting, canonical mapping, masquerading, copies, alias expansion and the
/// filter of repeated recipients. Immutable.
final class EnvelopeStage {
    /// A recipient is there as it was rewritten, as what tells repeated ones, and as it is written.
    private static final int COPIES = 2;

    private static final long MEMORY_WAIT_MILLIS = 10_000;

    private final RewriteService rewrite;
    private final AddressMapping mapping;
    private final AddressMaps senderBcc;
    private final AddressMaps recipientBcc;
    private final String alwaysBcc;
    private final boolean keepsOriginal;
    private final int duplicateLimit;

    EnvelopeStage(
            Settings settings, Tables tables, RewriteService rewrite, AddressMapping mapping) {
        this.rewrite = rewrite;
        this.mapping = mapping;
        String delimiters = settings.get(CleanupParams.RECIPIENT_DELIMITER);
        senderBcc =
                new AddressMaps(settings.get(CleanupParams.SENDER_BCC_MAPS), tables, delimiters);
        recipientBcc =
                new AddressMaps(settings.get(CleanupParams.RECIPIENT_BCC_MAPS), tables, delimiters);
        alwaysBcc = settings.get(CleanupParams.ALWAYS_BCC);
        keepsOriginal = settings.get(CleanupParams.ENABLE_ORIGINAL_RECIPIENT);
        duplicateLimit = settings.get(CleanupParams.DUPLICATE_FILTER_LIMIT);
    }

    Address sender(Run run) {
        Address given = run.submission.envelope().sender();
        if (given.isNull()) {
            return given;
        }
        Address sender = rewrite.rewrite(given, true);
        if (mapping.active() && run.has(CleanupService.Option.MAP)) {
            sender =
                    new Address(
                            mapping.map(run, sender.text(), AddressMapping.Use.ENVELOPE_SENDER));
        }
        run.sender = sender.text();
        return sender;
    }

    /// @param sender as [#sender] made it
    ///
    /// @throws NoMemoryException for very many recipients, given or made of aliases
    List<Recipient> recipients(Run run, Address sender) throws NoMemoryException {
        List<Recipient> given = run.submission.envelope().recipients();
        if (!run.memory.await(memory(given), MEMORY_WAIT_MILLIS)) {
            throw new NoMemoryException(given.size() + " recipients");
        }
        boolean maps = run.has(CleanupService.Option.MAP);
        Collector to = new Collector(run, maps, given.size());
        for (Recipient r : given) {
            Address clean = to.take(r);
            if (maps && !recipientBcc.isEmpty() && copies(run)) {
                copy(to, copyFor(run, CleanupParams.RECIPIENT_BCC_MAPS, recipientBcc, clean));
            }
        }
        if (maps && copies(run)) {
            if (!senderBcc.isEmpty() && !sender.isNull()) {
                copy(to, copyFor(run, CleanupParams.SENDER_BCC_MAPS, senderBcc, sender));
            }
            copy(to, alwaysBcc);
        }
        return to.out;
    }

    private @Nullable String copyFor(
            Run run, Param<List<String>> param, AddressMaps maps, Address address) {
        try {
            return maps.lookup(address, rewrite.barelyNamed(address.domain()));
        } catch (TableException e) {
            throw run.refused(e, param.name() + " map lookup problem");
        }
    }

    private static long memory(List<Recipient> all) {
        long sum = 0;
        for (Recipient r : all) {
            sum += COPIES * r.memory();
        }
        return sum;
    }

    private static boolean copies(Run run) {
        return !run.has(CleanupService.Option.INTERNAL);
    }

    /// Recipients that header and body checks asked for.
    List<Recipient> withBcc(Run run, List<Recipient> before) throws NoMemoryException {
        Collector to = new Collector(run, run.has(CleanupService.Option.MAP), before.size());
        to.keep(before);
        for (String address : run.bcc) {
            copy(to, address);
        }
        return to.out;
    }

    private static void copy(Collector to, @Nullable String address) throws NoMemoryException {
        if (address != null && !address.isEmpty()) {
            to.take(new Recipient(new Address(address), null, Recipient.NEVER, null));
        }
    }

    /// Collects recipients, each once.
    private final class Collector {
        private final Run run;
        private final boolean maps;
        private final Turn turn = new Turn();
        private final int room;
        private final List<Recipient> out;
        private @Nullable Set<String> seen;

        Collector(Run run, boolean maps, int size) {
            this.run = run;
            this.maps = maps;
            room = size;
            out = new ArrayList<>(size);
        }

        /// @return the recipient after canonical mapping
        Address take(Recipient r) throws NoMemoryException {
            turn.perhaps();
            Address clean = rewrite.rewrite(r.address(), true);
            if (maps && mapping.active()) {
                String mapped =
                        mapping.map(run, clean.text(), AddressMapping.Use.ENVELOPE_RECIPIENT);
                clean = mapped.equals(clean.text()) ? clean : new Address(mapped);
            }
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

        /// @param clean what RFC 3461's ORCPT says where the client gave none: as rewritten, before
        ///   aliases
        private void add(Recipient r, Address clean, Address address, int notify)
                throws NoMemoryException {
            Address given = r.original() == null ? r.address() : r.original();
            Address original = keepsOriginal && !given.text().equals(address.text()) ? given : null;
            String dsn = r.originalDsn();
            Address shown = original == null ? address : original;
            if (dsn == null && !clean.isNull() && !clean.text().equals(shown.text())) {
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
            if (!keepsOriginal
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
