package org.postrider.command.convert;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.command.convert.Macros.Call;
import org.postrider.command.convert.SendmailTables.Row;
import org.postrider.maps.Fold;

/// The access table, RELAY_DOMAIN and what else says who may send through this host, as access
/// tables by tag, relay_domains and smtpd_relay_restrictions. One thread.
final class SendmailAccess {
    private static final String REJECTED = "550 5.7.1 Access denied";
    private static final String NO_MAILBOX = "550 5.2.1 Mailbox disabled for this recipient";
    private static final String ADDRESS = "[0-9.]+|[0-9A-Fa-f:]*:[0-9A-Fa-f:]*";

    private final Converted out;
    private final SendmailTables tables;
    private final SendmailClasses classes;
    private boolean recipients;
    private String rejected = REJECTED;
    private String disabled = NO_MAILBOX;

    SendmailAccess(Converted out, SendmailTables tables, SendmailClasses classes) {
        this.out = out;
        this.tables = tables;
        this.classes = classes;
    }

    /// confREJECT_MSG and confRCPTREJ_MSG.
    void texts(@Nullable Call reject, @Nullable Call recipient) {
        rejected = text(reject, REJECTED);
        disabled = text(recipient, NO_MAILBOX);
    }

    private static String text(@Nullable Call c, String usual) {
        String text = c == null ? "" : c.arg(1).replaceAll("^\"|\"$", "");
        return text.matches("[45]\\d\\d .+") ? text : usual;
    }

    /// Who may relay because of RELAY_DOMAIN: clients of these names and addresses, and mail to
    /// them.
    void relayDomains() {
        for (SendmailClasses.Member m : classes.of("R")) {
            String name = m.name().replaceFirst("^IPv6:", "");
            out.row("access_relay", name, "OK");
            if (!name.matches(ADDRESS)) {
                out.add(m.at(), "relay_domains", name);
            }
        }
    }

    /// Splits the access table by its tags.
    ///
    /// @param recipients whether recipients are looked for
    void table(Call c, boolean recipients) {
        this.recipients = recipients;
        for (Row r : tables.rows(c, c.arg(1), "/etc/mail/access")) {
            row(r);
        }
        String[][] lists = {
            {"access_connect", "smtpd_client_restrictions", "check_client_access "},
            {"access_from", "smtpd_sender_restrictions", "check_sender_access "},
            {"access_to", "smtpd_recipient_restrictions", "check_recipient_access "}
        };
        for (String[] each : lists) {
            if (out.has(each[0])) {
                out.add(c.at(), each[1], each[2] + Converted.reference(each[0]));
            }
        }
    }

    private void row(Row r) {
        int colon = r.key().startsWith("IPv6:") ? -1 : r.key().indexOf(':');
        String tag = colon < 0 ? "" : Fold.lower(r.key().substring(0, colon));
        String key = r.key().substring(colon + 1).replaceFirst("^IPv6:", "");
        if (tag.equals("authinfo")) {
            tables.authinfo(r, key);
            return;
        }
        if (!Set.of("", "connect", "from", "to").contains(tag)) {
            out.note(r.at(), r.key() + " " + r.value(), tagged(tag));
            return;
        }
        String result = result(r.value(), rejected);
        String refused = result(r.value(), disabled);
        if (key.isEmpty() || result == null || refused == null) {
            out.note(r.at(), r.key() + " " + r.value(), "has no counterpart: see access(5)");
            return;
        }
        boolean relay = r.value().strip().equals("RELAY");
        switch (tag) {
            case "connect" -> out.row(relay ? "access_relay" : "access_connect", key, result);
            case "from" -> {
                if (relay) {
                    out.note(
                            r.at(),
                            r.key() + " RELAY",
                            "who only says a sender is trusted by nobody here");
                }
                out.row("access_from", key, result);
            }
            case "to" -> {
                if (relay && key.contains("@")) {
                    out.note(r.at(), r.key() + " RELAY", "relay_domains takes domains, not users");
                } else if (relay) {
                    out.add(r.at(), "relay_domains", key);
                } else {
                    recipient(r, key, refused);
                }
            }
            default -> untagged(r, key, result, refused, relay);
        }
    }

    private void recipient(Row r, String key, String result) {
        if (!recipients) {
            out.note(
                    r.at(),
                    r.key() + " " + r.value(),
                    "Sendmail does not ask for it without FEATURE(blacklist_recipients)");
        } else if (key.endsWith("@")) {
            // A user without a domain is one of this host's.
            out.row("access_to", key + classes.host(), result);
            out.row("access_to", key + "localhost", result);
            classes.names("w").forEach(name -> out.row("access_to", key + name, result));
        } else {
            out.row("access_to", key, result);
        }
    }

    private void untagged(Row r, String key, String result, String refused, boolean relay) {
        boolean address = key.matches(ADDRESS);
        if (relay) {
            if (!key.contains("@")) {
                out.row("access_relay", key, "OK");
            }
            if (!address && !key.contains("@")) {
                out.add(r.at(), "relay_domains", key);
            }
            if (!address) {
                out.row("access_from", key, result);
            }
            return;
        }
        if (!key.contains("@")) {
            out.row("access_connect", key, result);
        }
        if (!address) {
            out.row("access_from", key, result);
            if (recipients) {
                recipient(r, key, refused);
            }
        }
    }

    private static String tagged(String tag) {
        return switch (tag) {
            case "greetpause" -> "see postscreen_greet_wait";
            case "clientrate" -> "see smtpd_client_connection_rate_limit";
            case "clientconn" -> "see smtpd_client_connection_count_limit";
            case "tls_srv", "try_tls", "tls_rcpt" -> "see smtp_tls_policy_maps";
            case "tls_clt", "srv_features", "clt_features" ->
                    "see smtpd_tls_security_level, smtpd_discard_ehlo_keyword_address_maps";
            case "spam" -> "see smtpd_restriction_classes";
            default -> "this tag has no counterpart";
        };
    }

    /// As access(5) says it; null for what it does not know.
    private static @Nullable String result(String value, String rejected) {
        String text = value.strip().replaceAll("^\"|\"$", "");
        if (text.matches("OK|RELAY")) {
            return "OK";
        }
        if (text.equals("REJECT")) {
            return rejected;
        }
        if (text.equals("DISCARD")) {
            return text;
        }
        if (text.equals("SKIP")) {
            return "DUNNO";
        }
        if (text.startsWith("QUARANTINE:")) {
            return "HOLD " + text.substring(11);
        }
        String rest = text.replaceFirst("^ERROR:", "").replaceAll("^\"|\"$", "");
        String status = "";
        if (rest.matches("\\d\\.\\d+\\.\\d+:.*")) {
            status = rest.substring(0, rest.indexOf(':')) + " ";
            rest = rest.substring(rest.indexOf(':') + 1).replaceAll("^\"|\"$", "");
        }
        if (!rest.matches("[45]\\d\\d .+")) {
            return null;
        }
        boolean twice = rest.matches("\\d+ [245]\\.\\d+\\.\\d+ .*");
        return rest.substring(0, 4) + (twice ? "" : status) + rest.substring(4);
    }

    /// smtpd_relay_restrictions, after who may relay is known.
    ///
    /// @param entire FEATURE(relay_entire_domain)
    /// @param mx FEATURE(relay_based_on_MX)
    void relay(Source end, @Nullable Call entire, @Nullable Call mx) {
        StringBuilder relay = new StringBuilder("permit_mynetworks, permit_sasl_authenticated");
        if (out.has("access_relay")) {
            relay.append(", check_client_access ").append(Converted.reference("access_relay"));
        }
        if (entire != null) {
            out.add(entire.at(), "relay_domains", "$mydomain");
            relay.append(", check_client_access inline:{{$mydomain = OK}}");
        }
        if (mx != null) {
            relay.append(", permit_mx_backup");
        }
        relay.append(", reject_unauth_destination");
        out.set(end, "smtpd_relay_restrictions", relay.toString());
        out.set(end, "relay_domains_reject_code", "550");
        for (String each : List.of("unknown_address_reject_code", "non_fqdn_reject_code")) {
            out.set(end, each, "553");
        }
        out.set(end, "maps_rbl_reject_code", "550");
    }
}
