package org.postrider.access;

import org.postrider.wire.Reply;

/// What a decision has to say in the log, before what becomes of the client.
public sealed interface LogLine extends Effect {
    record Info(String text) implements LogLine {}

    record Warning(String text) implements LogLine {}

    /// What a table says that cannot answer.
    record LookupFailed(String text) implements LogLine {}

    /// A warning that one configuration gets once, however many clients come to it.
    ///
    /// @param about what it is about: of each only the first is logged
    record WarningOnce(String about, String text) implements LogLine {}

    /// Nobody can be served under this configuration.
    record Fatal(String text) implements LogLine {}

    /// A line on the client and its mail: `NOQUEUE: filter: RCPT from …: text; from=<…> …`.
    ///
    /// @param action `filter`, `permit`, `warn` …
    record Action(String action, String text) implements LogLine {}

    /// Such a line of what puts a mail on hold; of a mail that is held already there is none.
    record Held(String text) implements LogLine {}

    /// warn_if_reject: the line of a refusal that was none.
    ///
    /// @param stage of the list that the restriction stands in
    /// @param cause which restriction it is
    record RejectWarning(Stage stage, Reply reply, Cause cause) implements LogLine {}
}
