package org.postrider.command.outside;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one of them makes of a mail.
///
/// @param name `postscreen`, `milters`, `filters`
/// @param set where it is set
/// @param refusal the reply, if it refuses the mail whatever the lists say; null if it does not
/// @param at the command that is refused; empty for none
public record Section(
        String name, String set, List<String> lines, @Nullable String refusal, String at) {
    /// It refuses nothing.
    static Section of(String name, String set, List<String> lines) {
        return new Section(name, set, lines, null, "");
    }
}
