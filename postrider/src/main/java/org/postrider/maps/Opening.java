package org.postrider.maps;

import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// What the opener of a table goes by.
///
/// @param settings the text of a main.cf parameter, null for none (`default_database_type`,
///   `NAME_hosts` of `mysql:NAME`)
/// @param warnings gets what is wrong with a table's source and can be read past, each once
public record Opening(
        Clock clock,
        Supervisor threads,
        Function<String, @Nullable String> settings,
        Consumer<String> warnings) {
    public String setting(String name, String otherwise) {
        String text = settings.apply(name);
        return text == null || text.isEmpty() ? otherwise : text;
    }
}
