package org.postrider.command;

import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/// File names of the command line. `bin/` sets a UTF-8 locale, in which the JVM reaches every name
/// that is UTF-8.
public final class OctetPath {
    private OctetPath() {}

    /// @param octets kept as chars
    /// @throws CommandException where the JVM cannot name such a file
    public static Path of(String octets) {
        try {
            return Path.of(
                    new String(
                            octets.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8));
        } catch (InvalidPathException e) {
            throw new CommandException(1, "open " + octets + ": not a file name in UTF-8");
        }
    }
}
