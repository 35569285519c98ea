package org.postrider.master.check;

import java.util.ArrayList;
import java.util.List;
import org.postrider.config.ConfigException;
import org.postrider.config.ServiceLine;
import org.postrider.config.ServiceSettings;
import org.postrider.master.Configuration;
import org.postrider.master.Service;
import org.postrider.postscreen.PostscreenParams;

/// Lines that master.cf lacks and that mail or commands need. Postfix says nothing of them until
/// something asks for the service; here each is named before, with the line to add. A line that is
/// there and switched off by master_service_disable is meant to be.
public final class MissingLines {
    /// What the rest of the server asks for by a parameter: without it there is no start.
    private record Inside(String parameter, String program, String columns) {}

    /// What commands ask under `public/`, by a fixed name.
    private record Asked(String name, String columns, String without) {}

    /// Where mail goes.
    ///
    /// @param domains the parameter that must not be empty for it; empty for any mail
    private record Transport(String parameter, String domains, String without) {}

    private static final List<Inside> INSIDE =
            List.of(
                    new Inside("rewrite_service_name", "trivial-rewrite", "unix - - n - -"),
                    new Inside("cleanup_service_name", "cleanup", "unix n - n - 0"),
                    new Inside("bounce_service_name", "bounce", "unix - - n - 0"));

    private static final List<Asked> ASKED =
            List.of(
                    new Asked("pickup", "unix n - n 60 1", "mail of sendmail(1) stays in maildrop"),
                    new Asked(
                            "qmgr",
                            "unix n - n 300 1",
                            "mail is delivered all the same, and \"postqueue -f\" is not answered"),
                    new Asked(
                            "showq",
                            "unix n - n - -",
                            "mailq and \"postqueue -p\" are not answered"),
                    new Asked(
                            "flush",
                            "unix n - n 1000? 0",
                            "\"postqueue -i\" and \"postqueue -s\" are not answered"));

    private static final String POSTSCREEN = "postscreen";
    private static final String WAITS = "mail for it waits in the queue";

    private static final List<Transport> TRANSPORTS =
            List.of(
                    new Transport("default_transport", "", WAITS),
                    new Transport("relay_transport", "relay_domains", WAITS),
                    new Transport("local_transport", "mydestination", WAITS),
                    new Transport("virtual_transport", "virtual_mailbox_domains", WAITS),
                    new Transport(
                            "error_service_name",
                            "",
                            "mail that cannot be delivered anywhere waits in the queue"));

    private final Configuration configuration;
    private final List<String> out = new ArrayList<>();

    private MissingLines(Configuration configuration) {
        this.configuration = configuration;
    }

    static List<String> all(Configuration configuration) {
        MissingLines lines = new MissingLines(configuration);
        try {
            INSIDE.forEach(lines::inside);
            ASKED.forEach(lines::asked);
            TRANSPORTS.forEach(lines::transport);
            lines.passed();
        } catch (ConfigException e) {
            // A value that cannot be read stops the start by itself.
            return lines.out;
        }
        return lines.out;
    }

    /// Whether the service that a parameter names is looked for here, set or not.
    static boolean looksFor(String parameter) {
        return INSIDE.stream().anyMatch(each -> each.parameter().equals(parameter));
    }

    /// The line to add for a service that nothing works without.
    ///
    /// @param program one of trivial-rewrite, cleanup, bounce
    public static String toAdd(String name, String program) {
        for (Inside each : INSIDE) {
            if (each.program().equals(program)) {
                return "add the line \"" + name + " " + each.columns() + " " + program + "\"";
            }
        }
        throw new IllegalArgumentException(program);
    }

    private void inside(Inside needed) {
        String name = text(needed.parameter());
        for (Service each : configuration.services()) {
            if (each.name().equals(name) && each.program().name().equals(needed.program())) {
                return;
            }
        }
        String place = configuration.settings().origin(needed.parameter());
        missing(
                place == null ? "" : place + ": " + needed.parameter() + " = " + name + ": ",
                name,
                "the mail system does not start",
                toAdd(name, needed.program()));
    }

    private void asked(Asked needed) {
        for (ServiceLine each : configuration.masterCf().services()) {
            boolean local = each.type().equals("unix") || each.type().equals("fifo");
            if (local && !each.privateService() && each.name().equals(needed.name())) {
                return;
            }
        }
        missing(
                "",
                needed.name() + " under public/",
                needed.without(),
                add(needed.name(), needed.columns(), needed.name()));
    }

    /// One that main.cf names is looked for by [NameChecks].
    private void transport(Transport needed) {
        ServiceSettings settings = configuration.settings();
        boolean any = needed.domains().isEmpty() || !text(needed.domains()).isBlank();
        if (!any || settings.mainCf().entries().containsKey(needed.parameter())) {
            return;
        }
        String value = text(needed.parameter());
        int colon = value.indexOf(':');
        String name = colon < 0 ? value : value.substring(0, colon);
        for (ServiceLine each : configuration.masterCf().services()) {
            if (each.name().equals(name)) {
                return;
            }
        }
        String program = name.equals("relay") ? "smtp" : name;
        missing(
                "",
                name + " (" + needed.parameter() + ")",
                needed.without(),
                add(name, "unix - - n - -", program));
    }

    /// The line that postscreen hands clients to; one that main.cf names is looked for by
    /// [NameChecks].
    private void passed() {
        String parameter = PostscreenParams.SERVICE_NAME.name();
        for (Service each : configuration.services()) {
            if (!each.program().name().equals(POSTSCREEN) || set(each, parameter)) {
                continue;
            }
            String name = String.valueOf(each.settings().text(parameter));
            boolean there =
                    configuration.masterCf().services().stream()
                            .anyMatch(l -> l.type().equals("pass") && l.name().equals(name));
            if (!there) {
                missing(
                        each.place() + ": postscreen: ",
                        name + " of type pass",
                        "clients that pass are answered 421",
                        add(name, "pass - - n - -", "smtpd"));
                return;
            }
        }
    }

    private static boolean set(Service service, String parameter) {
        return service.settings().mainCf().entries().containsKey(parameter);
    }

    private static String add(String name, String columns, String program) {
        return "add the line \"" + name + " " + columns + " " + program + "\"";
    }

    private String text(String parameter) {
        return String.valueOf(configuration.settings().text(parameter)).strip();
    }

    private void missing(String where, String name, String without, String add) {
        out.add(
                where
                        + configuration.masterCf().file()
                        + ": no service "
                        + name
                        + ": "
                        + without
                        + "; "
                        + add);
    }
}
