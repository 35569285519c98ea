package org.postrider.command.convert;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.postrider.command.convert.Macros.Call;

/// DAEMON_OPTIONS as inet_interfaces, inet_protocols and what is to be put into master.cf. One
/// thread.
final class SendmailListeners {
    private final Converted out;
    private final List<Call> calls = new ArrayList<>();

    SendmailListeners(Converted out) {
        this.out = out;
    }

    void take(Call c) {
        calls.add(c);
    }

    void all() {
        Set<String> families = new TreeSet<>();
        Set<String> addresses = new TreeSet<>();
        boolean everywhere = false;
        Source last = null;
        for (Call c : calls) {
            Map<String, String> options = new HashMap<>();
            for (String each : c.arg(0).split(",")) {
                int equals = each.indexOf('=');
                if (equals > 0) {
                    // Only the first letter of a name counts.
                    String name = each.substring(0, equals).strip();
                    options.put(
                            name.substring(0, Math.min(1, name.length())),
                            each.substring(equals + 1).strip());
                }
            }
            last = c.at();
            families.add(options.getOrDefault("F", "inet"));
            String address = options.getOrDefault("A", "").replaceFirst("^IPv6:", "");
            String port = options.getOrDefault("P", "smtp");
            if (!port.matches("smtp|25")) {
                other(c, port, address, options.getOrDefault("M", ""));
            } else if (address.isEmpty() || address.equals("0.0.0.0") || address.equals("::")) {
                everywhere = true;
            } else {
                addresses.add(address);
            }
            if (options.getOrDefault("M", "").matches(".*[bfhr].*")) {
                out.note(c.at(), "M=" + options.get("M"), "is not known in part");
            }
        }
        if (last == null) {
            return;
        }
        if (!everywhere && addresses.isEmpty()) {
            out.note(
                    last,
                    "DAEMON_OPTIONS",
                    "nothing listens on port 25: take the line smtp out of master.cf");
            addresses.add("loopback-only");
        }
        out.set(last, "inet_interfaces", everywhere ? "all" : String.join(", ", addresses));
        out.set(
                last,
                "inet_protocols",
                !families.contains("inet6") ? "ipv4" : families.contains("inet") ? "all" : "ipv6");
    }

    /// What stands in master.cf with an address does not ask inet_interfaces.
    private void other(Call c, String port, String address, String modifiers) {
        String host =
                address.isEmpty()
                        ? ""
                        : (address.contains(":") ? "[" + address + "]" : address) + ":";
        String login =
                modifiers.contains("a")
                        ? " -o smtpd_sasl_auth_enable=yes -o"
                                + " smtpd_client_restrictions=permit_sasl_authenticated,reject"
                        : "";
        String name =
                switch (port) {
                    case "submission", "587" -> "submission";
                    case "smtps", "465", "submissions" -> "submissions";
                    default -> port;
                };
        String wrapped =
                name.equals("submissions") || modifiers.contains("s")
                        ? " -o smtpd_tls_wrappermode=yes"
                        : "";
        out.note(
                c.at(),
                "port " + port,
                "put this line into master.cf (before the colon the address, if not that of"
                        + " inet_interfaces): "
                        + host
                        + name
                        + " inet n - y - - smtpd"
                        + wrapped
                        + login);
    }
}
