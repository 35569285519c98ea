package org.postrider.command.container;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.postrider.config.Reason;
import org.postrider.config.Values;
import org.postrider.disk.Disk;

/// Who may send by this server, with which names, and what is done to their mail: networks, users,
/// senders, keys for signatures, header fields.
final class Senders {
    private static final String ALLOWED = "allowed_senders";
    private static final String KEY = ".private";

    private final Environment environment;
    private final Wanted wanted;

    Senders(Environment environment, Wanted wanted) {
        this.environment = environment;
        this.wanted = wanted;
    }

    /// @param keys where keys may be mounted
    /// @param own mynetworks of the main.cf that this is to change
    void ask(Disk disk, Path keys, String own) {
        String domains = environment.get("ALLOWED_SENDER_DOMAINS");
        if (domains != null) {
            StringBuilder table = new StringBuilder();
            Values.words(domains).forEach(d -> table.append(d).append(" OK\n"));
            wanted.table("ALLOWED_SENDER_DOMAINS", ALLOWED, table.toString());
            wanted.keep(
                    "ALLOWED_SENDER_DOMAINS",
                    "smtpd_sender_restrictions",
                    "check_sender_access " + Wanted.reference(ALLOWED) + ", reject");
        }
        String networks = environment.get("SMTP_NETWORKS");
        if (networks != null) {
            wanted.set("SMTP_NETWORKS", "mynetworks", own + ", " + networks);
        }
        users("SMTPD_SASL_USERS");
        users("smtp_user");
        keys(disk, keys);
        headers();
        String root = environment.get("ROOT_ALIAS");
        if (root != null) {
            wanted.table(
                    "ROOT_ALIAS", "aliases", "postmaster root\nroot " + root.replace('\n', ' '));
            wanted.set("ROOT_ALIAS", "alias_maps", Wanted.reference("aliases"));
        }
    }

    /// `name:password,…`; a password ends at the comma.
    private void users(String variable) {
        String all = environment.get(variable);
        if (all == null) {
            return;
        }
        for (String one : all.split(",", -1)) {
            int colon = one.indexOf(':');
            if (colon <= 0 || colon == one.length() - 1 || one.indexOf('\n') >= 0) {
                wanted.problem(variable + ": 'user:password,user:password' is wanted");
                return;
            }
            String name = one.substring(0, colon).strip();
            if (name.isEmpty() || name.startsWith("-")) {
                wanted.problem(variable + ": '" + name + "': no name of a user");
                return;
            }
            wanted.user(name, one.substring(colon + 1));
        }
        wanted.set(variable, "smtpd_sasl_auth_enable", "yes");
        wanted.set(variable, "cyrus_sasl_config_path", "$config_directory/sasl");
        wanted.set(variable, "broken_sasl_auth_clients", "yes");
    }

    /// Keys that are mounted as `DOMAIN.private`, with the selector of DKIM_SELECTOR.
    private void keys(Disk disk, Path directory) {
        String said = environment.get("DKIM_SELECTOR");
        Map<String, String> selectors = new LinkedHashMap<>();
        String other = "mail";
        for (String each : said == null ? List.<String>of() : Values.words(said)) {
            int equals = each.indexOf('=');
            if (equals < 0) {
                other = each;
            } else {
                selectors.put(each.substring(0, equals), each.substring(equals + 1));
            }
        }
        List<String> signing = new ArrayList<>();
        try {
            for (String file : disk.list(directory)) {
                if (file.endsWith(KEY)) {
                    String domain = file.substring(0, file.length() - KEY.length());
                    String selector = selectors.getOrDefault(domain, other);
                    signing.add(domain + ":" + selector + ":" + directory.resolve(file));
                }
            }
        } catch (IOException e) {
            wanted.problem(directory + ": " + Reason.of(e));
        }
        if (!signing.isEmpty()) {
            wanted.set(directory + "", "dkim_signing_keys", String.join(", ", signing));
        } else if (said != null) {
            wanted.problem("DKIM_SELECTOR: no key in " + directory);
        }
    }

    private void headers() {
        StringBuilder table = new StringBuilder();
        String tag = environment.get("SMTP_HEADER_TAG");
        if (tag != null) {
            table.append("/^From:/ PREPEND RelayTag: ").append(literal(tag)).append('\n');
        }
        String subject = environment.get("LOG_SUBJECT");
        if ("yes".equals(subject)) {
            table.append("/^Subject:/ WARN\n");
        } else if (subject != null && !Names.NO.contains(subject)) {
            wanted.problem("LOG_SUBJECT: yes or no, not '" + subject + "'");
        }
        if (!table.isEmpty()) {
            wanted.table("SMTP_HEADER_TAG", "header_checks", table.toString());
            wanted.set(
                    "SMTP_HEADER_TAG", "header_checks", "regexp:$config_directory/header_checks");
        }
        String from = environment.get("OVERWRITE_FROM");
        String checks = environment.get("SMTP_HEADER_CHECKS");
        if (from != null) {
            wanted.table(
                    "OVERWRITE_FROM", "from_checks", "/^From:/ REPLACE From: " + literal(from));
            wanted.set(
                    "OVERWRITE_FROM", "smtp_header_checks", "regexp:$config_directory/from_checks");
        }
        if (checks != null && checks.indexOf(':') < 0) {
            wanted.problem(
                    "SMTP_HEADER_CHECKS: name a table, for example regexp:/etc/postfix/checks");
        } else if (checks != null) {
            wanted.set("SMTP_HEADER_CHECKS", "smtp_header_checks", checks);
        }
    }

    /// No line of its own, and no part of a pattern.
    private static String literal(String text) {
        return text.replaceAll("[\\x00-\\x1f]+", " ").replace("$", "$$");
    }
}
