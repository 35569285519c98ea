package org.postrider.master.control;

import java.util.List;
import java.util.Locale;
import org.postrider.master.Program.Kind;
import org.postrider.master.Service;

/// The services of master.cf as `postfix status -v` prints them, in the order of that file.
final class ServiceTable {
    private ServiceTable() {}

    static void show(List<Service> services, StringBuilder out) {
        int name = "service".length();
        for (Service each : services) {
            name = Math.max(name, each.name().length());
        }
        String line = "%-" + name + "s  %-10s  %-15s  %7s  %s%n";
        out.append(format(line, "service", "type", "program", "at most", "what it does"));
        for (Service each : services) {
            int most = each.processLimit();
            out.append(
                    format(
                            line,
                            each.name(),
                            each.line().type(),
                            each.program().name(),
                            most == 0 ? "-" : String.valueOf(most),
                            does(each.program().kind())));
        }
    }

    private static String does(Kind kind) {
        return switch (kind) {
            case Kind.Listener _ -> "takes clients";
            case Kind.Agent _ -> "delivers mail";
            case Kind.Inside _ -> "is asked by the other services";
            case Kind.Absorbed _ -> "nothing: the other services do its work";
            case Kind.Idle idle -> "nothing: " + idle.why();
            case Kind.NotBuilt _ -> "nothing: it is not built, and what is for it waits";
            case Kind.Unknown _ -> "nothing: it is no program of Postfix's";
        };
    }

    private static String format(String line, Object... parts) {
        return String.format(Locale.ROOT, line, parts);
    }
}
