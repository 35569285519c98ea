package org.postrider.maps.composed;

import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.postrider.config.Values;
import org.postrider.maps.Lists;
import org.postrider.maps.Table;
import org.postrider.maps.TableException;

/// Tables with nothing behind their name: one value for every key, a failure, the environment.
public final class FixedTables {
    private FixedTables() {}

    /// `static:value`, or `static:{ value with blanks }`: every key has it.
    ///
    /// @throws IllegalArgumentException what is wrong with the braces
    public static Table one(String spec, String name) {
        try {
            return new Static(spec, name.startsWith("{") ? Braces.inner(name) : name);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("bad static:name syntax: " + e.getMessage(), e);
        }
    }

    /// `fail:text`: every lookup fails.
    public static Table failing(String spec) {
        return new Failing(spec, "table " + spec + ": query error: Application error");
    }

    /// `environ:`: the environment as import_environment lets it in.
    ///
    /// @param imported the value of import_environment
    public static Table environment(String spec, String imported) {
        return new Environ(spec, Values.words(imported));
    }

    /// A list's file that could not be read, see [Lists]: no lookup is answered.
    public static Table unread(String spec, String file) {
        return new Unread(spec, file);
    }

    private record Static(String name, String value) implements Table {
        @Override
        public String lookup(String key) {
            return value;
        }

        @Override
        public void results(BiConsumer<String, String> visitor) {
            visitor.accept("", value);
        }
    }

    private record Failing(String name, String why) implements Table {
        @Override
        public @Nullable String lookup(String key) {
            throw TableException.byRule(why);
        }
    }

    private record Unread(String name, String file) implements Table {
        @Override
        public @Nullable String lookup(String key) {
            String why = Lists.unread(file);
            throw new TableException(
                    name + " is unavailable. " + (why == null ? file + " is there now" : why));
        }
    }

    private record Environ(String name, List<String> imported) implements Table {
        @Override
        public @Nullable String lookup(String key) {
            for (String each : imported) {
                if (each.equals(key)) {
                    return System.getenv(key);
                }
                if (each.startsWith(key + "=")) {
                    return each.substring(key.length() + 1);
                }
            }
            return null;
        }
    }
}
