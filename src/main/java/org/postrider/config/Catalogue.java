package org.postrider.config;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Every parameter name of Postfix 3.12 with type, bounds and default text. What a room honours it
/// declares itself as a [Param]; the rest is known here so that it can be read, shown and named as
/// not honoured.
public final class Catalogue {
    /// @param type as the oracle names it: str, raw, int, long, time, bool, nint, nbool, str_fn
    /// @param highest 0 for no limit
    public record Known(String name, String type, long lowest, long highest, String defaultText) {}

    private final Map<String, Known> byName;
    private final Map<String, Known> own;

    private Catalogue(Map<String, Known> byName, Map<String, Known> own) {
        this.byName = byName;
        this.own = own;
    }

    /// Reads the lists that stand beside this class.
    public static Catalogue load() {
        return new Catalogue(read("parameters.tsv"), read("own.tsv"));
    }

    private static Map<String, Known> read(String list) {
        Map<String, Known> names = new TreeMap<>();
        try (InputStream in = Objects.requireNonNull(Catalogue.class.getResourceAsStream(list));
                BufferedReader lines =
                        new BufferedReader(
                                new InputStreamReader(in, StandardCharsets.ISO_8859_1))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Known known = parse(line);
                names.put(known.name(), known);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return names;
    }

    private static Known parse(String line) {
        int a = line.indexOf('\t');
        int b = line.indexOf('\t', a + 1);
        int c = line.indexOf('\t', b + 1);
        int d = line.indexOf('\t', c + 1);
        return new Known(
                line.substring(0, a),
                line.substring(a + 1, b),
                number(line.substring(b + 1, c)),
                number(line.substring(c + 1, d)),
                line.substring(d + 1));
    }

    private static long number(String text) {
        return text.isEmpty() ? 0 : Long.parseLong(text);
    }

    public @Nullable Known known(String name) {
        return byName.get(name);
    }

    /// A parameter that is ours and that Postfix does not have; null for any other name.
    public @Nullable Known own(String name) {
        return own.get(name);
    }

    /// Ours, in name order.
    public Iterable<Known> ours() {
        return own.values();
    }

    /// How many names Postfix has.
    public int count() {
        return byName.size();
    }

    /// Names of main.cf that Postfix knows and no room honours yet, in file order: said at start
    /// and by `postfix check`. The list of the honoured ones is checked against the rooms'
    /// declarations by a test.
    public static java.util.List<String> notHonoured(MainCf mainCf, Catalogue catalogue) {
        java.util.Set<String> honoured = new java.util.HashSet<>();
        try (InputStream in =
                        Objects.requireNonNull(
                                Catalogue.class.getResourceAsStream("honoured.txt"));
                BufferedReader lines =
                        new BufferedReader(
                                new InputStreamReader(in, StandardCharsets.ISO_8859_1))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                honoured.add(line);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        java.util.List<String> out = new java.util.ArrayList<>();
        for (String name : mainCf.entries().keySet()) {
            if (catalogue.known(name) != null && !honoured.contains(name)) {
                out.add(name);
            }
        }
        return out;
    }

    /// In name order.
    public Iterable<Known> all() {
        return byName.values();
    }
}
