package org.postrider.command.convert;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.command.convert.Macros.Call;
import org.postrider.config.Reason;
import org.postrider.disk.Reading;

/// Sendmail's tables, each line of their sources as one of ours. One thread.
final class SendmailTables {
    private static final long MOST = 64L << 20;
    private static final String RELAYS = "(relay|esmtp|smtp|smtp8|dsmtp):.*";

    /// A line of a table.
    private record Row(Source at, String key, String value) {}

    private final Converted out;
    private final Path directory;
    private final Set<String> local = new LinkedHashSet<>();

    SendmailTables(Converted out, Path directory) {
        this.out = out;
        this.directory = directory;
    }

    // ---- files

    /// `hash -o /etc/mail/access.db`, `/etc/mail/access`, or nothing for the usual place.
    private Path file(String given, String usual) {
        String[] words = given.strip().split("\\s+");
        String name = words[words.length - 1].replaceFirst("\\.db$", "");
        if (!name.contains("/")) {
            name = usual;
        }
        String last = name.substring(name.lastIndexOf('/') + 1);
        Path beside = directory.resolve(last);
        return Files.exists(beside) ? beside : directory.resolve(name);
    }

    /// Words of a file's lines; none where it cannot be read, which is said.
    List<String> lines(Call c, String given) {
        List<String> all = new ArrayList<>();
        Path file = file(given.replaceFirst("^-o\\s+", ""), given);
        try {
            Reading.each(
                    file,
                    MOST,
                    line -> {
                        String text = line.replaceFirst("#.*", "").strip();
                        if (!text.isEmpty()) {
                            all.add(text.split("\\s+")[0]);
                        }
                        return true;
                    });
        } catch (IOException e) {
            out.note(c.at(), file.toString(), "cannot be read: " + Reason.of(e));
        }
        return all;
    }

    private List<Row> rows(Call c, String given, String usual) {
        List<Row> all = new ArrayList<>();
        if (given.matches(
                "(ldap|nis|nisplus|hesiod|macro|userdb|sequence|dns|program|socket)\\b.*")) {
            out.note(c.at(), given, "a map of this kind: see ldap_table(5) and DATABASE_README");
            return all;
        }
        Path file = file(given, usual);
        int[] number = {0};
        try {
            Reading.each(
                    file,
                    MOST,
                    line -> {
                        number[0]++;
                        String text = line.strip();
                        if (!text.isEmpty() && text.charAt(0) != '#') {
                            String[] words = text.split("\\s+", 2);
                            Source at = new Source(file.toString(), number[0]);
                            all.add(new Row(at, words[0], words.length > 1 ? words[1] : ""));
                        }
                        return true;
                    });
        } catch (IOException e) {
            out.note(c.at(), file.toString(), "cannot be read: " + Reason.of(e));
        }
        return all;
    }

    // ---- names of this host

    void local(Call c, List<String> names) {
        if (out.get("mydestination") == null) {
            out.set(c.at(), "mydestination", "$myhostname, localhost.$mydomain, localhost");
        }
        for (String each : names) {
            local.add(each);
            out.add(c.at(), "mydestination", each);
        }
    }

    void localFile(Call c, String given) {
        local(c, lines(c, given.isEmpty() ? "/etc/mail/local-host-names" : given));
    }

    Set<String> localNames() {
        return local;
    }

    void aliases(Call c) {
        String usual = c.arg(1);
        for (String each : usual.split("[\\s,]+")) {
            if (each.matches("(hash:|dbm:|btree:)?/.+")) {
                String path = each.substring(each.indexOf('/'));
                out.add(c.at(), "alias_maps", "hash:" + path);
                out.add(c.at(), "alias_database", "hash:" + path);
            } else if (!each.isEmpty()) {
                out.note(c.at(), "ALIAS_FILE " + each, "see alias_maps with a table of that kind");
            }
        }
    }

    // ---- tables

    void mailertable(@Nullable Call c) {
        if (c == null) {
            return;
        }
        for (Row r : rows(c, c.arg(1), "/etc/mail/mailertable")) {
            String value = r.value();
            if (value.contains("%")) {
                out.note(r.at(), r.key(), "%1 is not known to transport tables");
            } else if (value.matches(RELAYS)) {
                out.row("transport", r.key(), "smtp:" + value.substring(value.indexOf(':') + 1));
            } else if (value.startsWith("error:")) {
                out.row("transport", r.key(), "error:" + error(value.substring(6), "5.0.0"));
            } else if (value.equals("local:") || value.equals("discard:")) {
                out.row("transport", r.key(), value);
            } else if (value.startsWith("discard:")) {
                out.row("transport", r.key(), "discard:");
            } else {
                out.note(
                        r.at(),
                        r.key() + " " + value,
                        "this mailer has no counterpart: see transport(5), pipe(8)");
            }
        }
        if (out.has("transport")) {
            out.set(c.at(), "transport_maps", Converted.reference("transport"));
        }
    }

    /// `5.1.1:550 text`, `nouser text`, `nouser:550 text` as a status and a text.
    private static String error(String value, String usual) {
        String rest = value.strip();
        String status = usual;
        if (rest.matches("\\d\\.\\d+\\.\\d+:.*")) {
            status = rest.substring(0, rest.indexOf(':'));
            rest = rest.substring(rest.indexOf(':') + 1);
        } else if (rest.matches("(nouser|nohost|unavailable|tempfail|protocol|usage)\\b.*")) {
            String word = rest.replaceFirst("\\W.*", "");
            rest = rest.substring(word.length()).replaceFirst("^:", "");
            status =
                    switch (word) {
                        case "nouser" -> "5.1.1";
                        case "nohost" -> "5.1.2";
                        case "tempfail" -> "4.3.0";
                        default -> usual;
                    };
        }
        String text = rest.strip().replaceFirst("^[245]\\d\\d\\s+", "").replaceAll("^\"|\"$", "");
        if (text.matches("\\d\\.\\d+\\.\\d+ .*")) {
            status = text.substring(0, text.indexOf(' '));
            text = text.substring(text.indexOf(' ') + 1);
        }
        return status + " " + (text.isEmpty() ? "address rejected" : text);
    }

    void virtusertable(@Nullable Call c) {
        if (c == null) {
            return;
        }
        for (Row r : rows(c, c.arg(1), "/etc/mail/virtusertable")) {
            String value = r.value();
            if (value.startsWith("error:")) {
                String said = error(value.substring(6), "5.1.1");
                String key = r.key().replaceFirst("^@", "");
                out.row("virtual_errors", key, (said.startsWith("4") ? "450 " : "550 ") + said);
            } else if (r.key().contains("+*") || r.key().contains("++")) {
                out.note(
                        r.at(),
                        r.key(),
                        "+* and ++ are not known: with recipient_delimiter = + the plain user is"
                                + " found");
            } else if (value.startsWith("%1@")
                    && r.key().startsWith("@")
                    && !value.substring(3).contains("%")) {
                out.row("virtual", r.key(), value.substring(2));
            } else if (value.contains("%")) {
                out.note(
                        r.at(), r.key() + " " + value, "%0 to %3 are not known: see pcre_table(5)");
            } else if (value.isEmpty()) {
                out.note(r.at(), r.key(), "has no value");
            } else {
                out.row("virtual", r.key(), value);
            }
        }
        if (out.has("virtual")) {
            out.set(c.at(), "virtual_alias_maps", Converted.reference("virtual"));
        }
        if (out.has("virtual_errors")) {
            out.add(
                    c.at(),
                    "smtpd_recipient_restrictions",
                    "check_recipient_access " + Converted.reference("virtual_errors"));
        }
    }

    /// @return whether there is anything in it
    boolean generics(Call c) {
        for (Row r : rows(c, c.arg(1), "/etc/mail/genericstable")) {
            String value = r.value().replaceFirst("^%1@", "@");
            if (value.contains("%") || value.isEmpty()) {
                out.note(r.at(), r.key() + " " + r.value(), "is not known: see canonical(5)");
            } else {
                out.row("generics", r.key(), value);
            }
        }
        return out.has("generics");
    }

    void authinfo(@Nullable Call c) {
        if (c == null) {
            return;
        }
        for (Row r : rows(c, c.arg(1), "/etc/mail/authinfo")) {
            authinfo(r, r.key().replaceFirst("(?i)^AuthInfo:", ""));
        }
        if (out.has("sasl_passwd")) {
            out.set(c.at(), "smtp_sasl_auth_enable", "yes");
            out.set(c.at(), "smtp_sasl_password_maps", Converted.reference("sasl_passwd"));
            out.set(c.at(), "smtp_sasl_security_options", "noanonymous");
        }
    }

    private void authinfo(Row r, String host) {
        String user = "";
        String id = "";
        String password = "";
        for (String each : r.value().split("\"?\\s+\"|\"")) {
            if (each.matches("[UIPMR][:=].*")) {
                String value = each.substring(2);
                boolean encoded = each.charAt(1) == '=';
                String plain = encoded ? decoded(value) : value;
                switch (each.charAt(0)) {
                    case 'U' -> user = plain;
                    case 'I' -> id = plain;
                    case 'P' -> password = plain;
                    case 'M' ->
                            out.set(
                                    r.at(),
                                    "smtp_sasl_mechanism_filter",
                                    plain.strip().replaceAll("\\s+", ", "));
                    default -> out.note(r.at(), host, "a realm is the server's to say");
                }
            }
        }
        String name = id.isEmpty() ? user : id;
        if (name.isEmpty() || host.isEmpty() || name.contains(":")) {
            out.note(
                    r.at(),
                    r.key(),
                    "put a line `relayhost user:password` into sasl_passwd (mode 600)");
            return;
        }
        out.row("sasl_passwd", host, name + ":" + password);
        out.secret("sasl_passwd");
    }

    private static String decoded(String text) {
        try {
            return new String(
                    java.util.Base64.getDecoder().decode(text.strip()),
                    java.nio.charset.StandardCharsets.ISO_8859_1);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    /// Splits the access table by its tags.
    ///
    /// @param recipients untagged entries count for recipients, too
    /// @return whether clients may relay by it
    boolean access(Call c, boolean recipients) {
        for (Row r : rows(c, c.arg(1), "/etc/mail/access")) {
            access(r, recipients);
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
        return out.has("access_relay");
    }

    private void access(Row r, boolean recipients) {
        int colon = r.key().startsWith("IPv6:") ? -1 : r.key().indexOf(':');
        String tag = colon < 0 ? "" : r.key().substring(0, colon);
        String key = r.key().substring(colon + 1).replaceFirst("^IPv6:", "");
        String result = result(r.value());
        if (key.isEmpty() || result == null) {
            out.note(r.at(), r.key() + " " + r.value(), "has no counterpart: see access(5)");
            return;
        }
        boolean relay = r.value().strip().equals("RELAY");
        switch (tag) {
            case "Connect", "connect" ->
                    put(relay ? "access_relay" : "access_connect", key, result);
            case "From", "from" -> {
                if (relay) {
                    out.note(
                            r.at(),
                            r.key() + " RELAY",
                            "who only says a sender is trusted by nobody here");
                } else {
                    put("access_from", key, result);
                }
            }
            case "To", "to" -> {
                if (relay) {
                    out.add(r.at(), "relay_domains", key);
                } else {
                    put("access_to", key, result);
                }
            }
            case "" -> untagged(r, key, result, relay, recipients);
            default -> out.note(r.at(), r.key() + " " + r.value(), tagged(tag));
        }
    }

    private void untagged(Row r, String key, String result, boolean relay, boolean recipients) {
        boolean address = key.matches("[0-9.]+|[0-9A-Fa-f:]*:[0-9A-Fa-f:]*");
        if (relay) {
            out.row("access_relay", key, "OK");
            if (!address && !key.contains("@")) {
                out.add(r.at(), "relay_domains", key);
            }
            return;
        }
        if (!key.contains("@")) {
            put("access_connect", key, result);
        }
        if (!address) {
            put("access_from", key, result);
            if (recipients) {
                put("access_to", key, result);
            }
        }
    }

    private void put(String table, String key, String result) {
        out.row(table, key, result);
    }

    private static String tagged(String tag) {
        return switch (tag) {
            case "GreetPause" -> "see postscreen_greet_wait";
            case "ClientRate" -> "see smtpd_client_connection_rate_limit";
            case "ClientConn" -> "see smtpd_client_connection_count_limit";
            case "TLS_Srv", "Try_TLS", "TLS_Rcpt" -> "see smtp_tls_policy_maps";
            case "TLS_Clt", "Srv_Features" ->
                    "see smtpd_tls_security_level, smtpd_discard_ehlo_keyword_address_maps";
            case "AuthInfo" ->
                    "put it into the authinfo table, or a line into sasl_passwd (mode 600)";
            default -> "this tag has no counterpart";
        };
    }

    /// As access(5) says it; null for what it does not know.
    private static @Nullable String result(String value) {
        String text = value.strip().replaceAll("^\"|\"$", "");
        if (text.matches("OK|RELAY")) {
            return "OK";
        }
        if (text.matches("REJECT|DISCARD")) {
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
            rest = rest.substring(rest.indexOf(':') + 1);
        }
        return rest.matches("[45]\\d\\d .+")
                ? rest.substring(0, 4) + status + rest.substring(4)
                : null;
    }
}
