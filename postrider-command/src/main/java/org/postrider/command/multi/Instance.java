package org.postrider.command.multi;

import org.postrider.command.CommandException;
import org.postrider.command.Terminal;
import org.postrider.command.ToolConfig;
import org.postrider.config.ServiceSettings;

/// A mail system with directories of its own.
///
/// @param name empty for none
/// @param group empty for none
/// @param enabled started, stopped and reloaded with the others
/// @param first the one that names the others
record Instance(Places places, String name, String group, boolean enabled, boolean first) {
    static final String NAME = "multi_instance_name";
    static final String GROUP = "multi_instance_group";
    static final String ENABLE = "multi_instance_enable";
    static final String QUEUE = "queue_directory";
    static final String DATA = "data_directory";
    static final String CONFIGURATION = "config_directory";

    /// What no two of them share.
    ///
    /// @param configuration its directory, as the first one's main.cf names it
    record Places(String configuration, String queue, String data) {}

    static Instance of(String directory, ServiceSettings settings, boolean first) {
        return new Instance(
                new Places(
                        directory,
                        ToolConfig.text(settings, QUEUE, 1),
                        ToolConfig.text(settings, DATA, 1)),
                ToolConfig.text(settings, NAME, 1),
                ToolConfig.text(settings, GROUP, 1),
                enabled(directory, ToolConfig.text(settings, ENABLE, 1)),
                first);
    }

    /// In any case; what is neither yes nor no may mean that it runs.
    private static boolean enabled(String directory, String value) {
        if (!value.equalsIgnoreCase("yes") && !value.equalsIgnoreCase("no")) {
            throw new CommandException(
                    1, "Unexpected " + directory + "/main.cf entry: " + ENABLE + " = " + value);
        }
        return value.equalsIgnoreCase("yes");
    }

    /// Another than the first.
    ///
    /// @param postconf under which name trouble with its main.cf is told
    /// @throws CommandException where that cannot be read
    static Instance read(String directory, String postconf, Terminal terminal) {
        ServiceSettings settings;
        try {
            settings =
                    ToolConfig.unchecked(
                            postconf, 1, ToolConfig.directory(directory, terminal), terminal);
        } catch (CommandException e) {
            terminal.err().print(postconf + ": fatal: " + e.getMessage() + "\n");
            throw new CommandException(
                    1, "Failed to obtain all required " + directory + "/main.cf parameters");
        }
        return of(directory, settings, false);
    }

    String directory() {
        return places.configuration();
    }

    String queue() {
        return places.queue();
    }

    String data() {
        return places.data();
    }

    /// @param given a name, a directory, or `-` for the first
    boolean called(String given) {
        return given.equals("-")
                ? first
                : given.equals(directory()) || !name.isEmpty() && given.equals(name);
    }

    Instance named(String newName, String newGroup) {
        return new Instance(places, newName, newGroup, enabled, first);
    }
}
