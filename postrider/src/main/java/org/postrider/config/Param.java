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

    private final String name;
    private final Type type;
    private final String defaultText;
    private final long lowest;
    private final long highest;
    private final String doc;
    private final Function<String, T> parse;

    private Param(
            String name,
            Type type,
            String defaultText,
            long lowest,
            long highest,
            String doc,
            Function<String, T> parse) {
        this.name = name;
        this.type = type;
        this.defaultText = defaultText;
        this.lowest = lowest;
        this.highest = highest;
        this.doc = doc;
        this.parse = parse;
    }

    public static Param<String> string(String name, String defaultText, String doc) {
        return new Param<>(name, Type.STR, defaultText, 0, 0, doc, text -> text);
    }

    /// Read without `$` expansion.
    public static Param<String> raw(String name, String defaultText, String doc) {
        return new Param<>(name, Type.RAW, defaultText, 0, 0, doc, text -> text);
    }

    /// Words separated by commas or white space; `{ … }` groups stay whole.
    public static Param<List<String>> list(String name, String defaultText, String doc) {
        return new Param<>(name, Type.STR, defaultText, 0, 0, doc, Values::words);
    }

    public static Param<Boolean> bool(String name, String defaultText, String doc) {
        return new Param<>(name, Type.BOOL, defaultText, 0, 0, doc, Values::bool);
    }

    /// @param highest 0 for no limit
    public static Param<Integer> integer(
            String name, String defaultText, int lowest, int highest, String doc) {
        return new Param<>(name, Type.INT, defaultText, lowest, highest, doc, Values::integer);
    }

    /// @param highest 0 for no limit
    public static Param<Long> size(
            String name, String defaultText, long lowest, long highest, String doc) {
        return new Param<>(name, Type.LONG, defaultText, lowest, highest, doc, Values::size);
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
                Type.TIME,
                defaultText,
                lowestSeconds,
                highestSeconds,
                doc,
                text -> Values.time(text, u));
    }

    public String name() {
        return name;
    }

    public Type type() {
        return type;
    }

    public String defaultText() {
        return defaultText;
    }

    public long lowest() {
        return lowest;
    }

    /// 0 for no limit.
    public long highest() {
        return highest;
    }

    public String doc() {
        return doc;
    }

    /// The typed value of an expanded text.
    ///
    /// @throws ConfigException if the text is not of this type or out of bounds; the caller adds
    ///   file and line
    public T parse(String expanded) {
        return parse.apply(expanded);
    }
}
