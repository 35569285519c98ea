package org.postrider.smtp.policy;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.config.ConfigException;
import org.postrider.maps.AddressMaps;
import org.postrider.maps.Table;
import org.postrider.maps.Tables;
import org.postrider.sasl.SecurityOption;
import org.postrider.smtp.ClientSettings;
import org.postrider.smtp.Protocol;
import org.postrider.smtp.SmtpLoginParams;
import org.postrider.smtp.SmtpTlsParams;
import org.postrider.smtp.Twin;
import org.postrider.smtp.route.Destination;
import org.postrider.smtp.route.Server;

/// Resolves the [Login] for mail of a sender to a server of a next hop (smtp_sasl_password_maps).
/// Immutable; any thread.
///
/// @param title of the tables in the log: their parameter
/// @param enabled smtp_sasl_auth_enable
/// @param fault why nobody can log in, the setting named; null where they can
/// @param passwords null where nobody logs in
/// @param senders null where passwords do not depend on senders
/// @param delimiter between name and password
public record Logins(
        String title,
        boolean enabled,
        @Nullable String fault,
        @Nullable Table passwords,
        @Nullable AddressMaps senders,
        char delimiter) {
    private static final String CYRUS = "cyrus";
    private static final List<Twin<List<String>>> OPTIONS =
            List.of(
                    SmtpLoginParams.SECURITY_OPTIONS,
                    SmtpLoginParams.TLS_SECURITY_OPTIONS,
                    SmtpLoginParams.TLS_VERIFIED_SECURITY_OPTIONS);

    static Logins of(ClientSettings settings, Tables tables) {
        List<String> maps = settings.get(SmtpLoginParams.PASSWORD_MAPS);
        String title = settings.name(SmtpLoginParams.PASSWORD_MAPS);
        if (!settings.get(SmtpLoginParams.AUTH_ENABLE)) {
            return new Logins(title, false, null, null, null, ':');
        }
        String fault = fault(settings);
        if (fault != null) {
            return new Logins(title, true, fault, null, null, ':');
        }
        String delimiters = String.valueOf(settings.text("recipient_delimiter"));
        // LMTP has the parameter, and Postfix asks by senders in SMTP alone.
        boolean bySender =
                settings.protocol() == Protocol.SMTP
                        && settings.get(SmtpLoginParams.SENDER_DEPENDENT_AUTHENTICATION);
        return new Logins(
                title,
                true,
                null,
                tables.chain(title, maps),
                bySender ? new AddressMaps(title, maps, tables, delimiters) : null,
                settings.get(SmtpLoginParams.RESULT_DELIMITER).charAt(0));
    }

    /// What keeps this client from any login, the setting named; null for nothing.
    public static @Nullable String fault(ClientSettings settings) {
        if (!settings.get(SmtpLoginParams.AUTH_ENABLE)) {
            return null;
        }
        if (settings.get(SmtpLoginParams.PASSWORD_MAPS).isEmpty()) {
            return settings.name(SmtpLoginParams.AUTH_ENABLE)
                    + " = yes wants "
                    + settings.name(SmtpLoginParams.PASSWORD_MAPS);
        }
        String type = settings.get(SmtpLoginParams.TYPE);
        if (!type.equals(CYRUS)) {
            return settings.name(SmtpLoginParams.TYPE)
                    + ": unsupported SASL client implementation: "
                    + type;
        }
        if (settings.get(SmtpLoginParams.RESULT_DELIMITER).length() != 1) {
            return settings.name(SmtpLoginParams.RESULT_DELIMITER) + ": not one character";
        }
        try {
            for (Twin<List<String>> each : OPTIONS) {
                SecurityOption.parse(settings.get(each), settings.name(each));
            }
        } catch (ConfigException e) {
            return String.valueOf(e.getMessage());
        }
        return null;
    }

    /// Whether a server that offers no STARTTLS gets the password in clear. smtp_tls_policy_maps
    /// and per-site tables may ask more of single destinations.
    ///
    /// @return main.cf's level of TLS, at which it does; null where it does not
    public static @Nullable TlsLevel inClear(ClientSettings settings) {
        if (!settings.get(SmtpLoginParams.AUTH_ENABLE) || fault(settings) != null) {
            return null;
        }
        TlsLevel level = TlsPolicyEntry.ofMain(settings).level();
        Set<SecurityOption> options =
                SecurityOption.parse(
                        settings.get(SmtpLoginParams.SECURITY_OPTIONS),
                        settings.name(SmtpLoginParams.SECURITY_OPTIONS));
        // Where a domain has no records, dane is may.
        boolean open = level == TlsLevel.NONE || level == TlsLevel.MAY || level == TlsLevel.DANE;
        return open
                        && !options.contains(SecurityOption.NOPLAINTEXT)
                        && !settings.get(SmtpTlsParams.WRAPPERMODE)
                ? level
                : null;
    }

    /// @param to its text as it was written
    /// @throws org.postrider.maps.TableException where the table cannot answer
    Login of(Address sender, Destination to, Server server) {
        Table table = passwords;
        if (table == null) {
            return Login.NONE;
        }
        AddressMaps bySender = senders;
        String found = bySender == null || sender.isNull() ? null : bySender.lookup(sender, false);
        if (found != null) {
            return Login.User.of(found, delimiter, sender.text());
        }
        found = table.lookup(server.name());
        if (found == null) {
            found = table.lookup(to.text());
        }
        return found == null ? Login.NONE : Login.User.of(found, delimiter, "");
    }
}
