package org.postrider.access.restriction;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.access.AccessParams;
import org.postrider.access.LogLine;
import org.postrider.access.Stage;
import org.postrider.config.Settings;
import org.postrider.maps.StringList;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;

/// smtpd_log_access_permit_actions: what let a client go on is in the log, too. Immutable; any
/// thread.
public final class PermitLog {
    private final @Nullable StringList actions;

    private PermitLog(Settings settings, Tables tables) {
        List<String> words = settings.get(AccessParams.LOG_PERMIT_ACTIONS);
        String name = AccessParams.LOG_PERMIT_ACTIONS.name();
        actions = words.isEmpty() ? null : new StringList(name, words, tables);
    }

    public static PermitLog of(Means means) {
        return means.shared(PermitLog.class, m -> new PermitLog(m.settings(), m.tables()));
    }

    /// A restriction by its own name.
    public void rule(Rule rule, Question q) {
        if (actions == null || !rule.name().startsWith("permit")) {
            return;
        }
        Named about =
                rule.name().equals("permit")
                        ? q.named()
                        : Named.of(rule.about(Stage.CLIENT), q.subject());
        action(rule.name(), about.what(), about.subject(), "", q);
    }

    /// A table's result.
    ///
    /// @param what and subject what was looked up
    public void result(String result, String what, String subject, String table, Question q) {
        if (actions != null) {
            action(result, what, subject, "from " + table, q);
        }
    }

    private void action(String action, String what, String subject, String from, Question q) {
        try {
            if (actions != null && actions.contains(action)) {
                String text = "action=" + action + " for " + what + "=" + subject + " " + from;
                q.wants(new LogLine.Action("permit", text));
            }
        } catch (TableException e) {
            q.warn(e);
        }
    }
}
