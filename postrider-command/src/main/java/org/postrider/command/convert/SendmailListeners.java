package org.postrider.command.convert;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.postrider.command.convert.Macros.Call;

/// DAEMON_OPTIONS as lines of master.cf: a listener each, and Sendmail's own where there are none.
/// inet_interfaces has the addresses of port 25. One thread.
final class SendmailListeners {
    /// One that Sendmail would have.
    private record Listener(Source at, String port, String address, String family, String flags) {
        boolean smtp() {
            return port.matches("smtp|25");
        }

        boolean everywhere() {
            return address.isEmpty() || address.equals("0.0.0.0") || address.equals("::");
        }

        /// The same port of the other family, too.
        boolean besides(List<Listener> all) {
            return all.stream()
                    .anyMatch(
                            o -> o.port.equals(port) && o.everywhere() && !o.family.equals(family));
        }

        String service() {
            return switch (port) {
                case "25" -> "smtp";
                case "587" -> "submission";
                case "465", "smtps" -> "submissions";
                default -> port;
            };
        }
    }

    private final Converted out;
    private final List<Call> calls = new ArrayList<>();

    SendmailListeners(Converted out) {
        this.out = out;
    }

    void take(Call c) {
        calls.add(c);
    }

    /// @param end where it is said that there are no others
    /// @param submission whether Sendmail listens on port 587 without being told
    void all(Source end, boolean submission) {
        List<Listener> all = new ArrayList<>();
        for (Call c : calls) {
            all.add(listener(c));
        }
        if (calls.isEmpty()) {
            all.add(new Listener(end, "smtp", "", "inet", ""));
        }
        if (submission && all.stream().noneMatch(l -> l.service().equals("submission"))) {
            all.add(new Listener(end, "submission", "", "inet", "E"));
        }
        Set<String> addresses = new TreeSet<>();
        boolean everywhere = false;
        for (Listener l : all) {
            everywhere |= l.smtp() && l.everywhere();
            if (l.smtp() && !l.everywhere()) {
                addresses.add(l.address());
            }
            line(l, all);
        }
        if (!everywhere && !addresses.isEmpty()) {
            Source at = calls.isEmpty() ? end : calls.getLast().at();
            out.set(at, "inet_interfaces", String.join(", ", addresses));
        }
    }

    private Listener listener(Call c) {
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
        String flags = options.getOrDefault("M", "");
        if (flags.matches(".*[bfhrucCAO].*")) {
            out.note(
                    c.at(),
                    "DAEMON_OPTIONS M=" + flags,
                    "of these, a (logins only), E (no ETRN) and s (TLS at once) are done");
        }
        return new Listener(
                c.at(),
                options.getOrDefault("P", "smtp"),
                options.getOrDefault("A", "").replaceFirst("^IPv6:", ""),
                options.getOrDefault("F", "inet"),
                flags);
    }

    private void line(Listener l, List<Listener> all) {
        String host = l.address().contains(":") ? "[" + l.address() + "]" : l.address();
        if (l.everywhere()) {
            if (l.besides(all) && l.family().equals("inet6")) {
                return; // the line of both is there
            }
            host = l.besides(all) ? "" : l.family().equals("inet6") ? "[::]" : "0.0.0.0";
        }
        StringBuilder line = new StringBuilder(host.isEmpty() ? "" : host + ":");
        line.append(l.service()).append(" inet n - n - - smtpd");
        if (l.flags().contains("E")) {
            line.append(" -o smtpd_etrn_restrictions=reject");
        }
        if (l.service().equals("submissions") || l.flags().contains("s")) {
            line.append(" -o smtpd_tls_wrappermode=yes");
        }
        if (l.flags().contains("a")) {
            line.append(
                    " -o smtpd_sasl_auth_enable=yes"
                            + " -o smtpd_client_restrictions=permit_sasl_authenticated,reject");
        }
        out.listener(line.toString());
    }
}
