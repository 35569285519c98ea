package org.postrider.command.stone;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.command.CommandException;

/// The user in whose name smtp-sink serves: no program takes mail with root's rights, so that root
/// has to name one, and the program is started again with his.
record OtherUser(String name, String group) {
    private static final String ROOT = "root";

    /// Null where this process is the one that serves.
    ///
    /// @param named by the command line
    static @Nullable OtherUser of(@Nullable String named) throws IOException {
        String own = String.valueOf(System.getProperty("user.name"));
        if (named == null && own.equals(ROOT)) {
            throw new CommandException(1, "-u option is required if running as root");
        }
        if (named == null || named.equals(own)) {
            return null;
        }
        String group = group(named);
        if (!own.equals(ROOT)) {
            throw new CommandException(1, "setgid(" + group + "): Operation not permitted");
        }
        return new OtherUser(named, group);
    }

    private static String group(String user) throws IOException {
        Process asked =
                new ProcessBuilder("id", "-g", user)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        asked.getOutputStream().close();
        byte[] said = asked.getInputStream().readAllBytes();
        String group = new String(said, StandardCharsets.US_ASCII).strip();
        if (group.isEmpty()) {
            throw new CommandException(1, "unknown user: " + user);
        }
        return group;
    }

    /// Starts the program in his name.
    Process start(Path program, String[] args) throws IOException {
        List<String> words = new ArrayList<>();
        words.add("setpriv");
        words.addAll(List.of("--reuid=" + name, "--regid=" + group, "--init-groups"));
        words.addAll(List.of("--inh-caps=-all", "--", program.toString()));
        words.addAll(List.of(args));
        return new ProcessBuilder(words).inheritIO().start();
    }
}
