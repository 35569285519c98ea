package org.postrider.rights;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A command as pipe_command(3) runs one: stdin is the content, stdout and stderr are one, mode
/// mask 077, a session of its own, no other descriptor, no controlling terminal.
///
/// @param environment all of it; nothing else is passed on, and PATH is the system's default unless
///   it is named here
/// @param place null for the directory of the mail system
public record Command(Line line, Map<String, String> environment, Place place, Limits limits) {
    public Command {
        environment = Map.copyOf(environment);
    }

    public sealed interface Line {
        /// Run as it is, `argv[0]` looked up in PATH.
        record Words(List<String> argv) implements Line {
            public Words {
                argv = List.copyOf(argv);
            }
        }

        /// A line of an alias or of mailbox_command. With no shell given it is run without one if
        /// it holds nothing that a shell would do something with, else by /bin/sh -c.
        ///
        /// @param shell local_command_shell, or empty: words to which the line is added as one
        record Text(String text, String shell) implements Line {}
    }

    /// Where a command begins.
    ///
    /// @param root chroot(2) before the rights are given up, null for none
    /// @param directory where it begins, entered with the identity's rights; null for the root or
    ///   the mail system's own
    public record Place(@Nullable String root, @Nullable String directory) {
        public static final Place ANY = new Place(null, null);

        public static Place in(String directory) {
            return new Place(null, directory);
        }
    }

    /// How far it may go.
    ///
    /// @param time after which it and all it has started are killed
    /// @param output octets of its output that are kept; more is read and dropped
    /// @param fileSize octets of the largest file that it may write (mailbox_size_limit), 0 for any
    public record Limits(Duration time, int output, long fileSize) {}
}
