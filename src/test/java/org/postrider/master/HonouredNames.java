package org.postrider.master;

import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.config.Catalogue;
import org.postrider.config.Hold;
import org.postrider.config.Honoured;
import org.postrider.config.Honoured.Kind;
import org.postrider.config.ServiceSettings;

/// The list of all names of Postfix, and a value for each that is not the default.
abstract class HonouredNames {
    @TempDir Path temp;

    static final Honoured LIST = Programs.standard().honoured();

    /// Values that are not the default's, where the type alone does not give one.
    static final Map<String, String> VALUES =
            Map.ofEntries(
                    Map.entry("smtp_tls_policy_maps", "inline:{{there.example=secure}}"),
                    Map.entry("smtpd_milters", "inet:127.0.0.1:1"),
                    Map.entry("non_smtpd_milters", "inet:127.0.0.1:1"),
                    Map.entry("smtpd_milter_maps", "static:inet:127.0.0.1:1"),
                    Map.entry("milter_protocol", "2"),
                    Map.entry("smtpd_proxy_filter", "127.0.0.1:1"),
                    Map.entry("smtpd_proxy_options", "speed_adjust"),
                    Map.entry("smtp_sasl_password_maps", "inline:{{[127.0.0.1]=u:p}}"),
                    Map.entry("smtp_sasl_type", "dovecot"),
                    Map.entry("smtp_sasl_security_options", "noanonymous"),
                    Map.entry("smtp_sasl_tls_security_options", "noplaintext"),
                    Map.entry("smtp_sasl_tls_verified_security_options", "noactive"),
                    Map.entry("respectful_logging", "no"),
                    Map.entry("postscreen_tls_always_issue_session_ids", "yes"),
                    Map.entry("postscreen_tls_enable_rpk", "no"),
                    Map.entry("postscreen_tls_trace_size_limit", "19"),
                    Map.entry("tlsproxy_tls_always_issue_session_ids", "yes"),
                    Map.entry("tlsproxy_tls_enable_rpk", "no"),
                    Map.entry("smtp_tls_security_level", "secure"),
                    Map.entry("lmtp_tls_security_level", "secure"),
                    Map.entry("local_login_sender_maps", "inline:{{root=root}}"));

    static final ServiceSettings DEFAULTS = ServiceSettings.none();

    static String value(String name) {
        String chosen = VALUES.get(name);
        Catalogue.Known known = Catalogue.load().known(name);
        if (chosen != null || known == null) {
            return String.valueOf(chosen);
        }
        return switch (known.type()) {
            case "bool", "nbool" -> "yes".equals(DEFAULTS.text(name)) ? "no" : "yes";
            case "int", "nint", "long", "time" ->
                    known.defaultText().startsWith("17") ? "18" : "17";
            default -> "held-" + name.length() + "-" + name.hashCode();
        };
    }

    static List<Honoured.Entry> parameters(Hold hold) {
        return LIST.holding(hold).stream().filter(e -> e.kind() == Kind.PARAMETER).toList();
    }

    static final String HELD = "accepted and not honoured by this version: ";

    static List<String> warnings(List<String> log) {
        return log.stream()
                .filter(l -> l.contains("/master[") && l.contains("warning: "))
                // Whose rights there are is said once, by who is not root or finds no mail_owner.
                .filter(l -> !l.contains(": the mail system runs as "))
                .filter(l -> !l.matches(".*: mail_owner \\S+ is nobody"))
                .toList();
    }

    static boolean word(String line, String name) {
        return Pattern.compile("(?<!\\w)" + name + "(?!\\w)").matcher(line).find();
    }

    static String argument(String name) {
        return name.startsWith("check_") && !name.equals("check_policy_service")
                ? "inline:{{a=b}}"
                : name.matches(".*(rbl|rhsbl|dnswl|rhswl|check_policy).*")
                        ? "inet:127.0.0.1:1"
                        : "";
    }

    static void nothingLeft(NextHop hop) {
        NextHop.Mail left = hop.taken();
        while (left != null && left.from().contains("double-bounce@")) {
            // what the postmaster is told
            left = hop.taken();
        }
        assertNull(left, "nothing left");
    }
}
