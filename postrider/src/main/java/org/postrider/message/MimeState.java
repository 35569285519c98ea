package org.postrider.message;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.message.HeaderTokens.Token;

/// Goes through a content line by line and knows where its parts and their headers are
/// (mime_state(3), RFC 2045, 2046): what is a header goes out field by field, what is not as body.
/// Fed by strangers; memory is a field of at most the header limit and the boundaries of the nested
/// multiparts. One thread.
public final class MimeState {
    /// Where a header field stands.
    public enum Block {
        /// The message's own header.
        PRIMARY,
        /// The header of a part.
        PART,
        /// The header of a message within the message.
        NESTED
    }

    /// What is wrong with it, the gravest first.
    public enum Fault {
        /// Deeper than mime_nesting_limit.
        NESTING("MIME nesting exceeds safety limit"),
        /// A field longer than header_size_limit; what was over is dropped.
        TRUNCATED("message header length exceeds safety limit"),
        EIGHT_BIT_HEADER("improper use of 8-bit data in message header"),
        EIGHT_BIT_BODY("improper use of 8-bit data in message body"),
        /// A composite that is encoded otherwise than by 7bit, 8bit or binary.
        ENCODING_DOMAIN("invalid message/* or multipart/* encoding domain"),
        /// No empty line ended the message's own header ([Facts.Fields#open]).
        OPEN_HEADER("primary header was terminated with non-empty line");

        private final String text;

        Fault(String text) {
            this.text = text;
        }

        /// As Postfix words it.
        public String text() {
            return text;
        }
    }

    /// @param nesting mime_nesting_limit
    /// @param boundary octets of a boundary that are compared (mime_boundary_length_limit)
    /// @param header octets of a field (header_size_limit)
    public record Limits(int nesting, int boundary, int header) {
        /// Postfix's defaults.
        public static final Limits DEFAULT = new Limits(100, 2048, 102_400);
    }

    /// Where the content goes.
    public interface Output {
        /// A field, LF between its lines and none at its end.
        void field(Block block, byte[] field, int length) throws IOException;

        /// A field that says how what follows is encoded now, in the place of one that was left
        /// out.
        default void encoded(Block block, byte[] field, int length) throws IOException {
            field(block, field, length);
        }

        /// A line of a body, or a piece of one.
        ///
        /// @param ends the line ends with it
        /// @param offset octets of this body before it
        void body(byte[] from, int start, int end, boolean ends, long offset) throws IOException;

        /// Told once of each kind.
        void fault(Fault fault, byte[] text, int length) throws IOException;
    }

    private enum Type {
        TEXT,
        MULTIPART,
        RFC822,
        GLOBAL,
        /// message/partial and message/external-body: never encoded.
        FRAGMENT,
        MESSAGE,
        OTHER
    }

    /// RFC 2045 6: what an encoding says of its result (its domain) is another thing than its name.
    private enum Encoding {
        SEVEN_BIT("7bit", false),
        EIGHT_BIT("8bit", true),
        BINARY("binary", true),
        QUOTED_PRINTABLE("quoted-printable", false),
        BASE64("base64", false);

        private final String lower;
        private final boolean high;

        Encoding(String lower, boolean high) {
            this.lower = lower;
            this.high = high;
        }

        private boolean identity() {
            return this != QUOTED_PRINTABLE && this != BASE64;
        }
    }

    /// A multipart that is open.
    ///
    /// @param part what its parts are where they do not say
    private record Open(byte[] boundary, Type part) {}

    /// What is done with it.
    public enum Mode {
        /// Parts are found.
        PARTS,
        /// Parts are found, and those that say 8bit or binary encoded.
        DOWNGRADE,
        /// There is one header and one body (disable_mime_input_processing).
        FLAT
    }

    private static final byte[] LF = {'\n'};
    private static final String TYPE = "content-type";
    private static final String ENCODING = "content-transfer-encoding";

    private final Limits limits;
    private final boolean downgrade;
    private final boolean flat;
    private final Output out;
    private final Set<Fault> faults = EnumSet.noneOf(Fault.class);
    private final List<Open> open = new ArrayList<>();
    private final QuotedPrintable quoted;
    private @Nullable Block block = Block.PRIMARY;
    private Type type = Type.TEXT;
    private Encoding encoding = Encoding.SEVEN_BIT;
    private boolean continuing;
    private long offset;
    private byte[] field = new byte[256];
    private int filled;
    private long fieldOctets;

    private boolean saysEightBit;
    private boolean declaredInPart;
    private boolean composite;
    private boolean oddField;
    private long longestPartField;

    public MimeState(Limits limits, Mode mode, Output out) {
        this.limits = limits;
        this.downgrade = mode == Mode.DOWNGRADE;
        this.flat = mode == Mode.FLAT;
        this.out = out;
        this.quoted = new QuotedPrintable(out);
    }

    /// A line without its end, or a piece of one.
    ///
    /// @param ends false: the line goes on in the next piece
    public void line(byte[] b, int from, int to, boolean ends) throws IOException {
        boolean header = false;
        while (block != null && !header) {
            header = headerLine(b, from, to);
            if (from == to) {
                // The empty line ends one block, whatever it begins.
                break;
            }
        }
        if (!header) {
            bodyLine(b, from, to, ends);
        }
        continuing = !ends;
    }

    /// Nothing follows.
    public void finish() throws IOException {
        if (block != null) {
            endBlock();
        }
        quoted.flush();
    }

    /// The next line may be a header field, other than the message's own.
    public boolean inPartHeader() {
        return block != null && block != Block.PRIMARY;
    }

    /// What follows may hold headers or boundaries.
    public boolean structured() {
        return block != null || !open.isEmpty();
    }

    public Set<Fault> faults() {
        return faults;
    }

    /// Sending it to a hop that takes 7 bits may change it. Yes where its nesting is too deep to
    /// know.
    public boolean saysEightBit() {
        return saysEightBit || faults.contains(Fault.NESTING);
    }

    /// A part's Content-Transfer-Encoding is nothing but `8bit` or `binary`.
    public boolean declaredInPart() {
        return declaredInPart;
    }

    /// It is said to have parts, or a message within it.
    public boolean composite() {
        return composite;
    }

    /// A field of a part's header has white space before its colon.
    public boolean oddField() {
        return oddField;
    }

    /// Octets of the longest field of a part's header.
    public long longestPartField() {
        return longestPartField;
    }

    // ---- header

    /// @return false where the line is no header line, and the block has ended
    private boolean headerLine(byte[] b, int from, int to) throws IOException {
        if (filled > 0 && (continuing || from < to && (b[from] == ' ' || b[from] == '\t'))) {
            append(b, from, to);
            return true;
        }
        endField();
        int name = Headers.nameLength(b, from, to);
        if (name == 0 || continuing) {
            endBlock();
            return false;
        }
        int colon = from + name;
        while (b[colon] != ':') {
            colon++;
        }
        oddField |= colon > from + name && block != Block.PRIMARY;
        put(b, from, from + name);
        put(b, colon, to);
        fieldOctets = filled;
        return true;
    }

    private void append(byte[] b, int from, int to) {
        fieldOctets += to - from + (continuing ? 0 : 1);
        if (filled > limits.header()) {
            return;
        }
        if (!continuing) {
            put(LF, 0, 1);
        }
        put(b, from, to);
    }

    private void put(byte[] b, int from, int to) {
        int count = to - from;
        if (filled + count > field.length) {
            field = Arrays.copyOf(field, Math.max(filled + count, 2 * field.length));
        }
        System.arraycopy(b, from, field, filled, count);
        filled += count;
    }

    private void endField() throws IOException {
        Block of = block;
        if (filled == 0 || of == null) {
            return;
        }
        if (filled > limits.header()) {
            filled = Headers.cut(field, limits.header());
            fault(Fault.TRUNCATED, field, filled);
        }
        boolean encodes = Headers.named(field, 0, filled, ENCODING);
        if (flat) {
            // It says nothing then.
        } else if (Headers.named(field, 0, filled, TYPE)) {
            contentType();
        } else if (encodes) {
            contentEncoding();
            declaredInPart |= of != Block.PRIMARY && saysEightBit(field, filled);
        }
        if (of != Block.PRIMARY) {
            longestPartField = Math.max(longestPartField, fieldOctets);
        }
        if (!faults.contains(Fault.EIGHT_BIT_HEADER) && high(field, 0, filled)) {
            fault(Fault.EIGHT_BIT_HEADER, field, filled);
        }
        if (!encodes || !downgrade || !encoding.high) {
            out.field(of, field, filled);
        }
        filled = 0;
    }

    /// The field's whole value is `8bit` or `binary`: what detect_8bit_encoding_header looks for.
    ///
    /// @param field of this name, closed up
    public static boolean saysEightBit(byte[] field, int length) {
        String text = new String(field, 0, length, StandardCharsets.ISO_8859_1);
        String value = text.substring(text.indexOf(':') + 1).stripLeading();
        return value.equalsIgnoreCase("8bit") || value.equalsIgnoreCase("binary");
    }

    private void contentEncoding() {
        Token token = new HeaderTokens(field, ENCODING.length() + 1, filled).first();
        for (Encoding each : Encoding.values()) {
            if (token != null && token.is(each.lower)) {
                encoding = each;
            }
        }
        saysEightBit |= encoding.high;
    }

    private void contentType() throws IOException {
        HeaderTokens tokens = new HeaderTokens(field, TYPE.length() + 1, filled);
        List<Token> first = tokens.parameter();
        if (first == null || first.isEmpty()) {
            return;
        }
        Token sub = first.size() >= 3 && first.get(1).special() == '/' ? first.get(2) : null;
        composite |= first.getFirst().is("message") || first.getFirst().is("multipart");
        if (first.getFirst().is("text")) {
            type = Type.TEXT;
        } else if (first.getFirst().is("message")) {
            type = message(sub);
        } else if (first.getFirst().is("multipart")) {
            type = Type.MULTIPART;
            boundaries(tokens, sub != null && sub.is("digest") ? Type.RFC822 : Type.TEXT);
        }
    }

    private static Type message(@Nullable Token sub) {
        if (sub == null) {
            return Type.MESSAGE;
        }
        String name = sub.quoted() ? "" : sub.text().toLowerCase(Locale.ROOT);
        return switch (name) {
            case "rfc822" -> Type.RFC822;
            case "global" -> Type.GLOBAL;
            case "partial", "external-body" -> Type.FRAGMENT;
            default -> Type.MESSAGE;
        };
    }

    /// Several boundaries in one field hide content from those who see only one of them: all count.
    private void boundaries(HeaderTokens tokens, Type part) throws IOException {
        for (List<Token> p = tokens.parameter(); p != null; p = tokens.parameter()) {
            if (p.size() < 3 || !p.get(0).is("boundary") || p.get(1).special() != '=') {
                continue;
            }
            // One for the message itself, and one because Postfix counts so.
            if (open.size() > limits.nesting() + 1) {
                fault(Fault.NESTING, field, filled);
                continue;
            }
            byte[] boundary = p.get(2).text().getBytes(StandardCharsets.ISO_8859_1);
            int length = Math.min(boundary.length, limits.boundary());
            open.add(new Open(Arrays.copyOf(boundary, length), part));
        }
    }

    private void endBlock() throws IOException {
        endField();
        Block of = block;
        if (of == null) {
            return;
        }
        if (encoding.high && downgrade) {
            boolean seven = type != Type.TEXT && type != Type.OTHER && type != Type.GLOBAL;
            String text =
                    "Content-Transfer-Encoding: "
                            + (seven ? "7bit" : Encoding.QUOTED_PRINTABLE.lower);
            byte[] line = text.getBytes(StandardCharsets.US_ASCII);
            out.encoded(of, line, line.length);
        }
        boolean fragment = type == Type.FRAGMENT && encoding.high;
        boolean composite = type == Type.MULTIPART || type == Type.RFC822;
        if (fragment || composite && !encoding.identity()) {
            byte[] name = encoding.lower.getBytes(StandardCharsets.US_ASCII);
            fault(Fault.ENCODING_DOMAIN, name, name.length);
        }
        switch (type) {
            case MULTIPART -> state(null, Type.OTHER);
            case RFC822 -> state(Block.NESTED, Type.TEXT);
            case GLOBAL -> {
                if (encoding.high && downgrade) {
                    block = null;
                } else {
                    state(Block.NESTED, Type.TEXT);
                }
            }
            case TEXT, FRAGMENT, MESSAGE, OTHER -> block = null;
        }
        offset = 0;
    }

    private void state(@Nullable Block next, Type as) {
        block = next;
        type = as;
        encoding = Encoding.SEVEN_BIT;
    }

    // ---- body

    private void bodyLine(byte[] b, int from, int to, boolean ends) throws IOException {
        if (encoding == Encoding.SEVEN_BIT
                && !faults.contains(Fault.EIGHT_BIT_BODY)
                && high(b, from, to)) {
            fault(Fault.EIGHT_BIT_BODY, Arrays.copyOfRange(b, from, to), to - from);
        }
        if (!continuing && to - from > 2 && b[from] == '-' && b[from + 1] == '-') {
            separator(b, from, to);
        }
        if (downgrade && encoding.high) {
            quoted.text(b, from, to, ends);
        } else {
            out.body(b, from, to, ends, offset);
        }
        offset += to - from + 1;
    }

    private void separator(byte[] b, int from, int to) {
        for (int i = open.size() - 1; i >= 0; i--) {
            Open one = open.get(i);
            int tail = from + 2 + one.boundary().length;
            if (tail > to
                    || !Arrays.equals(
                            b, from + 2, tail, one.boundary(), 0, one.boundary().length)) {
                continue;
            }
            open.subList(i + 1, open.size()).clear();
            offset = 0;
            if (to - tail >= 2 && b[tail] == '-' && b[tail + 1] == '-') {
                open.remove(i);
                state(null, Type.OTHER);
            } else {
                state(Block.PART, one.part());
            }
            return;
        }
    }

    private static boolean high(byte[] b, int from, int to) {
        int seen = 0;
        for (int i = from; i < to; i++) {
            seen |= b[i];
        }
        return seen < 0;
    }

    private void fault(Fault fault, byte[] text, int length) throws IOException {
        if (faults.add(fault)) {
            out.fault(fault, text, length);
        }
    }
}
