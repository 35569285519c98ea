package org.postrider.log.text;

import java.util.List;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.postrider.log.SessionEvent;

/// Builds one JSON object on one line (RFC 8259) in octets. One thread.
///
/// Texts are octets as chars. What is UTF-8 stays as it is; controls are escaped; an octet XX that
/// is no part of a UTF-8 character is escaped as U+DCXX (a lone surrogate, as Python's
/// surrogateescape has it: the octet can be told again, and readers that cannot hold one show
/// U+FFFD).
public final class JsonWriter {
    private static final String HEX = "0123456789abcdef";

    private final LineWriter out = new LineWriter();
    private boolean first = true;

    public JsonWriter() {
        out.octet('{');
    }

    /// Left out when there is no value.
    public JsonWriter field(String name, @Nullable CharSequence value) {
        if (value != null) {
            name(name);
            string(value);
        }
        return this;
    }

    public JsonWriter field(String name, long value) {
        name(name);
        out.number(value);
        return this;
    }

    /// A number that is text already.
    public JsonWriter digits(String name, String digits) {
        name(name);
        out.text(digits);
        return this;
    }

    public JsonWriter field(String name, boolean value) {
        name(name);
        out.text(value ? "true" : "false");
        return this;
    }

    /// An object of numbers.
    public JsonWriter counts(
            String name,
            List<SessionEvent.Count> counts,
            ToIntFunction<SessionEvent.Count> number) {
        name(name);
        char before = '{';
        for (SessionEvent.Count each : counts) {
            out.octet(before).octet('"').text(each.command()).text("\":");
            out.number(number.applyAsInt(each));
            before = ',';
        }
        if (counts.isEmpty()) {
            out.octet('{');
        }
        out.octet('}');
        return this;
    }

    /// Seconds, rounded as in the mail log.
    public JsonWriter seconds(String name, long nanos) {
        name(name);
        out.delay(nanos);
        return this;
    }

    /// An array of seconds.
    public JsonWriter seconds(String name, long[] nanos) {
        name(name);
        for (int i = 0; i < nanos.length; i++) {
            out.octet(i == 0 ? '[' : ',').delay(nanos[i]);
        }
        out.octet(']');
        return this;
    }

    /// What is written already, between quotes.
    public JsonWriter quoted(String name, byte[] text, int more, int digits) {
        name(name);
        out.octet('"').raw(text);
        for (int unit = digits; unit > 0; unit /= 10) {
            out.octet((char) ('0' + more / unit % 10));
        }
        out.text("Z\"");
        return this;
    }

    /// Ends the line.
    public LineWriter end() {
        return out.octet('}').octet('\n');
    }

    private void name(String name) {
        out.octet(first ? '"' : ',');
        if (!first) {
            out.octet('"');
        }
        first = false;
        out.plain(name, 0);
        out.octet('"').octet(':');
    }

    private void string(CharSequence text) {
        out.octet('"');
        int n = text.length();
        for (int i = out.plain(text, 0); i < n; i = out.plain(text, i + 1)) {
            char c = text.charAt(i);
            int more = c < 128 ? 0 : LineWriter.utf8(text, i, n);
            if (c == '"' || c == '\\') {
                out.octet('\\').octet(c);
            } else if (more == 0) {
                escape(c < 128 || c > 255 ? c : (char) (0xdc00 | c));
            } else {
                out.octet(c);
                for (; more > 0; more--) {
                    out.octet(text.charAt(++i));
                }
            }
        }
        out.octet('"');
    }

    private void escape(char c) {
        out.text("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
            out.octet(HEX.charAt(c >> shift & 15));
        }
    }
}
