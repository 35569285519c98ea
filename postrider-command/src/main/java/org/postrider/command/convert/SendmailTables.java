package org.postrider.command.convert;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.command.convert.Macros.Call;
import org.postrider.config.Reason;
import org.postrider.disk.Reading;
import org.postrider.maps.Fold;

/// Sendmail's tables, each line of their sources as one of ours. One thread.
final class SendmailTables {
    private static final long MOST = 64L << 20;
    private static final String RELAYS = "(relay|esmtp|smtp|smtp8|dsmtp):.*";

    /// A line of a table.
    record Row(Source at, String key, String value) {}

    private final Converted out;
    private final Path directory;

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
        Path file = file(words(given), given);
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

    /// Words of the lines of a file that need not be there.
    List<String> optional(Call c, String usual) {
        String given = c.arg(0).isEmpty() ? usual : c.arg(0);
        return Files.exists(file(words(given), usual)) ? lines(c, given) : List.of();
    }

    /// `-o /etc/mail/relay-domains %[^\\#]`: the name of the file.
    private static String words(String given) {
        return given.replaceFirst("^-o\\s+", "").split("\\s+")[0];
    }

    List<Row> rows(Call c, String given, String usual) {
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

    // ---- aliases

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

    /// Not one of this host's: Sendmail asks for others only. `.` is for all that is left.
    void mailertable(@Nullable Call c, SendmailClasses classes) {
        if (c == null) {
            return;
        }
        List<Row> all = rows(c, c.arg(1), "/etc/mail/mailertable");
        for (Row r : all) {
            String key = Fold.lower(r.key());
            if (classes.local(key)) {
                out.note(r.at(), r.key(), "is a name of this host: Sendmail does not ask for it");
                continue;
            }
            if (r.value().matches("local:[^@]+") && !key.startsWith(".")) {
                out.row("virtual", "@" + key, r.value().substring("local:".length()));
                continue;
            }
            String to = transport(r);
            if (key.equals(".")) {
                everything(r, to);
            } else if (to.contains("%")) {
                out.note(
                        r.at(),
                        r.key() + " " + r.value(),
                        "transport(5) cannot take up a part of the domain: name the hosts; the mail"
                                + " waits");
                out.row("transport", key, "retry:4.3.5 mailertable: % is not there");
            } else {
                out.row("transport", key, to);
            }
        }
        named(c.at());
    }

    /// Old domains and what they are called now, wherever an address stands.
    void domaintable(@Nullable Call c) {
        if (c == null) {
            return;
        }
        for (Row r : rows(c, c.arg(1), "/etc/mail/domaintable")) {
            out.row("domains", "@" + r.key(), "@" + r.value());
        }
        if (out.has("domains")) {
            out.set(c.at(), "sender_canonical_maps", Converted.reference("domains"));
            out.set(c.at(), "recipient_canonical_maps", Converted.reference("domains"));
        }
    }

    /// transport_maps and virtual_alias_maps, of what is there by now.
    void named(Source at) {
        if (out.has("transport")) {
            out.add(at, "transport_maps", Converted.reference("transport"));
        }
        if (out.has("virtual")) {
            out.add(at, "virtual_alias_maps", Converted.reference("virtual"));
        }
        if (out.has("virtual_parts")) {
            out.add(at, "virtual_alias_maps", "regexp:$config_directory/virtual_parts");
        }
    }

    /// `mailer:host` as transport(5) says it; one that is not known is said.
    private String transport(Row r) {
        String value = r.value();
        if (value.matches(RELAYS)) {
            return "smtp:" + hosts(value.substring(value.indexOf(':') + 1));
        }
        if (value.startsWith("error:")) {
            String said = error(value.substring(6), "5.0.0");
            return (said.startsWith("4") ? "retry:" : "error:") + said;
        }
        if (value.equals("local:")) {
            return value;
        }
        String mailer = value.replaceFirst(":.*", "");
        if (mailer.equals("discard")) {
            out.note(
                    r.at(),
                    r.key(),
                    "Sendmail has no mailer discard here: refused, with 550 for 554");
            return "error:5.3.5 unknown mailer discard";
        }
        out.note(
                r.at(),
                r.key() + " " + value,
                "this mailer has no counterpart, and the mail waits: see transport(5), pipe(8)");
        return "retry:4.3.5 mailer " + mailer + " is not there";
    }

    /// `[a]:[b]` and `a:b`: one after the other.
    static String hosts(String text) {
        return text.replace("[IPv6:", "[ipv6:").replaceAll(":(?![^\\[]*])", ", ");
    }

    private void everything(Row r, String to) {
        if (to.startsWith("smtp:")) {
            out.set(r.at(), "relayhost", to.substring("smtp:".length()));
        } else {
            out.set(r.at(), "default_transport", to);
        }
    }

    static String quoted(String text) {
        return text.replaceAll("([^0-9A-Za-z_-])", "\\\\$1");
    }

    /// `5.1.1:550 text`, `nouser text`, `nouser:550 text` as a status and a text.
    static String error(String value, String usual) {
        String rest = value.strip();
        String status = usual;
        if (rest.matches("\\d\\.\\d+\\.\\d+:.*")) {
            status = rest.substring(0, rest.indexOf(':'));
            rest = rest.substring(rest.indexOf(':') + 1);
        } else if (rest.matches("(nouser|nohost|unavailable|tempfail|protocol|usage)\\b.*")) {
            String word = rest.replaceFirst("\\W.*", "");
            rest = rest.substring(word.length()).replaceFirst("^:", "").strip();
            // A code in the text is all that Sendmail looks at.
            boolean coded = rest.matches("\"?[45]\\d\\d\\b.*");
            status =
                    switch (coded ? "" : word) {
                        case "nouser" -> "5.1.1";
                        case "nohost" -> "5.1.2";
                        case "tempfail" -> "4.3.0";
                        default -> "5.0.0";
                    };
        }
        rest = rest.strip().replaceAll("^\"|\"$", "");
        String text = rest.replaceFirst("^[245]\\d\\d\\s+", "").strip();
        if (rest.startsWith("4") && status.startsWith("5")) {
            status = "4" + status.substring(1);
        }
        if (text.matches("\\d\\.\\d+\\.\\d+ .*")) {
            status = text.substring(0, text.indexOf(' '));
            text = text.substring(text.indexOf(' ') + 1);
        }
        return status + " " + (text.isEmpty() ? "address rejected" : text);
    }

    void authinfo(@Nullable Call c) {
        if (c == null) {
            return;
        }
        for (Row r : rows(c, c.arg(1), "/etc/mail/authinfo")) {
            authinfo(r, r.key().replaceFirst("(?i)^AuthInfo:", ""));
        }
    }

    void logins(Source at) {
        if (out.has("sasl_passwd")) {
            out.set(at, "smtp_sasl_auth_enable", "yes");
            out.set(at, "smtp_sasl_password_maps", Converted.reference("sasl_passwd"));
            out.set(at, "smtp_sasl_security_options", "noanonymous");
        }
    }

    /// @param host whose login it is
    void authinfo(Row r, String host) {
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
}
