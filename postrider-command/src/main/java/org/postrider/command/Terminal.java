package org.postrider.command;

import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// What a command was started with besides its arguments.
///
/// @param mailConfig the environment's MAIL_CONFIG, null where it is not set
public record Terminal(
        InputStream in, PrintStream out, PrintStream err, @Nullable String mailConfig) {
    /// This process's own. Texts are octets (ISO 8859-1).
    public static Terminal system() {
        return new Terminal(
                System.in,
                new PrintStream(
                        new java.io.FileOutputStream(java.io.FileDescriptor.out),
                        false,
                        StandardCharsets.ISO_8859_1),
                new PrintStream(
                        new java.io.FileOutputStream(java.io.FileDescriptor.err),
                        false,
                        StandardCharsets.ISO_8859_1),
                Octets.environment("MAIL_CONFIG"));
    }
}
