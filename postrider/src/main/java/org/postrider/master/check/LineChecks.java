package org.postrider.master.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.postrider.maps.UserList;
import org.postrider.master.Configuration;
import org.postrider.master.MasterParams;
import org.postrider.master.Program;
import org.postrider.master.Service;
import org.postrider.master.control.Administration;

/// Lines of master.cf that do less than they say: types at which nothing listens, a path that is
/// taken, settings of a program whose work others do; and lines that let strangers do more than one
/// may think.
final class LineChecks {
    /// Those inside that commands ask through a socket.
    private static final Set<String> ASKED = Set.of("pickup", "qmgr", "oqmgr", "showq", "flush");

    /// Those whose line lends its settings to postscreen.
    private static final Set<String> LENDING = Set.of("dnsblog", "tlsproxy");

    private LineChecks() {}

    static List<String> all(Configuration configuration) {
        List<String> out = new ArrayList<>();
        for (Service each : configuration.services()) {
            say(each, nothingListens(each), out);
            say(each, taken(each), out);
            say(each, withoutEffect(each), out);
            say(each, exposed(each, configuration), out);
        }
        return out;
    }

    private static void say(Service service, @Nullable String what, List<String> out) {
        if (what != null) {
            out.add(service.place() + ": service " + shown(service) + ": " + what);
        }
    }

    private static String shown(Service service) {
        return service.name() + "/" + service.line().type() + " (" + service.program().name() + ")";
    }

    private static boolean listens(Service service) {
        return service.program().kind() instanceof Program.Kind.Listener
                || ASKED.contains(service.program().name());
    }

    /// A listener's pass line gets its clients of postscreen.
    private static @Nullable String nothingListens(Service service) {
        String type = service.line().type();
        boolean passed =
                type.equals("pass") && !(service.program().kind() instanceof Program.Kind.Listener);
        return listens(service) && (passed || type.equals("unix-dgram"))
                ? "nothing listens there: the program takes no clients by the type "
                        + type
                        + "; write unix, or inet for clients from the network"
                : null;
    }

    private static @Nullable String taken(Service service) {
        return listens(service) && Administration.isSocketOf(service)
                ? Administration.TAKEN + ", and the mail system does not start"
                : null;
    }

    /// As in Postfix, who may is asked of the users of this machine only.
    private static @Nullable String exposed(Service service, Configuration configuration) {
        String parameter =
                switch (service.program().name()) {
                    case "showq" -> MasterParams.AUTHORIZED_MAILQ_USERS.name();
                    case "flush", "qmgr", "oqmgr" -> MasterParams.AUTHORIZED_FLUSH_USERS.name();
                    default -> null;
                };
        if (parameter == null || !service.line().type().equals("inet")) {
            return null;
        }
        String who = String.valueOf(configuration.settings().text(parameter));
        String what = service.program().name().equals("showq") ? "list" : "flush";
        return UserList.anyone(who)
                ? "whoever reaches this address may "
                        + what
                        + " the queue, as "
                        + parameter
                        + " lets anyone; write unix"
                : "nobody from the network may "
                        + what
                        + " the queue, as "
                        + parameter
                        + " asks for users of this machine; write unix";
    }

    private static @Nullable String withoutEffect(Service service) {
        Set<String> names = new TreeSet<>(service.line().overrides().keySet());
        boolean others =
                service.program().kind() instanceof Program.Kind.Absorbed
                        || service.program().kind() instanceof Program.Kind.Idle;
        return others && !names.isEmpty() && !LENDING.contains(service.program().name())
                ? "-o "
                        + String.join(", ", names)
                        + (names.size() == 1 ? " has" : " have")
                        + " no effect: the program is not run, what there is of its work is done"
                        + " within the server by main.cf"
                : null;
    }
}
