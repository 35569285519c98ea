package org.postrider.smtp.mail;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.postrider.maps.TableException;
import org.postrider.message.ContentAction;
import org.postrider.message.HeaderField;
import org.postrider.message.HeaderText;
import org.postrider.message.MimeState;

/// Goes through the parts of a content on its way out: 8-bit ones become quoted-printable for a
/// server without 8BITMIME ([MimeState.Mode#DOWNGRADE]), and [HeaderBodyChecks] see what comes of
/// it. Memory is bounded: a long line passes in pieces. One thread.
final class MimeFilter implements ContentSender.Out, MimeState.Output {
    /// Postfix keeps lines in pieces of line_length_limit; where a field is cut depends on it.
    private static final int PIECE = 2048;

    private static final byte[] CRLF = {'\r', '\n'};

    /// Not an [IOException]: the connection is well, the content is not.
    static final class Impossible extends RuntimeException {
        private static final long serialVersionUID = 1;

        Impossible(MimeState.Fault fault) {
            super(fault.text(), null, false, false);
        }
    }

    /// A table of checks could not answer in the middle of the content.
    static final class Unchecked extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final TableException failure;
        private final String where;

        Unchecked(TableException failure, String where) {
            super(failure);
            this.failure = failure;
            this.where = where;
        }

        TableException failure() {
            return failure;
        }

        /// `header` or `body`
        String where() {
            return where;
        }
    }

    /// What a mail's pieces become.
    ///
    /// @param generic has a field of the message's own header with other addresses; null where they
    ///   stay
    record Changes(
            HeaderBodyChecks checks, HeaderBodyChecks.Notes notes, @Nullable FieldMap generic) {}

    /// Another field in the place of one.
    interface FieldMap {
        /// @return null where it stays
        byte @Nullable [] other(HeaderField field);
    }

    private final ContentSender.Out to;
    private final MimeState mime;
    private final boolean downgrades;
    private final @Nullable Changes changes;
    private final byte[] line = new byte[PIECE + 2];
    private int length;

    /// @param changes null where nothing is checked
    MimeFilter(
            ContentSender.Out to,
            MimeState.Limits limits,
            boolean downgrades,
            @Nullable Changes changes) {
        this.to = to;
        this.downgrades = downgrades;
        this.changes = changes;
        MimeState.Mode mode = downgrades ? MimeState.Mode.DOWNGRADE : MimeState.Mode.PARTS;
        this.mime = new MimeState(limits, mode, this);
    }

    @Override
    public void put(byte[] from, int offset, int count) throws IOException {
        for (int i = offset; i < offset + count; i++) {
            if (length == line.length) {
                piece(PIECE, false);
            }
            line[length++] = from[i];
            if (from[i] == '\n') {
                boolean crlf = length > 1 && line[length - 2] == '\r';
                piece(length - (crlf ? 2 : 1), true);
            }
        }
    }

    private void piece(int text, boolean ends) throws IOException {
        mime.line(line, 0, text, ends);
        int left = ends ? 0 : length - text;
        System.arraycopy(line, text, line, 0, left);
        length = left;
    }

    @Override
    public boolean finish() throws IOException {
        if (length > 0) {
            piece(length, true);
        }
        mime.finish();
        return to.finish();
    }

    @Override
    public void field(MimeState.Block block, byte[] field, int count) throws IOException {
        Changes c = changes;
        if (c == null) {
            lines(field, count);
            return;
        }
        act(c, block, field, count, c.checks().of(block, field, count));
    }

    /// As in mime_state(3), one that is made here does not count as one of MIME's.
    @Override
    public void encoded(MimeState.Block block, byte[] field, int count) throws IOException {
        Changes c = changes;
        if (c == null) {
            lines(field, count);
            return;
        }
        act(c, block, field, count, c.checks().of(block, false));
    }

    private void act(
            Changes c,
            MimeState.Block block,
            byte[] field,
            int count,
            HeaderBodyChecks.@Nullable Checks checks)
            throws IOException {
        switch (checked(checks, text(field, 0, count), c.notes())) {
            case ContentAction.Keep() -> kept(c, block, field, count);
            case ContentAction.Drop() -> {
                // nothing of it goes out
            }
            case ContentAction.Prepend(String before) -> {
                write(HeaderText.field(before));
                kept(c, block, field, count);
            }
            case ContentAction.Replace(String other) -> mapped(c, block, HeaderText.field(other));
        }
    }

    private void kept(Changes c, MimeState.Block block, byte[] field, int count)
            throws IOException {
        if (c.generic() == null || block != MimeState.Block.PRIMARY) {
            lines(field, count);
        } else {
            mapped(c, block, HeaderText.field(text(field, 0, count)));
        }
    }

    /// Other addresses come after the checks, as in smtp_proto(3).
    private void mapped(Changes c, MimeState.Block block, byte[] octets) throws IOException {
        FieldMap generic = block == MimeState.Block.PRIMARY ? c.generic() : null;
        byte[] other = generic == null ? null : generic.other(HeaderField.of(octets));
        write(other == null ? octets : other);
    }

    private void write(byte[] octets) throws IOException {
        to.put(octets, 0, octets.length);
    }

    /// As it came.
    private void lines(byte[] field, int count) throws IOException {
        int from = 0;
        for (int i = 0; i < count; i++) {
            if (field[i] == '\n') {
                to.put(field, from, i - from);
                to.put(CRLF, 0, 2);
                from = i + 1;
            }
        }
        to.put(field, from, count - from);
        to.put(CRLF, 0, 2);
    }

    @Override
    public void body(byte[] from, int start, int end, boolean ends, long offset)
            throws IOException {
        Changes c = changes;
        HeaderBodyChecks.Checks checks = c == null || end == start ? null : c.checks().ofBody();
        if (c != null && checks != null) {
            switch (checked(checks, text(from, start, end), c.notes())) {
                case ContentAction.Keep() -> {
                    // goes out below
                }
                case ContentAction.Drop() -> {
                    return;
                }
                case ContentAction.Prepend(String before) -> {
                    write(before.getBytes(StandardCharsets.ISO_8859_1));
                    to.put(CRLF, 0, 2);
                }
                case ContentAction.Replace(String other) -> {
                    write(other.getBytes(StandardCharsets.ISO_8859_1));
                    to.put(CRLF, 0, ends ? 2 : 0);
                    return;
                }
            }
        }
        to.put(from, start, end - start);
        to.put(CRLF, 0, ends ? 2 : 0);
    }

    private static ContentAction checked(
            HeaderBodyChecks.@Nullable Checks checks, String piece, HeaderBodyChecks.Notes notes) {
        try {
            return checks == null ? ContentAction.KEEP : checks.check(piece, notes);
        } catch (TableException e) {
            throw new Unchecked(e, checks.where());
        }
    }

    static String text(byte[] from, int start, int end) {
        return new String(from, start, end - start, StandardCharsets.ISO_8859_1);
    }

    @Override
    public void fault(MimeState.Fault fault, byte[] text, int count) {
        if (downgrades && fault == MimeState.Fault.NESTING) {
            throw new Impossible(fault);
        }
    }
}
