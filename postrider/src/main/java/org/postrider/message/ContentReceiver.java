package org.postrider.message;

import java.io.IOException;

/// Takes a content line by line as it arrives, in one pass: finds the end of data, removes stuffed
/// dots, makes every line end a CRLF, replaces stray CR by space, parts header from body and
/// collects the [Facts]. Runs of lines that need no change are handed on as they lie. One thread.
public final class ContentReceiver {
    private static final byte[] CRLF = {'\r', '\n'};
    private static final byte[] MAILBOX_LINE = {
        'X', '-', 'M', 'a', 'i', 'l', 'b', 'o', 'x', '-', 'L', 'i', 'n', 'e', ':', ' '
    };

    /// A header block is held in memory. What is beyond this is the body's, octet for octet the
    /// same mail.
    private static final int HEADER_OCTETS = 512 << 10;

    /// Octets that smtpd reads at once of a long line (line_length_limit).
    private static final int PIECE = 2048;

    private final LineScan scan = new LineScan();
    private final PartScan parts = new PartScan();
    private final ContentWriter out;
    private final boolean stuffed;
    private final boolean strictEnd;
    private final long sizeLimit;

    private boolean inHeader = true;
    private boolean first = true;
    private boolean raw;
    private boolean headerSeen;
    private boolean continuing;
    private boolean previousCrlf = true;
    private long bareLfs;
    private boolean tooLarge;
    private boolean ended;

    private long wireSize;
    private final Lengths lengths = new Lengths();
    private long lineLength;
    private boolean leadingDot;
    private boolean eightBit;
    private boolean eightBitHeader;
    private int received;

    /// Of all lines so far.
    private static final class Lengths {
        int prepended;
        long arrived;
        long longLines;
        int longest;

        /// Octets of those that are longer than any of a header, which are not kept.
        long passedOver;

        /// One of the header stands in the body.
        boolean headerCut;

        void count(long length) {
            arrived += length + 2 * (length / PIECE + 1);
            longLines += length >= Facts.LONG_LINE ? 1 : 0;
            longest = (int) Math.min(Integer.MAX_VALUE, Math.max(longest, length));
        }
    }

    /// @param stuffed DATA: dots are stuffed and a lone dot ends; false for BDAT and files
    /// @param strictEnd only CRLF.CRLF ends (smtpd_forbid_bare_newline), else LF.LF does too
    /// @param sizeLimit octets as Postfix counts them, 0 for none; what is beyond is read and
    ///   dropped
    public ContentReceiver(ContentWriter out, boolean stuffed, boolean strictEnd, long sizeLimit) {
        this.out = out;
        this.stuffed = stuffed;
        this.strictEnd = strictEnd;
        this.sizeLimit = sizeLimit;
    }

    /// Header and body are not told apart: all of it goes on as it comes, but for line ends, stray
    /// CR and stuffed dots; a line of a mailbox at its beginning is made a header line.
    public ContentReceiver raw() {
        raw = true;
        inHeader = false;
        return this;
    }

    /// A header line of our own (Received:), CRLF at each line end, before any other.
    public void prepend(byte[] header) throws IOException {
        out.header(header, 0, header.length);
        wireSize += header.length;
        lengths.prepended += header.length;
        lengths.longLines += Facts.longLines(header);
        received++;
    }

    /// Takes whole lines from the buffer.
    ///
    /// @return octets taken; the rest is an incomplete line
    public int lines(byte[] buffer, int from, int to) throws IOException {
        int at = from;
        int run = from;
        while (!ended) {
            int lf = scan.lf(buffer, at, to);
            if (lf == to) {
                break;
            }
            boolean crlf = lf > at && buffer[lf - 1] == '\r';
            boolean plain =
                    crlf
                            && !inHeader
                            && !continuing
                            && !first
                            && buffer[at] != '.'
                            && (!parts.structured() || parts.body(buffer[at]))
                            && scan.firstCr() == lf - 1;
            if (plain) {
                eightBit |= scan.eightBit();
                count(lf - 1 - at);
                wireSize += 2;
            } else {
                body(buffer, run, at);
                line(buffer, at, lf, scan.eightBit());
                run = lf + 1;
            }
            previousCrlf = crlf;
            bareLfs += crlf ? 0 : 1;
            at = lf + 1;
        }
        body(buffer, run, at);
        return at - from;
    }

    private static boolean strayCr(byte[] buffer, int from, int to) {
        for (int i = from; i < to; i++) {
            if (buffer[i] == '\r') {
                return true;
            }
        }
        return false;
    }

    /// A line that is too long for the buffer, or the last one of a file without a line end: taken
    /// as it is, to be continued.
    public void part(byte[] buffer, int from, int to) throws IOException {
        int start = from;
        boolean header = inHeader;
        if (!continuing) {
            start = lineStart(buffer, from, to);
        }
        if (parts.structured() && !inHeader && !(header && start == to)) {
            parts.line(buffer, start, to, false);
        }
        continuing = true;
        if (inHeader && lineLength > HEADER_OCTETS) {
            // Longer than any header_size_limit leaves of it.
            lengths.passedOver += to - start;
            return;
        }
        int seen = 0;
        for (int i = start; i < to; i++) {
            seen |= buffer[i];
        }
        eightBit |= seen < 0;
        eightBitHeader |= inHeader && seen < 0;
        emit(buffer, start, to);
        lineLength += to - start;
    }

    private void line(byte[] buffer, int from, int lf, boolean high) throws IOException {
        boolean crlf = lf > from && buffer[lf - 1] == '\r';
        // One CR belongs to the line end: CR CR LF is no line end, or mail could be smuggled.
        int end = crlf ? lf - 1 : lf;
        if (!continuing && stuffed && end - from == 1 && buffer[from] == '.') {
            // A lone dot between other line ends is neither end nor content, as in Postfix.
            ended = !strictEnd || (crlf && previousCrlf);
            return;
        }
        boolean header = inHeader;
        int start = continuing ? from : lineStart(buffer, from, end);
        eightBit |= high;
        eightBitHeader |= inHeader && high;
        if (parts.structured() && !inHeader && !(header && start == end)) {
            parts.line(buffer, start, end, true);
        }
        emit(buffer, start, end);
        count(end - start + lineLength);
        lineLength = 0;
        continuing = false;
        emitCrlf();
    }

    /// Decides what a line's beginning means; returns where its content starts.
    private int lineStart(byte[] buffer, int from, int end) throws IOException {
        int start = from;
        boolean dot = stuffed && end > from && buffer[from] == '.';
        if (dot && (!raw || end > from + 1 && buffer[from + 1] == '.')) {
            start++;
        }
        if (end > start && buffer[start] == '.') {
            leadingDot = true;
        }
        if (!inHeader) {
            if (first) {
                rawBegins(buffer, start, end);
            }
            return start;
        }
        if (first && mailboxLine(buffer, start, end)) {
            emit(MAILBOX_LINE, 0, MAILBOX_LINE.length);
            wireSize += MAILBOX_LINE.length;
            return start;
        }
        first = false;
        if (start == end || wireSize > HEADER_OCTETS) {
            inHeader = false;
            lengths.headerCut = start != end;
            parts.headerEnds(false);
            return start;
        }
        boolean blank = buffer[start] == ' ' || buffer[start] == '\t';
        boolean folded = blank && headerSeen;
        if (!folded && !headerName(buffer, start, end)) {
            // No header line: the body begins here, behind an empty line of our own.
            inHeader = false;
            // Before a blank that begins the whole mail Postfix's smtpd puts an empty line.
            parts.headerEnds(!blank);
            emitCrlf();
        } else {
            headerSeen = true;
            return folded ? start : closedUp(buffer, start, end);
        }
        return start;
    }

    private void rawBegins(byte[] buffer, int start, int end) throws IOException {
        first = mailboxLine(buffer, start, end);
        if (first) {
            emit(MAILBOX_LINE, 0, MAILBOX_LINE.length);
            wireSize += MAILBOX_LINE.length;
        } else if (start < end && (buffer[start] == ' ' || buffer[start] == '\t')) {
            // Not to be taken for more of our own header line.
            emitCrlf();
        }
    }

    /// `Name : value` becomes `Name: value`.
    private int closedUp(byte[] b, int from, int end) throws IOException {
        int colon = from;
        while (b[colon] != ':') {
            colon++;
        }
        int name = colon;
        while (b[name - 1] == ' ' || b[name - 1] == '\t') {
            name--;
        }
        if (name == colon) {
            return from;
        }
        emit(b, from, name);
        wireSize += name - from;
        return colon;
    }

    private static boolean mailboxLine(byte[] b, int from, int end) {
        int i = from;
        while (i < end && b[i] == '>') {
            i++;
        }
        return end - i >= 5
                && b[i] == 'F'
                && b[i + 1] == 'r'
                && b[i + 2] == 'o'
                && b[i + 3] == 'm'
                && b[i + 4] == ' ';
    }

    private boolean headerName(byte[] b, int from, int end) throws IOException {
        int name = Headers.nameLength(b, from, end);
        if (name == 0) {
            return false;
        }
        if (name == 8 && Headers.named(b, from, end, "received")) {
            received++;
        }
        parts.fieldBegins(b, from, end, name);
        return true;
    }

    private void emit(byte[] buffer, int from, int to) throws IOException {
        if (from == to) {
            return;
        }
        byte[] source = buffer;
        int start = from;
        if (strayCr(buffer, from, to)) {
            source = java.util.Arrays.copyOfRange(buffer, from, to);
            start = 0;
            for (int i = 0; i < source.length; i++) {
                if (source[i] == '\r') {
                    source[i] = ' ';
                }
            }
        }
        if (inHeader) {
            parts.field(source, start, start + to - from);
            if (!large()) {
                out.header(source, start, to - from);
            }
        } else {
            body(source, start, start + to - from);
        }
    }

    private void emitCrlf() throws IOException {
        if (inHeader) {
            parts.fieldLineEnds();
            if (!large()) {
                out.header(CRLF, 0, 2);
            }
        } else {
            body(CRLF, 0, 2);
        }
        wireSize += 2;
    }

    private void body(byte[] buffer, int from, int to) throws IOException {
        if (from < to && !large()) {
            out.body(buffer, from, to - from);
        }
    }

    private boolean large() {
        tooLarge = tooLarge();
        return tooLarge;
    }

    private void count(long length) {
        wireSize += length;
        lengths.count(length);
    }

    /// Octets of header lines of our own.
    public int prepended() {
        return lengths.prepended;
    }

    /// The header is longer than what is held of one: the rest of it is in the body, where nobody
    /// looks for fields but whoever reads the mail.
    public boolean headerCut() {
        return lengths.headerCut;
    }

    /// The end of data was seen (DATA only).
    public boolean ended() {
        return ended;
    }

    /// How many lines ended in a bare LF.
    public long bareNewlines() {
        return bareLfs;
    }

    /// More came than the limit allows, in lines or in one that has no end yet; what was over it is
    /// dropped.
    public boolean tooLarge() {
        return tooLarge
                || (sizeLimit > 0 && wireSize + lineLength + lengths.passedOver > sizeLimit);
    }

    /// Octets of lines that have come, as smtpd counts them: each with a line end, and long ones
    /// with one more for each piece.
    public long arrived() {
        return lengths.arrived + (continuing ? lineLength + 2 : 0);
    }

    /// Octets so far, as Postfix counts them.
    public long size() {
        return wireSize + lengths.longLines;
    }

    /// Ends the content; a last line without a line end gets one.
    public Facts finish() throws IOException {
        if (continuing) {
            count(lineLength);
            lineLength = 0;
            continuing = false;
            emitCrlf();
        }
        return new Facts(
                wireSize,
                size(),
                lengths.longest,
                leadingDot,
                eightBit,
                eightBitHeader,
                false,
                received,
                parts.finish());
    }
}
