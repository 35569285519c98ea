package org.postrider.access.list;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.access.authentic.RejectDmarc;
import org.postrider.access.authentic.RejectIprev;
import org.postrider.access.authentic.RejectSigned;
import org.postrider.access.authentic.RejectSpf;
import org.postrider.access.client.MultiRecipientBounce;
import org.postrider.access.client.PermitCertificates;
import org.postrider.access.client.PermitInterfaces;
import org.postrider.access.client.PermitLogin;
import org.postrider.access.client.PermitNakedAddress;
import org.postrider.access.client.PermitNetworks;
import org.postrider.access.client.PlaintextSession;
import org.postrider.access.client.UnauthPipelining;
import org.postrider.access.listed.ListWord;
import org.postrider.access.listed.PermitListed;
import org.postrider.access.listed.RejectListed;
import org.postrider.access.mail.Destination;
import org.postrider.access.mail.MxBackup;
import org.postrider.access.mail.SenderLogin;
import org.postrider.access.mail.Unlisted;
import org.postrider.access.mail.Unverified;
import org.postrider.access.name.HeloSyntax;
import org.postrider.access.name.NonFqdnAddress;
import org.postrider.access.name.UnknownClient;
import org.postrider.access.name.UnknownDomain;
import org.postrider.access.name.UnknownHelo;
import org.postrider.access.policy.CheckPolicyService;
import org.postrider.access.restriction.DeferIf;
import org.postrider.access.restriction.Faulty;
import org.postrider.access.restriction.Means;
import org.postrider.access.restriction.NotBuilt;
import org.postrider.access.restriction.Permit;
import org.postrider.access.restriction.Refuse;
import org.postrider.access.restriction.Restriction;
import org.postrider.access.restriction.Sleep;
import org.postrider.access.restriction.WarnIfReject;
import org.postrider.access.restriction.Word;
import org.postrider.access.table.CheckAccess;
import org.postrider.access.table.CheckCertificate;
import org.postrider.access.table.CheckServers;
import org.postrider.access.table.CheckTable;
import org.postrider.config.Honoured;
import org.postrider.config.Settings;
import org.postrider.maps.TableTypes;

/// Every restriction that there is, a line a name. A name that is not here is not built, if it is
/// one of Postfix's ([Honoured]), or nobody knows it.
public final class Catalogue {
    private interface Maker {
        Restriction restriction(Word word, Means means);
    }

    private interface Check {
        /// Null for nothing.
        @Nullable String of(Word word, Settings settings);
    }

    private static final Check NOTHING = (w, s) -> null;

    /// @param argument a word follows the name
    /// @param fault what is wrong with an argument
    /// @param idle why it decides nothing
    private record Known(boolean argument, Check fault, Check idle, Maker maker) {}

    private static final Map<String, Known> NAMES = names();

    private Catalogue() {}

    private static Map<String, Known> names() {
        Map<String, Known> all = new HashMap<>();
        always(all);
        ofClients(all);
        ofNames(all);
        ofAddresses(all);
        ofTables(all);
        ofServers(all);
        ofLists(all);
        ofAuthenticity(all);
        return Map.copyOf(all);
    }

    private static void always(Map<String, Known> all) {
        plain(all, "permit", (w, m) -> new Permit());
        plain(all, "reject", (w, m) -> Refuse.reject(m.settings()));
        plain(all, "defer", (w, m) -> Refuse.defer(m.settings()));
        plain(all, "defer_if_permit", (w, m) -> new DeferIf(w.name()));
        plain(all, "defer_if_reject", (w, m) -> new DeferIf(w.name()));
        plain(all, "warn_if_reject", (w, m) -> new WarnIfReject());
        argued(
                all,
                "sleep",
                (w, s) -> w.number() >= 0 ? null : badNumber(w),
                (w, m) -> new Sleep(w.number()));
    }

    private static void ofClients(Map<String, Known> all) {
        plain(all, "permit_mynetworks", PermitNetworks::of);
        plain(all, "permit_inet_interfaces", (w, m) -> new PermitInterfaces(m.own()));
        plain(all, "permit_naked_ip_address", (w, m) -> new PermitNakedAddress());
        plain(all, "permit_sasl_authenticated", (w, m) -> new PermitLogin());
        plain(all, "permit_tls_clientcerts", PermitCertificates::of);
        plain(all, "permit_tls_all_clientcerts", PermitCertificates::of);
        plain(all, "reject_plaintext_session", (w, m) -> new PlaintextSession());
        plain(all, "reject_unauth_pipelining", (w, m) -> new UnauthPipelining());
        plain(all, "reject_multi_recipient_bounce", MultiRecipientBounce::of);
        plain(all, "reject_invalid_helo_hostname", HeloSyntax::of);
        plain(all, "reject_invalid_hostname", HeloSyntax::of);
        plain(all, "reject_non_fqdn_helo_hostname", HeloSyntax::of);
        plain(all, "reject_non_fqdn_hostname", HeloSyntax::of);
    }

    private static void ofNames(Map<String, Known> all) {
        plain(all, "reject_unknown_client_hostname", UnknownClient::of);
        plain(all, "reject_unknown_client", UnknownClient::of);
        plain(all, "reject_unknown_reverse_client_hostname", UnknownClient::of);
        plain(all, "reject_unknown_helo_hostname", UnknownHelo::of);
        plain(all, "reject_unknown_hostname", UnknownHelo::of);
        plain(all, "reject_unknown_sender_domain", UnknownDomain::ofSender);
        plain(all, "reject_unknown_address", UnknownDomain::ofSender);
        plain(all, "reject_unknown_recipient_domain", UnknownDomain::ofRecipient);
    }

    private static void ofAddresses(Map<String, Known> all) {
        plain(all, "permit_auth_destination", Destination::of);
        plain(all, "permit_mx_backup", MxBackup::of);
        plain(all, "reject_unauth_destination", Destination::of);
        plain(all, "defer_unauth_destination", Destination::of);
        plain(all, "check_relay_domains", Destination::of);
        plain(all, "reject_non_fqdn_sender", NonFqdnAddress::ofSender);
        plain(all, "reject_non_fqdn_recipient", NonFqdnAddress::ofRecipient);
        plain(all, "reject_unlisted_sender", Unlisted::sender);
        plain(all, "reject_unlisted_recipient", Unlisted::recipient);
        plain(all, "check_recipient_maps", Unlisted::recipient);
        plain(all, "reject_unverified_sender", Unverified::sender);
        plain(all, "reject_unverified_recipient", Unverified::recipient);
        plain(all, "reject_sender_login_mismatch", SenderLogin::of);
        plain(all, "reject_known_sender_login_mismatch", SenderLogin::of);
        plain(all, "reject_authenticated_sender_login_mismatch", SenderLogin::of);
        plain(all, "reject_unauthenticated_sender_login_mismatch", SenderLogin::of);
    }

    private static void ofTables(Map<String, Known> all) {
        table(all, "check_client_access", CheckAccess::client);
        table(all, "check_reverse_client_hostname_access", CheckAccess::reverseClient);
        table(all, "check_helo_access", CheckAccess::helo);
        table(all, "check_sender_access", CheckAccess::sender);
        table(all, "check_recipient_access", CheckAccess::recipient);
        table(all, "check_sasl_access", CheckAccess::login);
        table(all, "check_etrn_access", CheckAccess::etrn);
        argued(
                all,
                "check_ccert_access",
                (w, s) -> CheckCertificate.fault(w),
                CheckCertificate::of);
        argued(all, "check_policy_service", CheckPolicyService::fault, CheckPolicyService::of);
    }

    private static void ofServers(Map<String, Known> all) {
        for (String of :
                List.of("client", "reverse_client_hostname", "helo", "sender", "recipient")) {
            for (String kind : List.of("a", "mx", "ns")) {
                table(all, "check_" + of + "_" + kind + "_access", CheckServers::of);
            }
        }
    }

    private static void ofLists(Map<String, Known> all) {
        listed(all, "reject_rbl_client", RejectListed::client);
        listed(all, "reject_rbl", RejectListed::client);
        listed(all, "reject_rhsbl_client", RejectListed::clientName);
        listed(all, "reject_rhsbl_reverse_client", RejectListed::reverseClient);
        listed(all, "reject_rhsbl_helo", RejectListed::helo);
        listed(all, "reject_rhsbl_sender", RejectListed::sender);
        listed(all, "reject_rhsbl_recipient", RejectListed::recipient);
        all.put(
                "reject_maps_rbl",
                new Known(
                        false,
                        (w, s) -> RejectListed.mapsFault(s),
                        (w, s) -> RejectListed.mapsIdle(s),
                        RejectListed::maps));
        listed(all, "permit_dnswl_client", PermitListed::client);
        listed(all, "permit_rhswl_client", PermitListed::clientName);
    }

    /// Of our own; Postfix has none.
    private static void ofAuthenticity(Map<String, Known> all) {
        for (String name :
                List.of(
                        "reject_spf_fail",
                        "reject_spf_softfail",
                        "reject_spf_permerror",
                        "reject_spf_helo_fail")) {
            authentic(all, name, RejectSpf::fault, RejectSpf::of);
        }
        authentic(all, "reject_iprev_fail", RejectIprev::fault, RejectIprev::of);
        authentic(all, "reject_dkim_fail", RejectSigned::dkimFault, RejectSigned::dkim);
        authentic(all, "reject_dkim_none", RejectSigned::dkimFault, RejectSigned::dkim);
        authentic(all, "reject_arc_fail", RejectSigned::arcFault, RejectSigned::arc);
        authentic(all, "reject_dmarc", RejectDmarc::fault, RejectDmarc::of);
    }

    private static void authentic(Map<String, Known> all, String name, Check fault, Maker maker) {
        all.put(name, new Known(false, fault, NOTHING, maker));
    }

    private static void listed(Map<String, Known> all, String name, Maker maker) {
        Check fault = (w, s) -> ListWord.fault(w);
        all.put(name, new Known(true, fault, (w, s) -> ListWord.idle(w), maker));
    }

    private static void plain(Map<String, Known> all, String name, Maker maker) {
        all.put(name, new Known(false, NOTHING, NOTHING, maker));
    }

    private static void table(Map<String, Known> all, String name, Maker maker) {
        argued(all, name, (w, s) -> w.argument().indexOf(':') < 0 ? w.badTable() : null, maker);
    }

    /// What is wrong with the type of a table that is asked for by itself; null for nothing. Asked,
    /// it fails: clients are told to come again.
    static @Nullable String badType(Word word) {
        String spec = word.name().startsWith("proxy:") ? word.name().substring(6) : word.name();
        int colon = spec.indexOf(':');
        String type = colon <= 0 ? "" : spec.substring(0, colon);
        boolean known =
                type.isEmpty()
                        || type.equals("proxy")
                        || TableTypes.names().contains(type)
                        || Honoured.list().entry(Honoured.Kind.TABLE, type) != null;
        return known || NAMES.containsKey(word.name())
                ? null
                : word.name() + ": unsupported dictionary type: " + type;
    }

    private static void argued(Map<String, Known> all, String name, Check fault, Maker maker) {
        all.put(name, new Known(true, fault, NOTHING, maker));
    }

    private static String badNumber(Word word) {
        return word.argument().isEmpty()
                ? "restriction sleep must be followed by number"
                : "restriction sleep: bad argument \"" + word.argument() + "\": need digits";
    }

    /// Those of them that Postfix does not have.
    public static Set<String> own() {
        Map<String, Known> own = new HashMap<>();
        ofAuthenticity(own);
        return Set.copyOf(own.keySet());
    }

    /// All that is built.
    public static Set<String> built() {
        return NAMES.keySet();
    }

    /// Whether a word follows a name, built or not.
    static boolean takesArgument(String name) {
        Known known = NAMES.get(name);
        return known == null ? postfixs(name) : known.argument();
    }

    /// Whether it is a restriction, built or not.
    ///
    /// @param name lower case
    static boolean knows(String name) {
        return NAMES.containsKey(name) || postfixs(name);
    }

    private static boolean postfixs(String name) {
        return Honoured.list().entry(Honoured.Kind.RESTRICTION, name) != null;
    }

    /// What keeps a restriction from being asked, in Postfix's words if it has some; null for
    /// nothing, and for one that is only not built.
    static @Nullable String fault(Word word, Settings settings) {
        Known known = NAMES.get(word.name());
        if (known != null) {
            return known.fault().of(word, settings);
        }
        if (word.name().startsWith("{") && word.name().indexOf(':') > 0) {
            // Options of a restriction stand behind its name; only their table has braces.
            return "malformed map specification: '" + word.name() + "'";
        }
        boolean table = word.name().indexOf(':') > 0;
        return table || postfixs(word.name())
                ? null
                : "unknown smtpd restriction: \"" + word.name() + "\"";
    }

    /// Why a restriction without a fault decides nothing, in Postfix's words; null if it does.
    static @Nullable String idle(Word word, Settings settings) {
        Known known = NAMES.get(word.name());
        return known == null ? null : known.idle().of(word, settings);
    }

    /// @param word no restriction class
    static Restriction restriction(Word word, Means means) {
        if (word.name().indexOf(':') > 0) {
            // One that cannot be a table fails when it is asked, in the name of what it is about.
            return CheckTable.of(word, means);
        }
        String fault = fault(word, means.settings());
        if (fault != null) {
            return new Faulty(word.name(), word.argument(), fault);
        }
        Known known = NAMES.get(word.name());
        return known == null
                ? new NotBuilt(word.name(), word.argument(), word.where(means.settings()))
                : known.maker().restriction(word, means);
    }
}
