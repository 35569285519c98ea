package org.postrider.smtpd;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.config.Settings;
import org.postrider.maps.StringList;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;

/// smtpd_log_access_permit_actions: what let a client go on is in the log, too. Immutable; any
/// thread.
final class PermitLog {
    private final @Nullable StringList actions;

    PermitLog(Settings settings, Tables tables) {
        List<String> words = settings.get(SmtpdParams.LOG_PERMIT_ACTIONS);
        actions =
                words.isEmpty()
                        ? null
                        : new StringList("smtpd_log_access_permit_actions", words, tables);
    }

    /// A rule by its own name.
    void rule(Restrictions.Rule rule, Restrictions.Stage stage, Transaction t, Session s) {
        if (actions == null) {
            return;
        }
        String name = rule.name();
        if (name.equals("permit")) {
            log(name, stage.subject, Rules.subject(stage, t), "", s);
        } else if (name.equals("permit_auth_destination") || name.equals("permit_mx_backup")) {
            String recipient = Rules.subject(Restrictions.Stage.RECIPIENT, t);
            log(name, "Recipient address", recipient, "", s);
        } else if (name.startsWith("permit_")) {
            log(name, "Client host", t.client.nameAndAddress(), "", s);
        }
    }

    /// A table's result.
    void table(String result, AccessActions.About about, String table, Session s) {
        if (actions != null) {
            log(result, about.what(), about.subject(), "from " + table, s);
        }
    }

    private void log(String action, String what, String subject, String from, Session s) {
        try {
            if (actions != null && actions.contains(action)) {
                String text = "action=" + action + " for " + what + "=" + subject + " " + from;
                s.rejects.log("permit", text);
            }
        } catch (TableException e) {
            s.warn(e);
        }
    }
}
