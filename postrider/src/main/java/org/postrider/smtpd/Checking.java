package org.postrider.smtpd;

import org.jspecify.annotations.Nullable;
import org.postrider.access.LocalClients;
import org.postrider.access.Subject;
import org.postrider.authentication.Authentication;
import org.postrider.authentication.MailAuthentication;
import org.postrider.config.Settings;
import org.postrider.dnsbl.DnsLists;
import org.postrider.maps.Tables;
import org.postrider.time.Clock;

/// How a listener checks the authenticity of mail (authentication_checks). Immutable; any thread.
///
/// @param exempt whose mail is not checked
/// @param filtered a filter before the queue has the content before anything is known of it: then
///   nothing of strangers is taken
public record Checking(Authentication by, LocalClients exempt, boolean filtered) {
    /// Null where nothing is checked.
    ///
    /// @param lists null if there is no DNS to ask
    /// @throws org.postrider.config.ConfigException if a setting is malformed
    static @Nullable Checking of(
            Settings settings,
            Tables tables,
            Smtpd.Machine machine,
            @Nullable DnsLists lists,
            Clock clock) {
        Authentication by =
                lists == null
                        ? null
                        : Authentication.of(
                                settings,
                                new Authentication.Means(lists.resolver(), lists.threads(), clock));
        return by == null
                ? null
                : new Checking(
                        by,
                        LocalClients.exempt(settings, tables, machine.ownAddresses()),
                        !settings.get(SmtpdParams.PROXY_FILTER).isEmpty());
    }

    /// For the mail that begins; null for one that is not checked.
    ///
    /// @throws org.postrider.maps.TableException if nobody can say whether the client is exempt
    public @Nullable MailAuthentication mail(Subject subject) {
        return exempt.contains(subject)
                ? null
                : by.mail(subject.client(), subject.helo(), subject.sender());
    }
}
