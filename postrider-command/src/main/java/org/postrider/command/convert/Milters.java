package org.postrider.command.convert;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postrider.command.convert.Macros.Call;

/// INPUT_MAIL_FILTER and MAIL_FILTER as smtpd_milters. One thread.
final class Milters {
    private final Converted out;
    private final Map<String, Call> named = new LinkedHashMap<>();
    private final List<String> order = new ArrayList<>();

    Milters(Converted out) {
        this.out = out;
    }

    void take(Call c) {
        named.put(c.arg(0), c);
        if (c.name().equals("INPUT_MAIL_FILTER")) {
            order.add(c.arg(0));
        }
    }

    /// @param said confINPUT_MAIL_FILTERS, which counts for the order and for what is used
    void all(@Nullable Call said) {
        List<String> used = said == null ? order : List.of(said.arg(1).strip().split("[\\s,]+"));
        for (String name : used) {
            Call c = named.remove(name);
            if (c != null) {
                one(c);
            } else if (said != null) {
                out.note(said.at(), name, "no such filter");
            }
        }
        named.values().forEach(c -> out.note(c.at(), c.arg(0), "is not in confINPUT_MAIL_FILTERS"));
    }

    private void one(Call c) {
        String socket = "";
        StringBuilder more = new StringBuilder();
        for (int i = 1; i < c.args().size(); i++) {
            for (String part : c.arg(i).split(",")) {
                String each = part.strip();
                if (each.startsWith("S=")) {
                    socket = each.substring(2).strip();
                } else if (each.startsWith("F=")) {
                    more.append(action(each.substring(2).strip()));
                } else if (each.startsWith("T=")) {
                    more.append(times(each.substring(2)));
                }
            }
        }
        String place = place(socket);
        if (place == null) {
            out.note(c.at(), c.arg(0) + " S=" + socket, "is no socket that is known");
            return;
        }
        String without = more.indexOf("default_action") < 0 ? ", default_action=accept" : "";
        out.add(c.at(), "smtpd_milters", "{ " + place + more + without + " }");
        out.set(c.at(), "non_smtpd_milters", "$smtpd_milters");
    }

    private static String action(String flag) {
        return switch (flag) {
            case "T", "4" -> ", default_action=tempfail";
            case "R" -> ", default_action=reject";
            default -> "";
        };
    }

    /// `C:5m;S:10s;R:10s;E:5m`: connecting, sending, reading, the end of the mail.
    private static String times(String text) {
        StringBuilder made = new StringBuilder();
        for (String each : text.split(";")) {
            String part = each.strip();
            if (part.matches("[CRE]:\\d{1,9}[smhd]?")) {
                String name =
                        switch (part.charAt(0)) {
                            case 'C' -> "connect_timeout";
                            case 'R' -> "command_timeout";
                            default -> "content_timeout";
                        };
                made.append(", ").append(name).append('=').append(part.substring(2));
            }
        }
        return made.toString();
    }

    /// @return null where it is none
    private static @Nullable String place(String socket) {
        String rest = socket.substring(socket.indexOf(':') + 1);
        if (socket.matches("(local|unix):/.+")) {
            return "unix:" + rest;
        }
        if (socket.matches("inet6?:\\w+@.+")) {
            int at = rest.indexOf('@');
            String host = rest.substring(at + 1).replaceAll("[\\[\\]]", "");
            return "inet:"
                    + (host.contains(":") ? "[" + host + "]" : host)
                    + ":"
                    + rest.substring(0, at);
        }
        return null;
    }
}
