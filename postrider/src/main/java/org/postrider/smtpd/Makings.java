package org.postrider.smtpd;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.access.LocalClients;
import org.postrider.anvil.RateLimits;
import org.postrider.cleanup.CleanupService;
import org.postrider.config.Param;
import org.postrider.config.Settings;
import org.postrider.maps.NetworkList;
import org.postrider.maps.StringList;
import org.postrider.maps.Tables;
import org.postrider.smtpd.tls.SmtpdTls;
import org.postrider.verify.ProbeSender;

/// What the verbs of one listener are made with. Each takes its own from it and keeps nothing else.
///
/// @param guards how its sessions are encrypted and authenticated
/// @param probes who verifies addresses: mail that comes back is taken
public record Makings(
        Settings settings,
        Tables tables,
        CleanupService cleanup,
        Guards guards,
        ProbeSender probes,
        Smtpd.Machine machine) {
    /// @param limits what a login, sender or domain may have of mail; null for no limits
    /// @param checking of the authenticity of mail; null for none
    public record Guards(
            SmtpdTls tls,
            SmtpdSasl sasl,
            @Nullable RateLimits limits,
            @Nullable Checking checking) {}

    /// A list of words and tables of words.
    public StringList words(Param<List<String>> param) {
        return new StringList(param.name(), settings.get(param), tables);
    }

    /// Whose headers are completed as our own users' are.
    public LocalClients localClients() {
        return new LocalClients(settings, tables, machine.ownAddresses());
    }

    /// Whose mail is signed.
    public LocalClients signedClients() {
        return LocalClients.signed(settings, tables, machine.ownAddresses());
    }

    /// A list of clients.
    public NetworkList clients(Param<List<String>> param) {
        return NetworkList.of(settings, param, tables);
    }
}
