package org.postrider.maps.remote;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.config.MainCf;
import org.postrider.config.Values;
import org.postrider.maps.Opening;

/// The parameters of a client table: those of the file of `type:/file`, or main.cf's `NAME_…` of
/// `type:NAME`.
public final class TableSettings {
    private final Function<String, @Nullable String> values;
    private final String where;

    private TableSettings(String where, Function<String, @Nullable String> values) {
        this.where = where;
        this.values = values;
    }

    /// @throws IllegalArgumentException if the file cannot be read
    public static TableSettings of(String type, String name, Opening opening) {
        if (!name.startsWith("/") && !name.startsWith(".")) {
            return new TableSettings(
                    name, parameter -> opening.settings().apply(name + "_" + parameter));
        }
        try {
            MainCf file = MainCf.read(Path.of(name));
            return new TableSettings(
                    name,
                    parameter -> {
                        MainCf.Entry entry = file.entries().get(parameter);
                        return entry == null ? null : entry.value();
                    });
        } catch (ConfigException e) {
            throw new IllegalArgumentException(type + " configuration: " + e.getMessage(), e);
        }
    }

    @Nullable String text(String name) {
        return values.apply(name);
    }

    String text(String name, String otherwise) {
        String text = values.apply(name);
        return text == null ? otherwise : text;
    }

    /// Words separated by commas or white space.
    List<String> words(String name, String otherwise) {
        return new ArrayList<>(Values.words(text(name, otherwise)));
    }

    boolean bool(String name, boolean otherwise) {
        String text = text(name, otherwise ? "yes" : "no");
        return text.equalsIgnoreCase("yes") || text.equalsIgnoreCase("true") || text.equals("1");
    }

    /// @throws IllegalArgumentException if it is no number or too small
    int number(String name, int otherwise, int lowest) {
        String text = text(name, Integer.toString(otherwise)).strip();
        String digits = text.endsWith("s") ? text.substring(0, text.length() - 1) : text;
        try {
            int n = Integer.parseInt(digits);
            if (n >= lowest) {
                return n;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException(where + ": bad " + name + ": " + text);
    }
}
