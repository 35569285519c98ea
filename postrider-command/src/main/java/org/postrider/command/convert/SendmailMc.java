package org.postrider.command.convert;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postrider.command.convert.Macros.Call;

/// A `sendmail.mc` as main.cf and tables. What it says is collected first, as its order means
/// little, then put together. One thread.
final class SendmailMc {
    private static final String RELAYS = "(relay|esmtp|smtp|smtp8|dsmtp)";
    private static final Pattern LINE = Pattern.compile("([CDFKORSHMPTVE])(\\{\\w+}|[\\w ])(.*)");

    /// What DOMAIN(`…') of Sendmail's own says that means anything here.
    private static final Map<String, String> DOMAINS =
            Map.of(
                    "generic",
                    "FEATURE(`redirect')FEATURE(`use_cw_file')EXPOSED_USER(`root')",
                    "debian-mta",
                    "define(`confMAX_HOP',`100')define(`confTO_ICONNECT',`2m')"
                            + "define(`confTO_MAIL',`2m')define(`confTO_DATAINIT',`2m')"
                            + "define(`confTO_RSET',`1m')define(`confTO_QUIT',`2m')"
                            + "define(`confTO_COMMAND',`5m')"
                            + "define(`confPRIVACY_FLAGS',`restrictqrun,restrictexpand')");

    private final Converted out = new Converted();
    private final SendmailNames names = new SendmailNames();
    private final Map<String, Call> defined = new LinkedHashMap<>();
    private final Map<String, Call> features = new LinkedHashMap<>();
    private final List<Call> milters = new ArrayList<>();
    private final List<Call> lists = new ArrayList<>();
    private final SendmailTables tables;
    private final SendmailClasses classes;
    private final Masquerade masquerade;
    private final SendmailAccess access;
    private final SendmailListeners listeners;
    private final SendmailServer server;
    private boolean raw;
    private boolean silent;
    private @Nullable Call debian;
    private Source end = new Source("", 1);

    private SendmailMc(Path directory) {
        tables = new SendmailTables(out, directory);
        classes = new SendmailClasses(out, tables);
        masquerade = new Masquerade(out, tables, classes);
        access = new SendmailAccess(out, tables, classes);
        listeners = new SendmailListeners(out);
        server = new SendmailServer(out);
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
                if (c.arg(0).equals("nullclient")) {
                    masquerade.as(c.at(), c.arg(1).replaceFirst("^\\w+:", ""));
                }
            }
            case "MAILER" -> mailer(c);
            case "DAEMON_OPTIONS" -> listeners.take(c);
            case "INPUT_MAIL_FILTER", "MAIL_FILTER" -> milters.add(c);
            case "MASQUERADE_AS" -> masquerade.as(c.at(), c.arg(0));
            case "divert" -> {
                silent = c.arg(0).startsWith("-");
                raw = false;
            }
            case "TRUST_AUTH_MECH" -> out.set(c.at(), "smtpd_sasl_auth_enable", "yes");
            case "OSTYPE" -> system(c);
            case "DOMAIN", "include", "sinclude" -> included(c);
            default -> {
                if (!classes.take(c)) {
                    other(c);
                }
            }
        }
    }

    /// Lines of sendmail.cf itself, behind LOCAL_CONFIG and its like.
    private void text(Call c) {
        String line = c.arg(0);
        if (line.matches("(LOCAL_(CONFIG|RULE_\\d|RULESETS|NET_CONFIG)|MAILER_DEFINITIONS)")) {
            raw = !line.equals("MAILER_DEFINITIONS");
            silent = false;
            return;
        }
        Matcher m = LINE.matcher(line);
        if (silent || !m.matches()) {
            if (raw) {
                unknown(c);
            }
            return;
        }
        String name = m.group(2).replaceAll("[{}]", "");
        String value = m.group(3).strip();
        switch (m.group(1).charAt(0)) {
            case 'C', 'F' -> {
                if (!classes.line(c, m.group(1).equals("F"), name, value)) {
                    unknown(c);
                }
            }
            case 'D' -> macro(c, name, value);
            case 'O' -> option(c, line.substring(1).strip());
            default -> unknown(c);
        }
    }

    private void unknown(Call c) {
        out.note(c.at(), c.arg(0), "rules and settings of sendmail.cf have no counterpart");
    }

    private void macro(Call c, String name, String value) {
        String define =
                switch (name) {
                    case "j" -> "confDOMAIN_NAME";
                    case "S" -> "SMART_HOST";
                    case "H" -> "MAIL_HUB";
                    case "L" -> "LUSER_RELAY";
                    default -> "";
                };
        if (!define.isEmpty()) {
            defined.put(define, new Call(c.at(), "define", List.of(define, value)));
        } else if (name.equals("M") && masquerade.masquerades()) {
            masquerade.as(c.at(), value);
        } else if (name.equals("M")) {
            out.note(c.at(), c.arg(0), "without MASQUERADE_AS no rule asks for it");
        } else {
            unknown(c);
        }
    }

    /// `O MaxMessageSize=1000` is what confMAX_MESSAGE_SIZE says.
    private void option(Call c, String text) {
        int equals = text.indexOf('=');
        String name = equals < 0 ? text : text.substring(0, equals).strip();
        SendmailNames.Entry e = names.find("option", name);
        String value = equals < 0 ? "True" : text.substring(equals + 1).strip();
        if (e == null) {
            unknown(c);
        } else if (name.equals("DaemonPortOptions")) {
            listeners.take(new Call(c.at(), "DAEMON_OPTIONS", List.of(value)));
        } else {
            defined.put(e.what(), new Call(c.at(), "define", List.of(e.what(), value)));
        }
    }

    // ---- files that are Sendmail's own

    private void system(Call c) {
        if (c.arg(0).equals("linux")) {
            features.putIfAbsent("local_procmail", new Call(c.at(), "", List.of("", "")));
        } else if (c.arg(0).equals("debian")) {
            debian = c;
        }
    }

    private void included(Call c) {
        String own = c.name().equals("DOMAIN") ? DOMAINS.get(c.arg(0)) : null;
        if (own != null) {
            for (Call each : Macros.of(c.at().file(), own)) {
                take(new Call(c.at(), each.name(), each.args()));
            }
        } else if (!c.arg(0).matches(".*cf\\.m4|.*debian-msp")) {
            out.note(
                    c.at(),
                    c.name() + "(" + c.arg(0) + ")",
                    "the file is not read: convert it, too");
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
            listeners.all(end, features.remove("no_default_msa") == null);
        }
        boolean client = nullclient != null;
        masquerade.all(
                new Masquerade.Reach(
                        client || features.containsKey("masquerade_envelope"),
                        client || features.containsKey("allmasquerade"),
                        features.containsKey("masquerade_entire_domain"),
                        features.containsKey("limited_masquerade"),
                        features.containsKey("generics_entire_domain")),
                features.remove("genericstable"));
        // What Sendmail does where nothing is said.
        out.set(end, "message_size_limit", "0");
        out.set(end, "mailbox_size_limit", "0");
        out.set(end, "virtual_mailbox_limit", "0");
        out.set(end, "hopcount_limit", "25");
        out.set(end, "delay_warning_time", "4h");
        // Sendmail completes and rewrites the headers of every mail.
        out.set(end, "remote_header_rewrite_domain", "$myhostname");
        out.set(end, "propagate_unmatched_extensions", "");
        always(client);
        filters();
        if (defined.get("confSERVER_CERT") instanceof Call c) {
            out.set(c.at(), "smtpd_tls_security_level", "may");
        }
        // Sendmail uses STARTTLS where it is offered.
        out.set(end, "smtp_tls_security_level", "may");
        server.logins(defined.remove("confAUTH_MECHANISMS"), defined.remove("confAUTH_OPTIONS"));
        defined.values().forEach(this::define);
        features.values().forEach(this::feature);
    }

    /// Where this server differs whatever the file says.
    private void always(boolean client) {
        if (!features.containsKey("nocanonify")) {
            out.note(
                    end,
                    "no FEATURE(nocanonify)",
                    "a host that DNS or /etc/hosts has under another name keeps the one that it"
                            + " has");
        }
        if (!client && !features.containsKey("always_add_domain")) {
            out.note(
                    end,
                    "no FEATURE(always_add_domain)",
                    "names without a domain in headers get this host's in local mail, too");
        }
        if (features.containsKey("limited_masquerade")) {
            out.note(
                    end,
                    "FEATURE(limited_masquerade)",
                    "names without a domain in headers are this host's, and stay so");
        }
        if (!client) {
            out.note(
                    end,
                    "replies",
                    "status 5.5.2 for Sendmail's 5.5.4 (no domain), 5.3.4 for 5.2.3 (too large)");
        }
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
            classes.host(value);
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
        // This host's users are the hub's.
        String hub = c.arg(1).replaceFirst("^\\w+:", "").replaceAll("[\\[\\]]", "");
        String users = "inline:{ { @$myhostname = @%s } { @localhost = @%s } }";
        out.set(c.at(), "recipient_canonical_maps", users.formatted(hub, hub));
        out.set(c.at(), "recipient_canonical_classes", "envelope_recipient");
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
        String port = port(mailer);
        List<String> hosts = new ArrayList<>();
        for (String each : SendmailTables.hosts(value).split(", ")) {
            hosts.add(each + port);
        }
        out.set(c.at(), "relayhost", String.join(", ", hosts));
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
        Call where = defined.remove("confCW_FILE");
        if (files != null) {
            String name = where == null ? "/etc/mail/local-host-names" : where.arg(1);
            classes.add("w", files.at(), tables.lines(files, name));
        }
        for (SendmailClasses.Member m : classes.of("w")) {
            if (out.get("mydestination") == null) {
                out.set(m.at(), "mydestination", "$myhostname, localhost.$mydomain, localhost");
            }
            out.add(m.at(), "mydestination", m.name());
        }
        Call aliases = defined.remove("ALIAS_FILE");
        List<String> usual = List.of("ALIAS_FILE", "/etc/mail/aliases");
        tables.aliases(aliases != null ? aliases : new Call(end, "define", usual));
        out.set(end, "recipient_delimiter", "+");
        Call procmail = features.remove("local_procmail");
        Call path = defined.remove("PROCMAIL_MAILER_PATH");
        if (procmail != null) {
            String given = path != null ? path.arg(1) : procmail.arg(1);
            out.set(procmail.at(), "mailbox_command", command(given, procmail.arg(2)));
        } else if (defined.remove("postconvert_procmail") instanceof Call c) {
            out.note(c.at(), "MAILER(procmail)", "see mailbox_command and transport_maps");
        }
        defined.remove("postconvert_procmail");
        if (debian != null && procmail == null) {
            out.note(
                    debian.at(),
                    "OSTYPE(debian)",
                    "sensible-mda calls procmail or maildrop where there is one: see"
                            + " mailbox_command");
        }
        others();
        tables.mailertable(features.remove("mailertable"), classes);
        for (SendmailClasses.Member m : classes.of("VirtHost")) {
            if (!classes.local(m.name())) {
                out.add(m.at(), "virtual_alias_domains", m.name());
            }
        }
        Call users = features.remove("virtusertable");
        if (users != null) {
            boolean below = features.containsKey("virtuser_entire_domain");
            new SendmailVirtual(out, tables, classes).table(users, below);
        }
        tables.domaintable(features.remove("domaintable"));
        tables.authinfo(features.remove("authinfo"));
    }

    /// procmail as local(8) calls it: as the user, whose name it need not be told.
    private static String command(String program, String arguments) {
        StringBuilder out = new StringBuilder(program.isEmpty() ? "/usr/bin/procmail" : program);
        String[] words = arguments.split("\\s+");
        for (int i = 1; i < words.length; i++) {
            if (words[i].matches("-[ad]")) {
                i++;
            } else if (!words[i].contains("$")) {
                out.append(' ').append(words[i]);
            }
        }
        return out.append(" -a \"$EXTENSION\"").toString();
    }

    /// Where mail goes that is this host's and has no user here.
    private void others() {
        Call luser = defined.remove("LUSER_RELAY");
        if (luser != null && luser.arg(1).startsWith("local:")) {
            out.set(luser.at(), "luser_relay", luser.arg(1).substring(6));
            out.set(luser.at(), "local_recipient_maps", "");
        } else if (luser != null && luser.arg(1).matches(RELAYS + ":.+|[^:]+")) {
            out.set(luser.at(), "luser_relay", "$user@" + named(luser));
            out.set(luser.at(), "local_recipient_maps", "");
        } else if (luser != null) {
            out.note(luser.at(), "LUSER_RELAY = " + luser.arg(1), "see fallback_transport");
        }
        Call hub = defined.remove("MAIL_HUB");
        if (hub != null && !hub.arg(1).isEmpty()) {
            hub(hub, named(hub));
        }
    }

    /// A host that users are sent to by its name: the route to it is its own, not SMART_HOST's.
    private String named(Call c) {
        String host = host(c);
        String name = host.replaceFirst(",.*", "").replaceAll("[\\[\\]]", "");
        out.row("transport", name, "smtp:" + host);
        return name;
    }

    /// This host's users are the hub's, after aliases and but for LOCAL_USER.
    private void hub(Call c, String name) {
        String aliases = out.get("alias_maps");
        if (aliases != null) {
            out.add(c.at(), "virtual_alias_maps", aliases);
            out.note(
                    c.at(),
                    "MAIL_HUB",
                    "aliases that are a command, a file or :include: need LOCAL_USER(`their"
                            + " name')");
        }
        StringBuilder here = new StringBuilder("inline:{ ");
        for (SendmailClasses.Member m : classes.of("L")) {
            String own = m.name() + "@$myhostname";
            here.append("{ " + own + " = " + own + " } ");
        }
        String users = "{ @$myhostname = @%s } { @localhost = @%s } }";
        out.add(c.at(), "virtual_alias_maps", here + users.formatted(name, name));
        classes.names("w").forEach(each -> out.row("virtual", "@" + each, "@" + name));
        out.set(c.at(), "local_recipient_maps", "");
    }

    private static String host(Call c) {
        return SendmailTables.hosts(c.arg(1).replaceFirst("^" + RELAYS + ":", ""));
    }

    private void access() {
        access.texts(defined.remove("confREJECT_MSG"), defined.remove("confRCPTREJ_MSG"));
        Call where = defined.remove("confCR_FILE");
        Call file = new Call(end, "", List.of(where == null ? "" : where.arg(1)));
        classes.add("R", end, tables.optional(file, "/etc/mail/relay-domains"));
        Call list = features.remove("access_db");
        if (list != null) {
            boolean recipients =
                    features.containsKey("blacklist_recipients")
                            || features.containsKey("blocklist_recipients");
            access.table(list, recipients);
        }
        access.relayDomains();
        access.relay(
                end, features.remove("relay_entire_domain"), features.remove("relay_based_on_MX"));
        tables.logins(end);
        List<String> sender = new ArrayList<>();
        if (!features.containsKey("accept_unqualified_senders")) {
            String bare =
                    classes.names("w").stream()
                            .filter(name -> name.indexOf('.') < 0)
                            .map(name -> "{ " + name + " = OK }")
                            .collect(Collectors.joining(" "));
            if (!bare.isEmpty()) {
                sender.add("check_sender_access inline:{ " + bare + " }");
            }
            sender.add("reject_non_fqdn_sender");
        }
        if (!features.containsKey("accept_unresolvable_domains")) {
            sender.add("reject_unknown_sender_domain");
        }
        sender.forEach(each -> out.add(end, "smtpd_sender_restrictions", each));
        lists.forEach(server::list);
        server.lists();
        server.privacy(defined.remove("confPRIVACY_FLAGS"));
    }

    private void filters() {
        Call order = defined.remove("confINPUT_MAIL_FILTERS");
        Milters all = new Milters(out);
        milters.forEach(all::take);
        all.all(order);
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
