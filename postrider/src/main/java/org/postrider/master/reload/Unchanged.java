package org.postrider.master.reload;

import java.util.List;
import java.util.function.Consumer;
import org.postrider.config.Settings;
import org.postrider.log.ConfigurationEvent;

/// What a reload cannot change: it goes on as it was, and that is said.
final class Unchanged {
    private static final List<String> NAMES =
            List.of(
                    "maillog_file",
                    "maillog_json_file",
                    "postrider_trace_size_limit",
                    "postrider_trace_lifetime",
                    "data_directory",
                    "mail_owner");

    private Unchanged() {}

    /// A sentence for each that is set otherwise now, for who reloads and for the log.
    static void say(
            Settings before,
            Settings after,
            Consumer<String> lines,
            Consumer<ConfigurationEvent> events) {
        for (String name : NAMES) {
            String old = String.valueOf(before.text(name));
            String wanted = String.valueOf(after.text(name));
            if (!old.equals(wanted)) {
                ConfigurationEvent event = new ConfigurationEvent.Unchanged(name, wanted, old);
                lines.accept("postfix: " + event.line());
                events.accept(event);
            }
        }
    }
}
