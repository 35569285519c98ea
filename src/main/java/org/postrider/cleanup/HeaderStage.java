package org.postrider.cleanup;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.address.AddressList;
import org.postrider.address.Quoting;
import org.postrider.config.Settings;
import org.postrider.log.MailEvent;
import org.postrider.maps.Fold;
import org.postrider.maps.Tables;
import org.postrider.message.HeaderKind;
import org.postrider.message.HeaderText;
import org.postrider.message.Headers;
import org.postrider.message.MailDate;
import org.postrider.message.MimeState;
import org.postrider.rewrite.RewriteService;

/// The header block: hop count, Message-Id for the log, headers to drop, checks, address rewriting,
/// missing headers. Where nothing is to be changed it is one pass over the octets that makes no
/// copy and no strings but the Message-Id. Immutable; any thread.
final class HeaderStage {
    private static final int FOLD = 70;
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMddHHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

    private final RewriteService rewrite;
    private final AddressMapping mapping;
    private final @Nullable CheckTables checks;
    private final @Nullable CheckTables mimeChecks;
    private final Set<String> dropped = new HashSet<>();
    private final long droppedLengths;
    private final boolean remoteRewrite;
    private final boolean alwaysAdd;
    private final boolean longIds;
    private final String myhostname;
    private final String undisclosed;
    private final String fullNameCharset;
    private final int hopLimit;
    private final int sizeLimit;
    private final int tokenLimit;

    /// Work on one header block. One thread.
    private final class Pass {
        private final Run run;
        private final byte[] block;
        private final boolean context;
        private final boolean local;
        private @Nullable ByteArrayOutputStream out;
        private int seen;
        private int received;
        private String resent = "";

        Pass(Run run, byte[] block) {
            this.run = run;
            this.block = block;
            local = run.has(CleanupService.Option.LOCAL_REWRITE);
            context = local || remoteRewrite;
        }

        /// @return the new block, or the old one where nothing changed
        byte[] all() {
            int at = 0;
            while (at < block.length) {
                int colon = at;
                while (colon < block.length && block[colon] > ' ' && block[colon] != ':') {
                    colon++;
                }
                int end = Headers.headerEnd(block, colon);
                one(at, colon, end);
                at = end;
            }
            if (context || alwaysAdd) {
                missing();
            }
            if (seen(HeaderKind.MESSAGE_ID) == 0) {
                run.log.event(run.tag, new MailEvent.MessageId(run.id().text(), "<>", false));
            }
            ByteArrayOutputStream changed = out;
            return changed == null ? block : changed.toByteArray();
        }

        private int seen(HeaderKind kind) {
            return seen & kind.bit();
        }

        /// The block as it comes out, from here on a copy.
        private ByteArrayOutputStream changed(int upTo) {
            ByteArrayOutputStream to = out;
            if (to == null) {
                to = new ByteArrayOutputStream(block.length + 256);
                to.write(block, 0, upTo);
                out = to;
            }
            return to;
        }

        private void one(int from, int nameEnd, int to) {
            if (to - from <= sizeLimit) {
                checked(block, from, nameEnd, to, from);
                return;
            }
            changed(from);
            byte[] piece = cut(from, to);
            checked(piece, 0, Math.min(nameEnd - from, piece.length - 2), piece.length, from);
        }

        /// A header that is too long loses what comes after the limit, LF counted for a line end.
        private byte[] cut(int from, int to) {
            byte[] text = new byte[sizeLimit + 1];
            int length = 0;
            for (int i = from; i < lineEnd(block, from, to) && length <= sizeLimit; i++) {
                if (block[i] != '\r') {
                    text[length++] = block[i];
                }
            }
            int kept = length > sizeLimit ? Headers.cut(text, sizeLimit) : length;
            return CheckTables.lines(CheckTables.text(text, 0, kept));
        }

        private void checked(byte[] source, int from, int nameEnd, int end, int at) {
            boolean mime = HeaderKind.of(source, from, nameEnd).mime();
            CheckTables tables = mime ? mimeChecks : checks;
            if (tables == null || !run.checking) {
                known(source, from, nameEnd, end, at);
                return;
            }
            switch (tables.check(run, unfolded(source, from, end))) {
                case CheckTables.Action.Keep() -> known(source, from, nameEnd, end, at);
                case CheckTables.Action.Drop() -> changed(at);
                case CheckTables.Action.Prepend(String line) -> {
                    changed(at).writeBytes(HeaderText.field(line));
                    known(source, from, nameEnd, end, at);
                }
                case CheckTables.Action.Replace(String text) -> {
                    changed(at);
                    byte[] other = HeaderText.field(text);
                    int colon = 0;
                    while (colon < other.length && other[colon] > ' ' && other[colon] != ':') {
                        colon++;
                    }
                    known(other, 0, colon, other.length, at);
                }
            }
        }

        /// @param source the block, or a header that replaces one of it
        /// @param at where in the block
        private void known(byte[] source, int from, int nameEnd, int end, int at) {
            HeaderKind kind = HeaderKind.of(source, from, nameEnd);
            seen |= kind.bit();
            if (kind.resent()) {
                resent = "Resent-";
            }
            if (kind == HeaderKind.CONTENT_TRANSFER_ENCODING) {
                run.declaredEightBit |= declared(source, from, end);
            }
            if (kind == HeaderKind.MESSAGE_ID || kind == HeaderKind.RESENT_MESSAGE_ID) {
                run.log.event(
                        run.tag,
                        new MailEvent.MessageId(
                                run.id().text(),
                                value(source, nameEnd, end),
                                kind == HeaderKind.RESENT_MESSAGE_ID));
            } else if (kind == HeaderKind.RECEIVED
                    && ++received == hopLimit
                    && !run.has(CleanupService.Option.INTERNAL)) {
                run.warn("message rejected: hopcount exceeded");
                run.fail(Problem.HOPS);
            }
            if (dropped(source, from, nameEnd)) {
                changed(at);
                return;
            }
            if (context && (kind.ofSender() || kind.ofRecipients())) {
                byte[] other = rewritten(source, from, nameEnd, end, kind);
                if (other != null) {
                    changed(at).write(other, 0, other.length);
                    return;
                }
            }
            if (nameEnd < end && (source[nameEnd] == ' ' || source[nameEnd] == '\t')) {
                // RFC 5322 4.5: white space before the colon is obsolete.
                int colon = afterColon(source, nameEnd, end) - 1;
                changed(at).write(source, from, nameEnd - from);
                changed(at).write(source, colon, end - colon);
                return;
            }
            ByteArrayOutputStream to = out;
            if (to != null) {
                to.write(source, from, end - from);
            }
        }

        private byte @Nullable [] rewritten(
                byte[] source, int from, int nameEnd, int end, HeaderKind kind) {
            AddressMapping.Use use =
                    kind.ofSender()
                            ? AddressMapping.Use.HEADER_SENDER
                            : AddressMapping.Use.HEADER_RECIPIENT;
            boolean maps = mapping.active() && run.has(CleanupService.Option.MAP);
            int value = afterColon(source, nameEnd, end);
            AddressList list =
                    AddressList.parse(
                            CheckTables.text(source, value, lineEnd(source, value, end)),
                            tokenLimit);
            list.replaceAll(address -> {
                String clean = rewrite.rewrite(new Address(address), local).text();
                return maps && !clean.isEmpty() ? mapping.map(run, clean, use) : clean;
            });
            return list.changed()
                    ? folded(CheckTables.text(source, from, nameEnd) + ": " + list.external())
                    : null;
        }

        private void missing() {
            if (seen(resent.isEmpty() ? HeaderKind.MESSAGE_ID : HeaderKind.RESENT_MESSAGE_ID)
                    == 0) {
                String id = "<" + messageId() + ">";
                line(changed(block.length), resent + "Message-Id: " + id);
                run.log.event(
                        run.tag, new MailEvent.MessageId(run.id().text(), id, !resent.isEmpty()));
                seen |=
                        (resent.isEmpty() ? HeaderKind.MESSAGE_ID : HeaderKind.RESENT_MESSAGE_ID)
                                .bit();
            }
            if (seen(resent.isEmpty() ? HeaderKind.DATE : HeaderKind.RESENT_DATE) == 0) {
                line(
                        changed(block.length),
                        resent + "Date: " + MailDate.of(run.submission.envelope().arrivalMillis()));
            }
            if (seen(resent.isEmpty() ? HeaderKind.FROM : HeaderKind.RESENT_FROM) == 0) {
                line(changed(block.length), resent + "From: " + from());
            }
            int destinations =
                    HeaderKind.TO.bit()
                            | HeaderKind.CC.bit()
                            | HeaderKind.RESENT_TO.bit()
                            | HeaderKind.RESENT_CC.bit();
            if ((seen & destinations) == 0 && !undisclosed.isEmpty()) {
                line(changed(block.length), undisclosed);
            }
        }

        private String messageId() {
            String id = run.id().text();
            return longIds
                    ? id + "@" + myhostname
                    : STAMP.format(Instant.ofEpochMilli(run.submission.envelope().arrivalMillis()))
                            + "."
                            + id
                            + "@"
                            + myhostname;
        }

        private String from() {
            String address =
                    run.sender.isEmpty()
                            ? "MAILER-DAEMON"
                            : Quoting.visible(Quoting.rfc5322(new Address(run.sender)));
            String name = run.submission.envelope().origin().fullName();
            return run.sender.isEmpty() || name == null || name.isEmpty()
                    ? address
                    : FullName.phrase(name, fullNameCharset) + " <" + address + ">";
        }
    }

    HeaderStage(Settings settings, Tables tables, RewriteService rewrite, AddressMapping mapping) {
        this.rewrite = rewrite;
        this.mapping = mapping;
        checks = CheckTables.of(settings, tables, CleanupParams.HEADER_CHECKS, "header");
        mimeChecks = CheckTables.of(settings, tables, CleanupParams.MIME_HEADER_CHECKS, "header");
        long lengths = 0;
        for (String name : settings.get(CleanupParams.MESSAGE_DROP_HEADERS)) {
            dropped.add(Fold.lower(name));
            lengths |= 1L << Math.min(63, name.length());
        }
        droppedLengths = lengths;
        remoteRewrite = !settings.get(CleanupParams.REMOTE_HEADER_REWRITE_DOMAIN).isEmpty();
        alwaysAdd = settings.get(CleanupParams.ALWAYS_ADD_MISSING_HEADERS);
        longIds = settings.get(org.postrider.queue.QueueParams.ENABLE_LONG_QUEUE_IDS);
        myhostname = settings.get(CleanupParams.MYHOSTNAME);
        undisclosed = settings.get(CleanupParams.UNDISCLOSED_RECIPIENTS_HEADER);
        fullNameCharset = settings.get(CleanupParams.FULL_NAME_ENCODING_CHARSET);
        hopLimit = settings.get(CleanupParams.HOPCOUNT_LIMIT);
        sizeLimit = settings.get(CleanupParams.HEADER_SIZE_LIMIT);
        tokenLimit = settings.get(CleanupParams.HEADER_ADDRESS_TOKEN_LIMIT);
    }

    /// @return the block itself where nothing is to be changed
    byte[] process(Run run, byte[] block) {
        return new Pass(run, block).all();
    }

    private boolean dropped(byte[] b, int from, int to) {
        if ((droppedLengths & 1L << Math.min(63, to - from)) == 0) {
            return false;
        }
        return dropped.contains(Fold.lower(CheckTables.text(b, from, to)));
    }

    private static boolean declared(byte[] source, int from, int end) {
        byte[] field = java.util.Arrays.copyOfRange(source, from, lineEnd(source, from, end));
        return MimeState.saysEightBit(field, field.length);
    }

    private static int afterColon(byte[] b, int nameEnd, int end) {
        int at = nameEnd;
        while (at < end && b[at] != ':') {
            at++;
        }
        return Math.min(at + 1, end);
    }

    private static int lineEnd(byte[] b, int from, int end) {
        int at = end;
        while (at > from && (b[at - 1] == '\n' || b[at - 1] == '\r')) {
            at--;
        }
        return at;
    }

    /// The value as it is logged: folds stay visible.
    private static String value(byte[] b, int nameEnd, int end) {
        int from = nameEnd;
        while (from < end && (b[from] <= ' ' || b[from] == ':') && b[from] >= 0) {
            from++;
        }
        return unfolded(b, from, end);
    }

    /// The header with LF between its lines and none at its end.
    private static String unfolded(byte[] b, int from, int end) {
        int stop = end;
        while (stop > from && (b[stop - 1] == '\n' || b[stop - 1] == '\r')) {
            stop--;
        }
        boolean folded = false;
        for (int i = from; i < stop && !folded; i++) {
            folded = b[i] == '\n';
        }
        String text = CheckTables.text(b, from, stop);
        return folded ? text.replace("\r\n", "\n") : text;
    }

    private static void line(ByteArrayOutputStream out, String text) {
        byte[] octets = CheckTables.lines(text);
        out.write(octets, 0, octets.length);
    }

    /// Lines parted by LF are joined as long as they are short; folds begin with white space.
    private static byte[] folded(String text) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        int length = 0;
        int at = 0;
        while (at <= text.length()) {
            int end = text.indexOf('\n', at);
            end = end < 0 ? text.length() : end;
            if (at > 0) {
                if (length + 1 + end - at < FOLD) {
                    out.append(' ');
                    length++;
                } else {
                    out.append("\r\n\t");
                    length = 0;
                }
            }
            out.append(text, at, end);
            length += end - at;
            at = end + 1;
        }
        return out.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
