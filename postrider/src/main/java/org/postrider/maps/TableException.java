package org.postrider.maps;

import java.util.List;
import java.util.stream.Stream;

/// A table could not answer. Callers turn it into 451 4.3.0 or a deferral, and log [#warnings].
///
/// Each who asks on behalf of another adds what it asked for, as Postfix's maps and match lists do:
/// the table's own trouble comes first, the purpose of the whole last.
public final class TableException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final List<String> warnings;
    private final boolean misconfigured;

    /// @param reason logged as it is
    public TableException(String reason) {
        this(reason, List.of(reason), false);
    }

    private TableException(String reason, List<String> warnings, boolean misconfigured) {
        super(reason);
        this.warnings = warnings;
        this.misconfigured = misconfigured;
    }

    /// A table that answers with an empty string: one that has no answer says so otherwise.
    ///
    /// @param title of who asks: a parameter, or the table where none names it
    static TableException empty(String title, String key) {
        String first = title + " lookup of " + key + " returns an empty string result";
        return new TableException(
                first,
                List.of(first, title + " should return NO RESULT in case of NOT FOUND"),
                true);
    }

    /// The same from another service: there it was said what is wrong, and here it is trouble that
    /// may pass.
    public TableException elsewhere() {
        TableException next = new TableException(String.valueOf(getMessage()), List.of(), false);
        next.initCause(this);
        return next;
    }

    /// It is no passing trouble: what the table says is wrong, and the client hears 4.3.5 where it
    /// would hear 4.3.0.
    public boolean misconfigured() {
        return misconfigured;
    }

    /// A table that could not be opened.
    public static TableException unavailable(String table, String reason) {
        return new TableException(reason, List.of(table + " is unavailable. " + reason), false);
    }

    /// A table that fails by rule (`fail:`) says nothing of its own in the log.
    public static TableException byRule(String reason) {
        return new TableException(reason, List.of(), false);
    }

    /// What the log says, line by line; nothing if it has been said.
    public List<String> warnings() {
        return warnings;
    }

    /// One table of several was asked for a key.
    public TableException asked(Table table, String key) {
        return misconfigured ? this : then(table.name() + " lookup error for \"" + key + "\"");
    }

    /// A table that a list holds was asked.
    ///
    /// @param parameter that holds the list
    TableException listed(String parameter, Table table) {
        return then(parameter + ": " + table.name() + ": table lookup problem");
    }

    /// This failure with a further line.
    public TableException then(String warning) {
        return caused(Stream.concat(warnings.stream(), Stream.of(warning)).toList());
    }

    /// This failure after who asked has logged it.
    public TableException told() {
        return caused(List.of());
    }

    private TableException caused(List<String> lines) {
        TableException next =
                new TableException(String.valueOf(getMessage()), lines, misconfigured);
        next.initCause(this);
        return next;
    }
}
