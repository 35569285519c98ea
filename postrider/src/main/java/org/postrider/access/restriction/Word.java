package org.postrider.access.restriction;

import java.util.Objects;
import org.postrider.config.Settings;

/// One restriction as it is written in a list.
///
/// @param name lower case if it is one that is known
/// @param argument after the name, empty for none
/// @param parameter the list or class that it stands in
public record Word(String name, String argument, String parameter) {
    /// Where it stands, for the log: file and line if they are known.
    public String where(Settings settings) {
        return Objects.requireNonNullElse(settings.origin(parameter), parameter);
    }

    /// What is wrong if no table is named.
    public String badTable() {
        return "restriction "
                + name
                + ": bad argument \""
                + (argument.isEmpty() ? name : argument)
                + "\": need maptype:mapname";
    }

    /// A number of at most nine digits; -1 for all else.
    public int number() {
        boolean digits = argument.chars().allMatch(c -> c >= '0' && c <= '9');
        return digits && !argument.isEmpty() && argument.length() < 10
                ? Integer.parseInt(argument)
                : -1;
    }
}
