package org.postrider.cleanup;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.postrider.config.Settings;
import org.postrider.log.MailEvent;
import org.postrider.maps.Fold;
import org.postrider.message.ContentAction;
import org.postrider.message.HeaderField;
import org.postrider.message.HeaderKind;
import org.postrider.message.HeaderList;
import org.postrider.message.HeaderText;
import org.postrider.message.Headers;
import org.postrider.message.MimeState;

/// The header, field by field: length, checks, hop count, Message-Id for the log, fields to drop,
/// address rewriting. Where nothing is to be changed it is one pass over the octets that makes no
/// copy and no strings but the Message-Id. Immutable; any thread.
final class HeaderStage implements Stage {
    private final ContentChecks checks;
    private final HeaderAddresses addresses;
    private final Set<String> dropped = new HashSet<>();
    private final long droppedLengths;
    private final boolean remoteRewrite;
    private final boolean tlsRequired;
    private final boolean requireTls;
    private final int hopLimit;
    private final int sizeLimit;

    HeaderStage(Settings settings, ContentChecks checks, HeaderAddresses addresses) {
        this.checks = checks;
        this.addresses = addresses;
        long lengths = 0;
        for (String name : settings.get(CleanupParams.MESSAGE_DROP_HEADERS)) {
            dropped.add(Fold.lower(name));
            lengths |= 1L << Math.min(63, name.length());
        }
        droppedLengths = lengths;
        remoteRewrite = !settings.get(CleanupParams.REMOTE_HEADER_REWRITE_DOMAIN).isEmpty();
        tlsRequired = settings.get(CleanupParams.TLS_REQUIRED_ENABLE);
        requireTls =
                settings.get(CleanupParams.REQUIRETLS_ESMTP_HEADER)
                        && "yes".equalsIgnoreCase(settings.text("requiretls_enable"));
        hopLimit = settings.get(CleanupParams.HOPCOUNT_LIMIT);
        sizeLimit = settings.get(CleanupParams.HEADER_SIZE_LIMIT);
    }

    @Override
    public void pass(Run run) {
        new Walk(run).all();
    }

    /// Over one header. One thread.
    private final class Walk {
        private final Run run;
        private final HeaderList.Pass fields;
        private final boolean rewrites;
        private int received;

        Walk(Run run) {
            this.run = run;
            fields = run.header().pass();
            rewrites = remoteRewrite || run.has(CleanupService.Option.LOCAL_REWRITE);
        }

        void all() {
            for (HeaderField f = fields.next(); f != null; f = fields.next()) {
                if (f.length() <= sizeLimit) {
                    checked(f, true);
                } else {
                    fields.drop();
                    checked(cut(f), false);
                }
            }
            fields.ends();
        }

        /// A field that is too long loses what comes after the limit, LF counted for a line end.
        private HeaderField cut(HeaderField f) {
            byte[] text = new byte[sizeLimit + 1];
            int length = 0;
            int end = f.textEnd(f.from());
            for (int i = f.from(); i < end && length <= sizeLimit; i++) {
                if (f.block()[i] != '\r') {
                    text[length++] = f.block()[i];
                }
            }
            int kept = length > sizeLimit ? Headers.cut(text, sizeLimit) : length;
            byte[] piece = CheckTables.lines(CheckTables.text(text, 0, kept));
            int name = Math.min(f.nameEnd() - f.from(), piece.length - 2);
            return new HeaderField(piece, 0, name, piece.length);
        }

        /// @param there it comes out where it stands, unless it is dropped
        private void checked(HeaderField f, boolean there) {
            HeaderKind kind = f.kind();
            boolean mime = kind.mime();
            if (!checks.hearsHeader(run, MimeState.Block.PRIMARY, mime)) {
                known(f, kind, there);
                return;
            }
            String text = unfolded(f, f.from());
            switch (checks.header(run, MimeState.Block.PRIMARY, mime, text)) {
                case ContentAction.Keep() -> known(f, kind, there);
                case ContentAction.Drop() -> fields.drop();
                case ContentAction.Prepend(String line) -> {
                    fields.put(HeaderText.field(line));
                    known(f, kind, there);
                }
                case ContentAction.Replace(String other) -> {
                    fields.drop();
                    HeaderField replaced = HeaderField.of(HeaderText.field(other));
                    known(replaced, replaced.kind(), false);
                }
            }
        }

        private void known(HeaderField f, HeaderKind kind, boolean there) {
            if (kind != HeaderKind.REQUIRE_TLS_ESMTP || value(f).strip().equalsIgnoreCase("yes")) {
                run.seen |= kind.bit();
            }
            note(f, kind);
            if (dropped(f)) {
                fields.drop();
                return;
            }
            if (rewrites && (kind.ofSender() || kind.ofRecipients())) {
                byte[] other = addresses.rewritten(run, f, kind);
                if (other != null) {
                    fields.drop();
                    fields.put(other);
                    return;
                }
            }
            byte[] b = f.block();
            if (f.nameEnd() < f.end() && (b[f.nameEnd()] == ' ' || b[f.nameEnd()] == '\t')) {
                // RFC 5322 4.5: white space before the colon is obsolete.
                fields.drop();
                fields.put(b, f.from(), f.nameEnd());
                fields.put(b, f.value() - 1, f.end());
            } else if (!there) {
                fields.put(b, f.from(), f.end());
            }
        }

        private void note(HeaderField f, HeaderKind kind) {
            if (run.discarded != null) {
                // Of mail that nobody gets nothing more is read.
                return;
            }
            switch (kind) {
                case CONTENT_TRANSFER_ENCODING -> run.declaredEightBit |= declared(f);
                case MESSAGE_ID, RESENT_MESSAGE_ID -> {
                    // Of mail that is refused already nothing more is read, in Postfix.
                    if (run.failure() == null) {
                        run.log.event(
                                run.tag,
                                new MailEvent.MessageId(
                                        run.id().text(),
                                        value(f),
                                        kind == HeaderKind.RESENT_MESSAGE_ID));
                    }
                }
                case RECEIVED -> {
                    if (++received == hopLimit && counts(run)) {
                        run.warn("message rejected: hopcount exceeded");
                        run.fail(Problem.HOPS);
                    }
                }
                case TLS_REQUIRED -> {
                    if (tlsRequired && value(f).strip().equalsIgnoreCase("no")) {
                        run.attributes =
                                run.attributes.withRouting(
                                        run.attributes.routing().withTlsOptional());
                    }
                }
                case REQUIRE_TLS_ESMTP -> {
                    // REQUIRETLS that has gone through a filter which does not know it.
                    if (requireTls && value(f).strip().equalsIgnoreCase("yes")) {
                        run.attributes =
                                run.attributes.withRouting(
                                        run.attributes.routing().withRequireTls());
                    }
                }
                default -> {
                    // nothing to be found in it
                }
            }
        }
    }

    private boolean dropped(HeaderField f) {
        int name = f.nameEnd() - f.from();
        return (droppedLengths & 1L << Math.min(63, name)) != 0
                && dropped.contains(Fold.lower(f.name()));
    }

    /// A mail that goes back, and is one because of its hops, has no addresses mapped; one that an
    /// alias or a `.forward` sends on may go in circles.
    private static boolean counts(Run run) {
        return !run.has(CleanupService.Option.INTERNAL) || run.has(CleanupService.Option.MAP);
    }

    private static boolean declared(HeaderField f) {
        byte[] field = Arrays.copyOfRange(f.block(), f.from(), f.textEnd(f.from()));
        return MimeState.saysEightBit(field, field.length);
    }

    /// The value as it is logged: folds stay visible.
    private static String value(HeaderField f) {
        byte[] b = f.block();
        int from = f.nameEnd();
        while (from < f.end() && (b[from] <= ' ' || b[from] == ':') && b[from] >= 0) {
            from++;
        }
        return unfolded(f, from);
    }

    /// What stands there from an octet on, with LF between its lines and none at its end.
    private static String unfolded(HeaderField f, int from) {
        int stop = f.textEnd(from);
        boolean folded = false;
        for (int i = from; i < stop && !folded; i++) {
            folded = f.block()[i] == '\n';
        }
        String text = CheckTables.text(f.block(), from, stop);
        return folded ? text.replace("\r\n", "\n") : text;
    }
}
