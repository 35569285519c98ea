package org.postrider.config;

import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/// One configuration parameter, declared once, in the `*Params` class of the room that honours it:
/// name, type, default as text (with `$name` unexpanded), bounds and a paragraph of documentation.
///
/// @param <T> what a room reads: immutable
public final class Param<T> {
    /// Postfix's parameter types, as `postconf-3.12-types.txt` names them.
    public enum Type {
        STR,
        RAW,
        BOOL,
        INT,
        LONG,
        TIME
    }

    /// Which values there are.
    ///
    /// @param highest 0 for no limit
    private record Range<T>(Type type, long lowest, long highest, Function<String, T> parse) {
        static <T> Range<T> any(Type type, Function<String, T> parse) {
            return new Range<>(type, 0, 0, parse);
        }
    }

    private final String name;
    private final String defaultText;
    private final String doc;
    private final Range<T> values;

    private Param(String name, String defaultText, String doc, Range<T> values) {
        this.name = name;
        this.defaultText = defaultText;
        this.doc = doc;
        this.values = values;
    }

    public static Param<String> string(String name, String defaultText, String doc) {
        return new Param<>(name, defaultText, doc, Range.any(Type.STR, text -> text));
    }

    /// Read without `$` expansion.
    public static Param<String> raw(String name, String defaultText, String doc) {
        return new Param<>(name, defaultText, doc, Range.any(Type.RAW, text -> text));
    }

    /// Words separated by commas or white space; `{ … }` groups stay whole.
    public static Param<List<String>> list(String name, String defaultText, String doc) {
        return new Param<>(name, defaultText, doc, Range.any(Type.STR, Values::words));
    }

    public static Param<Boolean> bool(String name, String defaultText, String doc) {
        return new Param<>(name, defaultText, doc, Range.any(Type.BOOL, Values::bool));
    }

    /// @param highest 0 for no limit
    public static Param<Integer> integer(
            String name, String defaultText, int lowest, int highest, String doc) {
        return new Param<>(
                name, defaultText, doc, new Range<>(Type.INT, lowest, highest, Values::integer));
    }

    /// @param highest 0 for no limit
    public static Param<Long> size(
            String name, String defaultText, long lowest, long highest, String doc) {
        return new Param<>(
                name, defaultText, doc, new Range<>(Type.LONG, lowest, highest, Values::size));
    }

    /// The unit of a bare number is that of the default text (`5d`: days), as in Postfix.
    ///
    /// @param lowestSeconds smallest value
    /// @param highestSeconds 0 for no limit
    public static Param<Duration> time(
            String name, String defaultText, long lowestSeconds, long highestSeconds, String doc) {
        char unit = defaultText.isEmpty() ? 's' : defaultText.charAt(defaultText.length() - 1);
        char u = Character.isDigit(unit) || unit == '}' ? 's' : unit;
        return new Param<>(
                name,
                defaultText,
                doc,
                new Range<>(
                        Type.TIME, lowestSeconds, highestSeconds, text -> Values.time(text, u)));
    }

    public String name() {
        return name;
    }

    public Type type() {
        return values.type();
    }

    public String defaultText() {
        return defaultText;
    }

    public long lowest() {
        return values.lowest();
    }

    /// 0 for no limit.
    public long highest() {
        return values.highest();
    }

    public String doc() {
        return doc;
    }

    /// The typed value of an expanded text.
    ///
    /// @throws ConfigException if the text is not of this type or out of bounds; the caller adds
    ///   file and line
    public T parse(String expanded) {
        return values.parse().apply(expanded);
    }
}
