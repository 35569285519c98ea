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

    /// @param reason logged as it is
    public TableException(String reason) {
        this(reason, List.of(reason));
    }

    private TableException(String reason, List<String> warnings) {
        super(reason);
        this.warnings = warnings;
    }

    /// A table that could not be opened.
    public static TableException unavailable(String table, String reason) {
        return new TableException(reason, List.of(table + " is unavailable. " + reason));
    }

    /// A table that fails by rule (`fail:`) says nothing of its own in the log.
    public static TableException byRule(String reason) {
        return new TableException(reason, List.of());
    }

    /// What the log says, line by line; nothing if it has been said.
    public List<String> warnings() {
        return warnings;
    }

    /// One table of several was asked for a key.
    public TableException asked(Table table, String key) {
        return then(table.name() + " lookup error for \"" + key + "\"");
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
        TableException next = new TableException(String.valueOf(getMessage()), lines);
        next.initCause(this);
        return next;
    }
}
