package org.postrider.smtpd;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.postrider.access.LocalClients;
import org.postrider.access.Subject;
import org.postrider.authentication.Authentication;
import org.postrider.authentication.AuthenticationParams;
import org.postrider.authentication.Check;
import org.postrider.authentication.MailAuthentication;
import org.postrider.authentication.Outcome;
import org.postrider.config.Settings;
import org.postrider.dmarcrpt.DmarcOutcome;
import org.postrider.dmarcrpt.DmarcResults;
import org.postrider.dmarcrpt.DmarcrptParams;
import org.postrider.dnsbl.DnsLists;
import org.postrider.maps.Tables;
import org.postrider.time.Clock;

/// How a listener checks the authenticity of mail (authentication_checks). Immutable; any thread.
///
/// @param exempt whose mail is not checked
/// @param reports hears what came of mails (dmarc_reporting)
public record Checking(Authentication by, LocalClients exempt, DmarcResults reports) {
    /// One that reports to nobody.
    ///
    /// @see #of(Settings, Tables, Set, DnsLists, Clock, Supplier)
    public static @Nullable Checking of(
            Settings settings,
            Tables tables,
            Set<InetAddress> own,
            @Nullable DnsLists lists,
            Clock clock) {
        return of(settings, tables, own, lists, clock, () -> DmarcResults.NONE);
    }

    /// Null where nothing is checked.
    ///
    /// @param own the machine's addresses (inet_interfaces)
    /// @param lists null if there is no DNS to ask
    /// @param reports who hears what came of mails, asked only where somebody is to hear of it
    /// @throws org.postrider.config.ConfigException if a setting is malformed
    public static @Nullable Checking of(
            Settings settings,
            Tables tables,
            Set<InetAddress> own,
            @Nullable DnsLists lists,
            Clock clock,
            Supplier<DmarcResults> reports) {
        if (lists == null) {
            Authentication.check(settings);
            return null;
        }
        Authentication by =
                Authentication.of(
                        settings,
                        new Authentication.Means(lists.resolver(), lists.threads(), clock));
        return by == null
                ? null
                : new Checking(
                        by,
                        LocalClients.exempt(settings, tables, own),
                        settings.get(DmarcrptParams.REPORTING) ? reports.get() : DmarcResults.NONE);
    }

    /// The mail has its answer.
    ///
    /// @param done what was done with it
    public void told(MailAuthentication mail, Outcome.Done done) {
        if (reports == DmarcResults.NONE) {
            return;
        }
        DmarcOutcome outcome = mail.outcome(done);
        if (outcome != null) {
            reports.took(outcome);
        }
    }

    /// What is wrong with the settings of a listener, for `postfix check`.
    public static List<String> problems(Settings settings) {
        List<String> out = new ArrayList<>(Authentication.problems(settings));
        if (!out.isEmpty() || settings.get(AuthenticationParams.CHECKS).isEmpty()) {
            // A listener without checks may be for our own clients.
            return out;
        }
        String name = AuthenticationParams.CHECKS.name();
        if (Check.of(settings).contains(Check.IPREV)
                && !settings.get(SmtpdParams.PEERNAME_LOOKUP)) {
            out.add(
                    name
                            + ": iprev: with "
                            + SmtpdParams.PEERNAME_LOOKUP.name()
                            + " = no nobody has a name");
        }
        if (settings.get(DmarcrptParams.REPORTING) && !Check.of(settings).contains(Check.DMARC)) {
            out.add(
                    DmarcrptParams.REPORTING.name()
                            + ": "
                            + name
                            + " does not name dmarc: nothing is reported");
        }
        String key = settings.text("arc_sealing_key");
        if (key != null && !key.isBlank() && !Check.of(settings).contains(Check.ARC)) {
            out.add("arc_sealing_key: " + name + " does not name arc: nothing is sealed");
        } else if (key != null
                && !key.isBlank()
                && !settings.get(SmtpdParams.PROXY_FILTER).isEmpty()) {
            out.add(
                    "arc_sealing_key: mail that "
                            + SmtpdParams.PROXY_FILTER.name()
                            + " gives back is not sealed");
        }
        return out;
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
