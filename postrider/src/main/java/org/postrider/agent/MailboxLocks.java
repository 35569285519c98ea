package org.postrider.agent;

import java.util.ArrayList;
import java.util.List;
import org.postrider.config.ConfigException;
import org.postrider.config.Param;
import org.postrider.config.Settings;
import org.postrider.maps.Fold;
import org.postrider.rights.MailboxRules.Lock;
import org.postrider.rights.MailboxRules.Locks;

/// How mailboxes are locked: mailbox_delivery_lock, virtual_mailbox_lock (mbox_conf(3)).
public final class MailboxLocks {
    private MailboxLocks() {}

    /// The locks that a parameter names, and how long they are tried.
    ///
    /// @throws ConfigException for words that are no locks
    public static Locks of(Settings settings, Param<List<String>> param) {
        boolean dotlockOnly = settings.get(AgentParams.SUN_MAILTOOL_COMPATIBILITY);
        List<Lock> kinds = new ArrayList<>();
        for (String word : settings.get(param)) {
            Lock kind =
                    switch (Fold.lower(word)) {
                        case "flock" -> Lock.FLOCK;
                        case "fcntl" -> Lock.FCNTL;
                        case "dotlock" -> Lock.DOTLOCK;
                        default ->
                                throw new ConfigException(
                                        "unknown " + param.name() + " value \"" + word + "\"");
                    };
            if (!dotlockOnly || kind == Lock.DOTLOCK) {
                kinds.add(kind);
            }
        }
        if (kinds.isEmpty()) {
            throw new ConfigException(
                    "parameter "
                            + param.name()
                            + " specifies no applicable mailbox locking method");
        }
        return new Locks(
                kinds,
                settings.get(AgentParams.DELIVER_LOCK_ATTEMPTS),
                settings.get(AgentParams.DELIVER_LOCK_DELAY),
                settings.get(AgentParams.STALE_LOCK_TIME));
    }
}
