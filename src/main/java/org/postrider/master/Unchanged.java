package org.postrider.master;

import java.util.ArrayList;
import java.util.List;
import org.postrider.config.Settings;

/// What a reload cannot change: it goes on as it was, and that is said.
final class Unchanged {
    private static final List<String> NAMES =
            List.of("maillog_file", "data_directory", "mail_owner");

    private Unchanged() {}

    /// A sentence for each that is set otherwise now.
    static List<String> between(Settings before, Settings after) {
        List<String> out = new ArrayList<>();
        for (String name : NAMES) {
            String old = String.valueOf(before.text(name));
            String wanted = String.valueOf(after.text(name));
            if (!old.equals(wanted)) {
                out.add(
                        name
                                + " = "
                                + wanted
                                + " waits for a stop and start; until then it is "
                                + (old.isEmpty() ? "empty" : old));
            }
        }
        return out;
    }
}
