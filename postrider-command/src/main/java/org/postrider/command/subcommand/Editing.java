package org.postrider.command.subcommand;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.postrider.command.CommandException;
import org.postrider.command.Terminal;
import org.postrider.command.postconf.Postconf;
import org.postrider.config.ServiceSettings;

/// What such a command has to do with: the configuration, how it is edited, and to whom it speaks.
///
/// @param say a line for who typed the command, and for the log
public record Editing(
        ServiceSettings settings, Path directory, Terminal terminal, Consumer<String> say) {
    /// Sets or takes out, by `postconf`.
    void postconf(List<String> words) {
        List<String> all = new ArrayList<>(List.of("-c", directory.toString()));
        all.addAll(words);
        if (new Postconf(terminal).run(all.toArray(String[]::new)) != 0) {
            throw new CommandException(1, directory + "/main.cf is left as it is");
        }
    }

    /// Sets `name = value` each.
    void edit(List<String> settings) {
        List<String> words = new ArrayList<>(List.of("-e"));
        words.addAll(settings);
        postconf(words);
    }

    /// Sets `name=value` each.
    public void set(String[] assignments) {
        for (String each : assignments) {
            if (each.indexOf('=') <= 0) {
                throw new CommandException(1, "bad argument: " + each + ": no name=value");
            }
        }
        postconf(List.of(assignments));
    }

    /// As main.cf has it, empty where it does not.
    String set(String name) {
        return settings.place(name) == null ? "" : text(name);
    }

    String text(String name) {
        String text = settings.text(name);
        return text == null ? "" : text;
    }
}
