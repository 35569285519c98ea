package org.postrider.command.convert;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postrider.command.convert.Macros.Call;

/// A `sendmail.mc` as main.cf and tables. What it says is collected first, as its order means
/// little, then put together. One thread.
final class SendmailMc {
    private static final String RELAYS = "(relay|esmtp|smtp|smtp8|dsmtp)";

    private final Converted out = new Converted();
    private final SendmailNames names = new SendmailNames();
    private final Map<String, Call> defined = new LinkedHashMap<>();
    private final Map<String, Call> features = new LinkedHashMap<>();
    private final List<Call> milters = new ArrayList<>();
    private final List<Call> lists = new ArrayList<>();
    private final Masquerade masquerade;
    private final SendmailTables tables;
    private final SendmailListeners listeners;
    private boolean raw;
    private Source end = new Source("", 1);

    private SendmailMc(Path directory) {
        tables = new SendmailTables(out, directory);
        masquerade = new Masquerade(out, tables);
        listeners = new SendmailListeners(out);
    }

    /// @param directory where its tables lie (/etc/mail)
    /// @throws org.postrider.command.CommandException with file and line where it cannot be read
    static Converted convert(String file, String text, Path directory) {
        SendmailMc mc = new SendmailMc(directory);
        List<Call> calls = Macros.of(file, text);
        boolean any =
                calls.stream().anyMatch(c -> c.name().matches("define|FEATURE|MAILER|OSTYPE"));
        if (!any) {
            throw new Source(file, 1)
                    .wrong("is no sendmail.mc: no define, FEATURE, MAILER or OSTYPE in it");
        }
        for (Call c : calls) {
            mc.end = c.at();
            mc.take(c);
        }
        mc.all();
        return mc.out;
    }

    private void take(Call c) {
        switch (c.name()) {
            case "" -> text(c);
            case "define" -> defined.put(c.arg(0), c);
            case "undefine" -> defined.remove(c.arg(0));
            case "FEATURE" -> {
                if (c.arg(0).matches("(enh)?dnsbl|rhsbl")) {
                    lists.add(c);
                } else {
                    features.put(c.arg(0), c);
                }
            }
            case "MAILER" -> mailer(c);
            case "DAEMON_OPTIONS" -> listeners.take(c);
            case "INPUT_MAIL_FILTER", "MAIL_FILTER" -> milters.add(c);
            case "LOCAL_DOMAIN" -> tables.local(c, words(c));
            case "MASQUERADE_AS" -> masquerade.as(c);
            case "MASQUERADE_DOMAIN" -> masquerade.domains(c, words(c));
            case "MASQUERADE_DOMAIN_FILE" -> masquerade.domains(c, tables.lines(c, c.arg(0)));
            case "MASQUERADE_EXCEPTION" -> masquerade.exceptions(c, words(c));
            case "EXPOSED_USER" -> masquerade.exposed(words(c));
            case "GENERICS_DOMAIN", "GENERICS_DOMAIN_FILE" -> {
                // Addresses of other domains stand in the table with theirs.
            }
            case "VIRTUSER_DOMAIN" -> each(c, "virtual_alias_domains");
            case "VIRTUSER_DOMAIN_FILE" -> out.add(c.at(), "virtual_alias_domains", path(c));
            case "RELAY_DOMAIN" -> each(c, "relay_domains");
            case "RELAY_DOMAIN_FILE" -> out.add(c.at(), "relay_domains", path(c));
            case "TRUST_AUTH_MECH" -> out.set(c.at(), "smtpd_sasl_auth_enable", "yes");
            case "DOMAIN", "include", "sinclude" -> included(c);
            default -> other(c);
        }
    }

    private static List<String> words(Call c) {
        List<String> out = new ArrayList<>();
        for (String each : c.arg(0).split("[\\s,]+")) {
            if (!each.isEmpty()) {
                out.add(each);
            }
        }
        return out;
    }

    private String path(Call c) {
        return c.arg(0).replaceFirst("^-o\\s+", "");
    }

    private void each(Call c, String parameter) {
        words(c).forEach(word -> out.add(c.at(), parameter, word));
    }

    /// Lines of sendmail.cf itself, behind LOCAL_CONFIG and its like.
    private void text(Call c) {
        String line = c.arg(0);
        if (line.matches("(LOCAL_(CONFIG|RULE_\\d|RULESETS|NET_CONFIG)|MAILER_DEFINITIONS)")) {
            raw = !line.equals("MAILER_DEFINITIONS");
        } else if (raw || line.matches("[CDFKORSHMPTV][\\w{].*")) {
            if (line.matches("C[wM].*")) {
                List<String> all = List.of(line.substring(2).strip().split("\\s+"));
                tables.local(c, all);
            } else if (line.matches("Dj.*")) {
                out.set(c.at(), "myhostname", line.substring(2).strip());
            } else if (line.matches("DS.+")) {
                defined.put(
                        "SMART_HOST",
                        new Call(c.at(), "define", List.of("SMART_HOST", line.substring(2))));
            } else {
                out.note(c.at(), line, "rules and settings of sendmail.cf have no counterpart");
            }
        }
    }

    private void mailer(Call c) {
        switch (c.arg(0)) {
            case "local", "smtp" -> {}
            case "procmail" -> defined.putIfAbsent("postconvert_procmail", c);
            case "cyrus", "cyrusv2" ->
                    out.note(
                            c.at(),
                            "MAILER(" + c.arg(0) + ")",
                            "see mailbox_transport = lmtp:unix:PATH");
            default ->
                    out.note(
                            c.at(),
                            "MAILER(" + c.arg(0) + ")",
                            "a service of pipe(8) in master.cf calls programs");
        }
    }

    private void included(Call c) {
        if (!c.arg(0).matches(".*(cf\\.m4|generic|debian-mta|debian-msp)")) {
            out.note(
                    c.at(),
                    c.name() + "(" + c.arg(0) + ")",
                    "the file is not read: convert it, too");
        }
    }

    private void other(Call c) {
        SendmailNames.Entry e = names.find("macro", c.name());
        if (e == null && c.name().matches("[A-Z_]+")) {
            out.note(c.at(), c.name(), "is not known");
        } else if (e == null
                && c.name().matches("if(def|else)|pushdef|popdef|eval|syscmd|esyscmd")) {
            out.note(c.at(), c.name(), "m4 is not expanded: write what it comes to");
        } else if (e != null && e.how().equals("lost")) {
            out.note(c.at(), c.name() + "(" + c.arg(0) + ")", e.what());
        }
    }

    // ---- all of it together

    private void all() {
        out.set(new Source(end.file(), 1), "compatibility_level", "3.6");
        Call nullclient = features.remove("nullclient");
        hostName();
        if (nullclient != null) {
            nullclient(nullclient);
        } else {
            smartHost(defined.remove("SMART_HOST"));
            local();
            access();
            listeners.all();
        }
        boolean envelope = features.containsKey("masquerade_envelope");
        masquerade.all(
                envelope || nullclient != null,
                features.containsKey("allmasquerade") || nullclient != null,
                features.containsKey("masquerade_entire_domain"),
                features.containsKey("limited_masquerade"),
                features.remove("genericstable"));
        filters();
        tls();
        defined.values().forEach(this::define);
        features.values().forEach(this::feature);
    }

    private void hostName() {
        Call c = defined.remove("confDOMAIN_NAME");
        if (c == null) {
            return;
        }
        String value = c.arg(1);
        if (value.matches("\\$w\\..+")) {
            out.set(c.at(), "mydomain", value.substring(3));
        } else if (value.contains("$")) {
            out.note(c.at(), "confDOMAIN_NAME = " + value, "is made of macros: set myhostname");
        } else {
            out.set(c.at(), "myhostname", value);
        }
    }

    private void nullclient(Call c) {
        smartHost(new Call(c.at(), "define", List.of("SMART_HOST", c.arg(1))));
        defined.remove("SMART_HOST");
        defined.remove("MAIL_HUB");
        defined.remove("ALIAS_FILE");
        out.set(c.at(), "mydestination", "");
        out.set(c.at(), "local_transport", "error:5.1.1 local delivery is disabled");
        out.set(c.at(), "inet_interfaces", "loopback-only");
        masquerade.asUnlessSaid(c, c.arg(1).replaceFirst("^\\w+:", ""));
    }

    private void smartHost(@Nullable Call c) {
        if (c == null || c.arg(1).isEmpty()) {
            return;
        }
        String value = c.arg(1);
        String mailer = "relay";
        if (value.matches(RELAYS + ":.*")) {
            mailer = value.substring(0, value.indexOf(':'));
            value = value.substring(value.indexOf(':') + 1);
        } else if (value.matches("[\\w-]+:.*")) {
            out.note(c.at(), "SMART_HOST = " + value, "its mailer is not SMTP: see transport_maps");
            return;
        }
        String first = value;
        int next = value.startsWith("[") ? value.indexOf("]:") + 1 : value.indexOf(':');
        if (next > 0) {
            first = value.substring(0, next);
            String rest = value.substring(next + 1).replaceAll(":(?![^\\[]*])", ", ");
            out.set(c.at(), "smtp_fallback_relay", rest);
        }
        if (first.startsWith("[IPv6:")) {
            first = "[ipv6:" + first.substring(6);
        }
        out.set(c.at(), "relayhost", first + port(mailer));
    }

    /// `define(`RELAY_MAILER_ARGS', `TCP $h 587')`.
    private String port(String mailer) {
        String name =
                switch (mailer) {
                    case "esmtp" -> "ESMTP_MAILER_ARGS";
                    case "smtp" -> "SMTP_MAILER_ARGS";
                    case "smtp8" -> "SMTP8_MAILER_ARGS";
                    case "dsmtp" -> "DSMTP_MAILER_ARGS";
                    default -> "RELAY_MAILER_ARGS";
                };
        Call c = defined.remove(name);
        String[] parts = c == null ? new String[0] : c.arg(1).split("\\s+");
        if (c != null && (parts.length != 3 || !parts[2].matches("\\w+"))) {
            out.note(c.at(), name, "put the port behind relayhost: [host]:port");
        }
        return parts.length == 3 && parts[2].matches("\\w+") ? ":" + parts[2] : "";
    }

    private void local() {
        Call files = features.remove("use_cw_file");
        if (files != null) {
            Call where = defined.remove("confCW_FILE");
            tables.localFile(files, where == null ? "" : where.arg(1));
        }
        Call aliases = defined.remove("ALIAS_FILE");
        if (aliases != null) {
            tables.aliases(aliases);
        }
        Call procmail = features.remove("local_procmail");
        Call path = defined.remove("PROCMAIL_MAILER_PATH");
        if (procmail != null) {
            String given = path != null ? path.arg(1) : procmail.arg(1);
            out.set(
                    procmail.at(),
                    "mailbox_command",
                    given.isEmpty() ? "/usr/bin/procmail" : given);
        } else if (defined.remove("postconvert_procmail") instanceof Call c) {
            out.note(c.at(), "MAILER(procmail)", "see mailbox_command and transport_maps");
        }
        defined.remove("postconvert_procmail");
        Call luser = defined.remove("LUSER_RELAY");
        if (luser != null && luser.arg(1).startsWith("local:")) {
            out.set(luser.at(), "luser_relay", luser.arg(1).substring(6));
            out.set(luser.at(), "local_recipient_maps", "");
        } else if (luser != null) {
            out.note(luser.at(), "LUSER_RELAY = " + luser.arg(1), "see fallback_transport");
        }
        Call hub = defined.remove("MAIL_HUB");
        if (hub != null && !hub.arg(1).isEmpty()) {
            String host = hub.arg(1).replaceFirst("^" + RELAYS + ":", "");
            out.set(hub.at(), "local_transport", "smtp:" + host);
            out.set(hub.at(), "local_recipient_maps", "");
        }
        tables.mailertable(features.remove("mailertable"));
        tables.virtusertable(features.remove("virtusertable"));
        tables.authinfo(features.remove("authinfo"));
    }

    private void access() {
        List<String> relay =
                new ArrayList<>(List.of("permit_mynetworks", "permit_sasl_authenticated"));
        Call mx = features.remove("relay_based_on_MX");
        Call entire = features.remove("relay_entire_domain");
        if (entire != null) {
            out.add(entire.at(), "relay_domains", "$mydomain");
        }
        Call list = features.remove("access_db");
        boolean recipients =
                features.containsKey("blacklist_recipients")
                        || features.containsKey("blocklist_recipients");
        boolean relays = list != null && tables.access(list, recipients);
        if (relays) {
            relay.add("check_client_access " + Converted.reference("access_relay"));
        }
        if (mx != null) {
            relay.add("permit_mx_backup");
        }
        relay.add("reject_unauth_destination");
        Source from = mx != null ? mx.at() : list != null ? list.at() : end;
        out.set(from, "smtpd_relay_restrictions", String.join(", ", relay));
        List<String> sender = new ArrayList<>();
        if (!features.containsKey("accept_unqualified_senders")) {
            sender.add("reject_non_fqdn_sender");
        }
        if (!features.containsKey("accept_unresolvable_domains")) {
            sender.add("reject_unknown_sender_domain");
        }
        sender.forEach(each -> out.add(end, "smtpd_sender_restrictions", each));
        lists.forEach(c -> blocklist(c, c.arg(0)));
        privacy(defined.remove("confPRIVACY_FLAGS"));
    }

    private void blocklist(Call c, String name) {
        if (c.arg(1).isEmpty()) {
            out.note(c.at(), name, "names no list");
            return;
        }
        String zone = c.arg(1).replaceFirst("\\.$", "");
        if (name.equals("rhsbl")) {
            out.add(c.at(), "smtpd_sender_restrictions", "reject_rhsbl_sender " + zone);
        } else {
            out.add(c.at(), "smtpd_client_restrictions", "reject_rbl_client " + zone);
        }
        if (!c.arg(2).isEmpty() && !c.arg(2).equals("t")) {
            out.note(c.at(), c.arg(2), "the reply is default_rbl_reply or rbl_reply_maps");
        }
    }

    private void privacy(@Nullable Call c) {
        if (c == null) {
            return;
        }
        for (String flag : c.arg(1).split("[\\s,]+")) {
            switch (flag) {
                case "novrfy" -> out.set(c.at(), "disable_vrfy_command", "yes");
                case "goaway" -> {
                    out.set(c.at(), "disable_vrfy_command", "yes");
                    out.set(c.at(), "smtpd_helo_required", "yes");
                }
                case "needmailhelo" -> out.set(c.at(), "smtpd_helo_required", "yes");
                case "noetrn" -> out.set(c.at(), "smtpd_etrn_restrictions", "reject");
                case "restrictmailq" -> out.set(c.at(), "authorized_mailq_users", "root");
                case "restrictqrun" -> out.set(c.at(), "authorized_flush_users", "root");
                case "noreceipts" -> out.add(c.at(), "smtpd_discard_ehlo_keywords", "dsn");
                case "noverb",
                        "noexpn",
                        "needexpnhelo",
                        "restrictexpand",
                        "public",
                        "",
                        "nobodyreturn" -> {}
                default -> out.note(c.at(), "confPRIVACY_FLAGS " + flag, "has no counterpart");
            }
        }
    }

    private void filters() {
        Call order = defined.remove("confINPUT_MAIL_FILTERS");
        Milters all = new Milters(out);
        milters.forEach(all::take);
        all.all(order);
    }

    private void tls() {
        if (defined.containsKey("confSERVER_CERT")) {
            Call c = defined.get("confSERVER_CERT");
            out.set(c == null ? end : c.at(), "smtpd_tls_security_level", "may");
        }
        // Sendmail uses STARTTLS where it is offered.
        out.set(end, "smtp_tls_security_level", "may");
        Call mechanisms = defined.remove("confAUTH_MECHANISMS");
        if (mechanisms != null && out.get("smtpd_sasl_auth_enable") != null) {
            out.note(
                    mechanisms.at(),
                    "confAUTH_MECHANISMS",
                    "put `mech_list: " + mechanisms.arg(1) + "` into sasl/smtpd.conf");
        } else if (mechanisms != null) {
            out.set(mechanisms.at(), "smtpd_sasl_auth_enable", "yes");
            out.note(
                    mechanisms.at(),
                    "confAUTH_MECHANISMS",
                    "put `mech_list: " + mechanisms.arg(1) + "` into sasl/smtpd.conf");
        }
    }

    private void define(Call c) {
        String name = c.arg(0);
        String value = c.arg(1);
        SendmailNames.Entry e = names.find("define", name);
        if (name.startsWith("_") || e != null && e.how().equals("same")) {
            return;
        }
        if (e == null) {
            out.note(c.at(), name + " = " + value, "is not known");
        } else if (e.how().equals("lost")) {
            out.note(c.at(), name + " = " + value, e.what());
        } else if (value.contains("$") || value.isEmpty()) {
            out.note(c.at(), name + " = " + value, "set " + e.what());
        } else {
            String made = e.how().startsWith("time") ? time(value, e.how().charAt(5)) : value;
            for (String each : e.what().split(" ")) {
                if (made == null) {
                    out.note(c.at(), name + " = " + value, "is no time: set " + each);
                } else {
                    out.set(c.at(), each, made);
                }
            }
        }
    }

    /// @return null where it is none
    private static @Nullable String time(String text, char unit) {
        if (text.matches("\\d{1,9}")) {
            return text + unit;
        }
        if (text.matches("\\d{1,9}[smhdw]")) {
            return text;
        }
        if (!text.matches("(\\d{1,6}[smhdw])+")) {
            return null;
        }
        long seconds = 0;
        long n = 0;
        for (char c : text.toCharArray()) {
            if (c >= '0' && c <= '9') {
                n = n * 10 + c - '0';
                continue;
            }
            seconds +=
                    n
                            * switch (c) {
                                case 's' -> 1L;
                                case 'm' -> 60L;
                                case 'h' -> 3600L;
                                case 'd' -> 86_400L;
                                default -> 604_800L;
                            };
            n = 0;
        }
        return seconds + "s";
    }

    private void feature(Call c) {
        SendmailNames.Entry e = names.find("feature", c.arg(0));
        if (e == null) {
            out.note(c.at(), "FEATURE(" + c.arg(0) + ")", "is not known");
        } else if (!e.how().equals("same")) {
            out.note(c.at(), "FEATURE(" + c.arg(0) + ")", e.what());
        }
    }
}
