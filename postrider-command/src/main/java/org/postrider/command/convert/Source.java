package org.postrider.command.convert;

import org.postrider.command.CommandException;

/// A place in a file that is converted.
///
/// @param file as it was named
/// @param line from 1
record Source(String file, int line) {
    /// The file cannot be read from here on.
    CommandException wrong(String why) {
        return new CommandException(1, file + ":" + line + ": " + why);
    }

    @Override
    public String toString() {
        return file + ":" + line;
    }
}
