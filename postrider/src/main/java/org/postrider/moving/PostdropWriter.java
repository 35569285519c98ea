package org.postrider.moving;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.postrider.disk.Disk;
import org.postrider.disk.ForeignFile;
import org.postrider.pickup.Maildrop;

/// Writes a submission as Postfix's postdrop does: `T time, A attributes, F full name, S sender, R
/// recipients`, then `M`, the text in `N` and `L`, `X`, `E`. One thread.
final class PostdropWriter implements Maildrop.Whole {
    /// While it is written; no name of a queue file.
    static final String UNNAMED = "postmove-drop";

    private static final int LONGEST = 2048;

    /// A submission asks for what Postfix's pickup does not know.
    static final class NotCarriedException extends IOException {
        private static final long serialVersionUID = 1;

        NotCarriedException(String why) {
            super(why);
        }
    }

    private final @Nullable PostfixWriter out;
    private final byte[] line = new byte[LONGEST];
    private int length;
    private boolean begun;
    private boolean inText;
    private int notify;

    private final boolean shown;

    /// @param shown to a person: what Postfix's pickup does not know is an attribute, too
    private PostdropWriter(@Nullable PostfixWriter out, boolean shown) {
        this.out = out;
        this.shown = shown;
    }

    /// Whether a file is one of Postfix's already.
    static boolean postfix(Disk.File file) throws IOException {
        ByteBuffer first = ByteBuffer.allocate(1);
        return file.read(first, 0) == 1 && first.get(0) == 'T';
    }

    /// Writes one.
    ///
    /// @param to null to look only
    /// @return false where the submission is not whole
    static boolean write(ForeignFile from, Disk.@Nullable File to, Maildrop maildrop)
            throws IOException {
        PostfixWriter out = to == null ? null : new PostfixWriter(to);
        if (!new PostdropWriter(out, false).write(from, maildrop)) {
            return false;
        }
        if (to != null) {
            to.force();
        }
        return true;
    }

    /// The same for who looks at it.
    static boolean show(ForeignFile from, Disk.File to, Maildrop maildrop) throws IOException {
        return new PostdropWriter(new PostfixWriter(to), true).write(from, maildrop);
    }

    private boolean write(ForeignFile from, Maildrop maildrop) throws IOException {
        long millis = from.modifiedMillis();
        record('T', millis / 1000 + " " + millis % 1000 * 1000);
        if (!maildrop.tell(from, this)) {
            return false;
        }
        end();
        return true;
    }

    private void record(char type, String text) throws IOException {
        if (out != null) {
            out.record(type, text);
        }
    }

    @Override
    public void line(String text) throws IOException {
        int space = text.indexOf(' ');
        String name = space < 0 ? text : text.substring(0, space);
        String value = space < 0 ? "" : text.substring(space + 1);
        switch (name) {
            case "sender" -> record('S', value);
            case "fullname" -> record('F', value);
            case "verp_delims" -> record('V', value);
            case "encoding", "rewrite_context", "envelope_id", "ret_flags" ->
                    record('A', name + "=" + value);
            case "report" ->
                    record('A', "trace_flags=" + (value.equals("verify") ? "512" : "1024"));
            case "notify" -> {
                if (!shown || value.matches("[0-9A-Fa-f]{1,7}")) {
                    notify = flags(value);
                } else {
                    record('A', "notify=" + value);
                }
            }
            case "original_recipient" -> record('A', "dsn_orig_rcpt=" + value);
            case "recipient" -> {
                if (notify != 0) {
                    record('A', "notify_flags=" + notify);
                }
                record('R', value);
            }
            default -> {
                if (!shown) {
                    throw new NotCarriedException(name + " is not known to Postfix's pickup");
                }
                record('A', name + "=" + value);
            }
        }
    }

    /// Any user wrote it.
    private static int flags(String value) throws NotCarriedException {
        try {
            return Integer.parseInt(value, 16);
        } catch (NumberFormatException e) {
            throw new NotCarriedException("notify " + value + ": not a number");
        }
    }

    @Override
    public void content(byte[] octets, int count) throws IOException {
        text();
        for (int i = 0; i < count; i++) {
            if (octets[i] == '\n') {
                put('N');
                begun = false;
                continue;
            }
            line[length++] = octets[i];
            begun = true;
            if (length == LONGEST) {
                put('L');
            }
        }
    }

    private void text() throws IOException {
        if (!inText) {
            inText = true;
            record('M', "");
        }
    }

    private void put(char type) throws IOException {
        if (out != null) {
            out.record(type, line, length);
        }
        length = 0;
    }

    private void end() throws IOException {
        text();
        if (begun) {
            put('N');
        }
        record('X', "");
        record('E', "");
        if (out != null) {
            out.flush();
        }
    }
}
