package org.postrider.command.convert;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.command.convert.JavaProperties.Property;

/// JavaMail's `mail.properties` as a relay through the server that it names: relayhost, its login
/// in sasl_passwd, TLS as the application had it. One thread.
final class MailProperties {
    private static final int SMTPS_PORT = 465;
    private static final Set<String> TIMES = Set.of("connectiontimeout", "timeout", "writetimeout");

    /// What has no meaning for a mail system, or is its own business.
    private static final Map<String, String> NOTHING =
            Map.ofEntries(
                    Map.entry("quitwait", "it is always waited for the reply to QUIT"),
                    Map.entry("sendpartial", "each recipient is treated by himself"),
                    Map.entry("reportsuccess", "sending is logged"),
                    Map.entry("allow8bitmime", "8BITMIME is used where the server offers it"),
                    Map.entry("userset", "RSET is used as needed"),
                    Map.entry("noop.strict", "there is no such check"),
                    Map.entry("ehlo", "EHLO is used where the server has it"));

    private final Converted out = new Converted();
    private final Map<String, Property> smtp = new LinkedHashMap<>();
    private final Map<String, Property> smtps = new LinkedHashMap<>();
    private final Map<String, Property> common = new LinkedHashMap<>();
    private boolean wrapped;
    private Source whole = new Source("", 1);

    private MailProperties() {}

    /// @throws org.postrider.command.CommandException with file and line where it cannot be read
    static Converted convert(String file, String text) {
        MailProperties m = new MailProperties();
        m.whole = new Source(file, 1);
        for (Property p : JavaProperties.of(file, text)) {
            m.take(p);
        }
        m.all();
        return m.out;
    }

    private void take(Property p) {
        String key = p.key();
        if (key.startsWith("mail.smtps.")) {
            smtps.put(key.substring("mail.smtps.".length()), p);
        } else if (key.startsWith("mail.smtp.")) {
            smtp.put(key.substring("mail.smtp.".length()), p);
        } else if (key.startsWith("mail.")) {
            common.put(key.substring("mail.".length()), p);
        } else {
            out.note(p.at(), key, "is no property of JavaMail's");
        }
    }

    private void all() {
        out.set(whole, "compatibility_level", "3.6");
        // An application that sends: nobody else is to come in.
        out.set(whole, "inet_interfaces", "loopback-only");
        Property protocol = common.remove("transport.protocol");
        wrapped = protocol != null && protocol.value().strip().equals("smtps");
        if (protocol != null && !wrapped && !protocol.value().strip().equals("smtp")) {
            throw protocol.at()
                    .wrong("mail.transport.protocol = " + protocol.value() + ": is not SMTP");
        }
        if (protocol == null && smtp.get("host") == null && smtps.get("host") != null) {
            wrapped = true;
        }
        Map<String, Property> own = wrapped ? smtps : smtp;
        (wrapped ? smtp : smtps)
                .forEach((_, p) -> out.note(p.at(), p.key(), "is for the other protocol"));
        relay(own);
        own.forEach(this::rest);
        common.forEach((name, p) -> {
            if (name.equals("debug") || name.startsWith("debug.")) {
                out.note(p.at(), p.key(), "postfix logs each delivery; smtp -v says more");
            } else {
                out.note(p.at(), p.key(), "has no counterpart");
            }
        });
    }

    private @Nullable Property taken(Map<String, Property> own, String name) {
        Property p = own.remove(name);
        return p != null ? p : common.remove(name);
    }

    private static boolean yes(@Nullable Property p) {
        return p != null && p.value().strip().equalsIgnoreCase("true");
    }

    private void relay(Map<String, Property> own) {
        Property host = taken(own, "host");
        if (host == null || host.value().isBlank()) {
            throw (host == null ? whole : host.at())
                    .wrong("no mail.smtp.host: nothing to relay to");
        }
        String name = host.value().strip();
        if (!name.matches("[0-9A-Za-z._:-]+")) {
            throw host.at().wrong("mail.smtp.host = " + name + ": is no host name");
        }
        Property sslEnable = own.remove("ssl.enable");
        wrapped |= yes(sslEnable) || own.containsKey("socketFactory.class");
        Property port = own.remove("port");
        int number = port == null ? (wrapped ? SMTPS_PORT : 25) : number(port, 1, 65535);
        String relay = "[" + (name.contains(":") ? "ipv6:" + name : name) + "]:" + number;
        out.set(host.at(), "relayhost", relay);
        tls(own, sslEnable == null ? host : sslEnable);
        login(own, relay, host);
        sender(own);
    }

    private static int number(Property p, int least, int most) {
        try {
            int n = Integer.parseInt(p.value().strip());
            if (n >= least && n <= most) {
                return n;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw p.at().wrong(
                        p.key()
                                + " = "
                                + p.value()
                                + ": is no number from "
                                + least
                                + " to "
                                + most);
    }

    private void tls(Map<String, Property> own, Property ssl) {
        Property enable = own.remove("starttls.enable");
        Property required = own.remove("starttls.required");
        Property trust = own.remove("ssl.trust");
        Property check = own.remove("ssl.checkserveridentity");
        for (String each :
                List.of("socketFactory.class", "socketFactory.port", "socketFactory.fallback")) {
            own.remove(each);
        }
        if (wrapped) {
            out.set(ssl.at(), "smtp_tls_wrappermode", "yes");
        }
        boolean must = wrapped || yes(required);
        boolean any = trust != null && !trust.value().isBlank();
        // Jakarta Mail checks certificates and names unless it is told not to.
        boolean verified = must && !any && (check == null || yes(check));
        Source from = required != null ? required.at() : enable != null ? enable.at() : ssl.at();
        if (must || yes(enable)) {
            out.set(
                    from,
                    "smtp_tls_security_level",
                    verified ? "secure" : must ? "encrypt" : "may");
            if (verified) {
                out.set(from, "smtp_tls_secure_cert_match", "nexthop");
                out.set(from, "smtp_tls_CAfile", authorities());
            }
        } else {
            out.set(from, "smtp_tls_security_level", "none");
        }
        if (trust != null && any) {
            out.note(
                    trust.at(),
                    trust.key() + " = " + trust.value(),
                    "certificates are not checked, as there; smtp_tls_security_level = secure"
                            + " checks them");
        }
        protocols(own);
    }

    /// Where this system keeps the certificates of authorities.
    private static String authorities() {
        String redHat = "/etc/pki/tls/certs/ca-bundle.crt";
        return Files.exists(Path.of(redHat)) ? redHat : "/etc/ssl/certs/ca-certificates.crt";
    }

    private void protocols(Map<String, Property> own) {
        Property versions = own.remove("ssl.protocols");
        if (versions != null) {
            List<String> all = new ArrayList<>();
            for (String each : versions.value().strip().split("\\s+")) {
                all.add(each);
            }
            boolean old = all.contains("TLSv1") || all.contains("TLSv1.1");
            out.set(
                    versions.at(),
                    "smtp_tls_mandatory_protocols",
                    old ? ">=TLSv1" : all.contains("TLSv1.2") ? ">=TLSv1.2" : ">=TLSv1.3");
        }
        Property suites = own.remove("ssl.ciphersuites");
        if (suites != null) {
            out.note(suites.at(), suites.key(), "see smtp_tls_mandatory_ciphers");
        }
    }

    private void login(Map<String, Property> own, String relay, Property host) {
        Property user = taken(own, "user");
        Property password = taken(own, "password");
        Property auth = own.remove("auth");
        Property mechanisms = own.remove("auth.mechanisms");
        if (auth != null && !yes(auth)) {
            return;
        }
        if (user == null || password == null) {
            if (auth != null || user != null || password != null) {
                Property p = auth != null ? auth : user != null ? user : password;
                out.note(
                        p == null ? host.at() : p.at(),
                        "mail.smtp.auth",
                        "user or password is not in the file; put a line `"
                                + relay
                                + " user:password` into sasl_passwd (mode 600) and set"
                                + " smtp_sasl_auth_enable = yes, smtp_sasl_password_maps ="
                                + " texthash:$config_directory/sasl_passwd");
            }
            return;
        }
        if (auth == null) {
            out.note(
                    user.at(),
                    user.key(),
                    "mail.smtp.auth is not there, and JavaMail logs in only where the application"
                            + " connects with a name: it does so here");
        }
        String name = user.value();
        if (name.indexOf(':') >= 0
                || name.isBlank()
                || control(name)
                || control(password.value())) {
            throw user.at().wrong(user.key() + ": cannot stand in sasl_passwd");
        }
        out.set(user.at(), "smtp_sasl_auth_enable", "yes");
        out.set(user.at(), "smtp_sasl_password_maps", Converted.reference("sasl_passwd"));
        out.set(user.at(), "smtp_sasl_security_options", "noanonymous");
        out.row("sasl_passwd", relay, octets(name + ":" + password.value()));
        out.secret("sasl_passwd");
        if (mechanisms != null) {
            String list = mechanisms.value().strip().replaceAll("\\s+", ", ");
            out.set(mechanisms.at(), "smtp_sasl_mechanism_filter", fold(list));
        }
    }

    private static boolean control(String text) {
        return text.chars().anyMatch(c -> c < ' ' || c == 127);
    }

    /// As main.cf and tables are read: in octets.
    private static String octets(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    private static String fold(String text) {
        StringBuilder out = new StringBuilder();
        for (char c : text.toCharArray()) {
            out.append(c >= 'A' && c <= 'Z' ? (char) (c + 32) : c);
        }
        return out.toString();
    }

    private void sender(Map<String, Property> own) {
        Property from = taken(own, "from");
        if (from != null) {
            int at = from.value().lastIndexOf('@');
            if (at > 0) {
                out.set(from.at(), "myorigin", octets(from.value().substring(at + 1).strip()));
            }
            out.note(
                    from.at(),
                    from.key() + " = " + from.value(),
                    "the domain is that of senders without one (myorigin); the address itself is"
                            + " the application's to give (sendmail -f)");
        }
        Property local = taken(own, "localhost");
        if (local != null) {
            out.set(local.at(), "smtp_helo_name", octets(local.value()));
        }
        Property address = own.remove("localaddress");
        if (address != null) {
            String family =
                    address.value().contains(":") ? "smtp_bind_address6" : "smtp_bind_address";
            out.set(address.at(), family, octets(address.value()));
        }
    }

    private void rest(String name, Property p) {
        if (TIMES.contains(name)) {
            time(name, p);
        } else if (NOTHING.containsKey(name)) {
            out.note(p.at(), p.key(), String.valueOf(NOTHING.get(name)));
        } else if (name.equals("dsn.notify") || name.equals("dsn.ret")) {
            out.note(p.at(), p.key(), "is said with each mail: sendmail -N and -R");
        } else {
            out.note(p.at(), p.key(), "has no counterpart");
        }
    }

    private void time(String name, Property p) {
        int millis = number(p, -1, Integer.MAX_VALUE);
        if (millis <= 0) {
            return;
        }
        String seconds = Math.max(1, (millis + 999) / 1000) + "s";
        switch (name) {
            case "connectiontimeout" -> out.set(p.at(), "smtp_connect_timeout", seconds);
            case "timeout" -> {
                for (String each :
                        List.of("helo", "mail", "rcpt", "data_init", "data_done", "quit")) {
                    out.set(p.at(), "smtp_" + each + "_timeout", seconds);
                }
            }
            default -> out.set(p.at(), "smtp_data_xfer_timeout", seconds);
        }
    }
}
