package org.postrider.spf;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A text with macros (RFC 7208 7.1): `%{ir}.%{v}._spf.%{d2}`. A value.
///
/// @param parts in their order
/// @param expanded at its end: a macro, or one of `%%`, `%_` and `%-`
record MacroText(List<Part> parts, boolean expanded) {
    private static final String LETTERS = "slodiphv";
    private static final String OF_EXPLANATIONS = "crt";
    private static final String DELIMITERS = ".-+,/_=";
    private static final String UNRESERVED = "-._~";
    private static final int MOST_DIGITS = 4;

    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    /// What is expanded is not let grow beyond; a name has [#NAME_END] octets at most.
    private static final int MOST = 4096;

    private static final int NAME_END = 1024;

    /// What a text is made of.
    sealed interface Part {
        record Literal(String text) implements Part {}

        /// @param letter in lower case
        /// @param keep parts from the right; 0 for all
        record Macro(char letter, boolean escaped, int keep, boolean reversed, String delimiters)
                implements Part {}
    }

    /// What macros stand for.
    interface Values {
        /// @return null if it has no value that may be used here
        @Nullable String of(char letter) throws SpfException;
    }

    /// @param explanation whether spaces and the letters c, r and t may be there
    /// @throws SpfException if its syntax is wrong
    static MacroText parse(String text, boolean explanation) throws SpfException {
        List<Part> parts = new ArrayList<>();
        StringBuilder literal = new StringBuilder();
        int i = 0;
        boolean expanded = false;
        while (i < text.length()) {
            char c = text.charAt(i);
            expanded = c == '%';
            if (c != '%') {
                if (c < (explanation ? ' ' : '!') || c > '~') {
                    throw SpfException.permanent("a character that may not be in a record");
                }
                literal.append(c);
                i++;
                continue;
            }
            char next = i + 1 < text.length() ? text.charAt(i + 1) : 0;
            switch (next) {
                case '%' -> literal.append('%');
                case '_' -> literal.append(' ');
                case '-' -> literal.append("%20");
                case '{' -> {
                    int end = text.indexOf('}', i);
                    if (end < 0) {
                        throw SpfException.permanent("a macro that does not end");
                    }
                    if (!literal.isEmpty()) {
                        parts.add(new Part.Literal(literal.toString()));
                        literal.setLength(0);
                    }
                    parts.add(macro(text.substring(i + 2, end), explanation));
                    i = end - 1;
                }
                default -> throw SpfException.permanent("a % that begins no macro");
            }
            i += 2;
        }
        if (!literal.isEmpty()) {
            parts.add(new Part.Literal(literal.toString()));
        }
        return new MacroText(List.copyOf(parts), expanded);
    }

    private static Part.Macro macro(String inner, boolean explanation) throws SpfException {
        char letter = inner.isEmpty() ? 0 : inner.charAt(0);
        char lower = letter >= 'A' && letter <= 'Z' ? (char) (letter + 32) : letter;
        if (LETTERS.indexOf(lower) < 0) {
            if (OF_EXPLANATIONS.indexOf(lower) < 0) {
                throw SpfException.permanent("a macro that there is not: " + inner);
            }
            if (!explanation) {
                throw SpfException.permanent("a macro of explanations only: " + inner);
            }
        }
        int at = 1;
        while (at < inner.length() && digit(inner.charAt(at))) {
            at++;
        }
        String digits = inner.substring(1, at);
        int keep = 0;
        if (!digits.isEmpty()) {
            String short1 = digits.replaceFirst("^0+", "");
            keep =
                    short1.length() > MOST_DIGITS
                            ? Integer.MAX_VALUE
                            : short1.isEmpty() ? 0 : Integer.parseInt(short1);
            if (keep == 0) {
                throw SpfException.permanent("a macro that keeps no part: " + inner);
            }
        }
        boolean reversed = at < inner.length() && (inner.charAt(at) | 32) == 'r';
        String delimiters = inner.substring(reversed ? at + 1 : at);
        for (int i = 0; i < delimiters.length(); i++) {
            if (DELIMITERS.indexOf(delimiters.charAt(i)) < 0) {
                throw SpfException.permanent("a macro that cannot be read: " + inner);
            }
        }
        return new Part.Macro(
                lower, lower != letter, keep, reversed, delimiters.isEmpty() ? "." : delimiters);
    }

    static boolean digit(char c) {
        return c >= '0' && c <= '9';
    }

    /// As a name, of which the end counts (RFC 7208 7.3).
    ///
    /// @return null if one of its macros has no value that may be used
    @Nullable String name(Values values) throws SpfException {
        String out = expand(values, false);
        return out == null ? null : Domains.fitted(out);
    }

    /// As a text, of which the beginning counts.
    ///
    /// @return null if one of its macros has no value that may be used
    @Nullable String text(Values values) throws SpfException {
        return expand(values, true);
    }

    /// Of what is not used no macro is worked out: records of 64 kB repeat one of a long value.
    private @Nullable String expand(Values values, boolean beginning) throws SpfException {
        StringBuilder out = new StringBuilder();
        for (Part part : beginning ? parts : parts.reversed()) {
            boolean enough = out.length() > (beginning ? MOST : NAME_END);
            String text =
                    switch (part) {
                        case Part.Literal l -> l.text();
                        case Part.Macro m -> {
                            String value = values.of(m.letter());
                            yield value == null ? null : enough ? "" : expanded(m, value);
                        }
                    };
            if (text == null) {
                return null;
            }
            if (!enough) {
                out.insert(beginning ? out.length() : 0, text);
            }
        }
        return out.toString();
    }

    private static String expanded(Part.Macro macro, String value) {
        String transformed = transformed(macro, value);
        return macro.escaped() ? escaped(transformed) : transformed;
    }

    private static String transformed(Part.Macro macro, String value) {
        if (macro.keep() == 0 && !macro.reversed() && macro.delimiters().equals(".")) {
            return value;
        }
        List<String> pieces = new ArrayList<>();
        int from = 0;
        for (int i = 0; i <= value.length(); i++) {
            if (i == value.length() || macro.delimiters().indexOf(value.charAt(i)) >= 0) {
                pieces.add(value.substring(from, i));
                from = i + 1;
            }
        }
        if (macro.reversed()) {
            Collections.reverse(pieces);
        }
        int skipped = macro.keep() == 0 ? 0 : Math.max(0, pieces.size() - macro.keep());
        return String.join(".", pieces.subList(skipped, pieces.size()));
    }

    /// As in a URL: all but letters, digits and [#UNRESERVED].
    private static String escaped(String text) {
        StringBuilder out = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.ISO_8859_1)) {
            char c = (char) (b & 0xff);
            boolean plain =
                    digit(c)
                            || (c >= 'a' && c <= 'z')
                            || (c >= 'A' && c <= 'Z')
                            || UNRESERVED.indexOf(c) >= 0;
            if (plain) {
                out.append(c);
            } else {
                out.append('%').append(HEX.toHexDigits(b));
            }
        }
        return out.toString();
    }
}
