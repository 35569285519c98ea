package org.postrider.agent;

import org.jspecify.annotations.Nullable;
import org.postrider.config.Settings;
import org.postrider.rights.Account;
import org.postrider.rights.Accounts;
import org.postrider.rights.Identity;

/// `user=NAME` or `user=NAME:GROUP` of a line of master.cf: with whose rights its command runs.
/// Never root's and never the mail system's.
///
/// @param group null for the user's own
public record ServiceUser(String name, @Nullable String group) {
    public static ServiceUser of(String value) {
        int colon = value.indexOf(':');
        return colon < 0
                ? new ServiceUser(value, null)
                : new ServiceUser(value.substring(0, colon), value.substring(colon + 1));
    }

    /// Who that is, or why nothing runs.
    public sealed interface Found {
        record Known(Identity identity) implements Found {}

        /// @param owner mail_owner or setgid_group, where it is the mail system's
        record Refused(Why why, String name, String owner, int number) implements Found {}

        /// Nobody can say now.
        record Unanswered(String why) implements Found {}
    }

    /// What is wrong with it.
    public enum Why {
        NO_USER,
        NO_GROUP,
        ROOT,
        OWNER,
        ROOT_GROUP,
        OWNER_GROUP,
        SUBMISSION_GROUP
    }

    /// Asks anew: an account may be made while the server runs.
    public Found find(Accounts accounts, Settings settings) {
        try {
            return found(accounts, settings);
        } catch (Accounts.LookupException e) {
            return new Found.Unanswered("user " + name + ": " + e.getMessage());
        }
    }

    private Found found(Accounts accounts, Settings settings) {
        String owner = String.valueOf(settings.text("mail_owner"));
        String submission = String.valueOf(settings.text("setgid_group"));
        Account account = accounts.named(name);
        if (account == null) {
            return new Found.Refused(Why.NO_USER, name, owner, 0);
        }
        int gid = account.gid();
        if (group != null) {
            Integer other = accounts.group(group);
            if (other == null) {
                return new Found.Refused(Why.NO_GROUP, group, owner, 0);
            }
            gid = other;
        }
        Account mail = accounts.named(owner);
        Integer setgid = accounts.group(submission);
        if (account.uid() == 0) {
            return new Found.Refused(Why.ROOT, name, owner, 0);
        }
        if (mail != null && account.uid() == mail.uid()) {
            return new Found.Refused(Why.OWNER, name, owner, account.uid());
        }
        if (gid == 0) {
            return new Found.Refused(Why.ROOT_GROUP, name, owner, 0);
        }
        if (mail != null && gid == mail.gid()) {
            return new Found.Refused(Why.OWNER_GROUP, name, owner, gid);
        }
        if (setgid != null && gid == setgid) {
            return new Found.Refused(Why.SUBMISSION_GROUP, name, submission, gid);
        }
        return new Found.Known(Identity.of(name, account.uid(), gid));
    }
}
