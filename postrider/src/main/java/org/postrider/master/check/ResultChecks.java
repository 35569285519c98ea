package org.postrider.master.check;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.postrider.access.AccessParams;
import org.postrider.access.RestrictionChecks;
import org.postrider.cleanup.Cleanup;
import org.postrider.cleanup.CleanupParams;
import org.postrider.cleanup.CleanupService;
import org.postrider.config.ConfigException;
import org.postrider.config.Param;
import org.postrider.config.Place;
import org.postrider.config.ServiceSettings;
import org.postrider.config.Values;
import org.postrider.maps.Fold;
import org.postrider.maps.Opening;
import org.postrider.maps.Table;
import org.postrider.maps.TableDirectory;
import org.postrider.maps.TableException;
import org.postrider.maps.TableTypes;
import org.postrider.master.Configuration;
import org.postrider.master.Programs;
import org.postrider.master.Service;
import org.postrider.master.makers.Makers;
import org.postrider.milter.MilterParams;
import org.postrider.milter.MilterSockets;
import org.postrider.milter.Milters;
import org.postrider.postscreen.Postscreen;
import org.postrider.postscreen.PostscreenParams;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// Results of tables that would do nothing, or refuse everybody: access(5), header_checks(5), the
/// tables of lists in DNS, of milters and of postscreen. Tables that ask others are not asked, and
/// of large ones nothing is read.
final class ResultChecks {
    private static final long MOST_OCTETS = 1 << 20;
    private static final int MOST_SAID = 5;
    private static final List<Param<List<String>>> CONTENT =
            List.of(
                    CleanupParams.HEADER_CHECKS,
                    CleanupParams.MIME_HEADER_CHECKS,
                    CleanupParams.NESTED_HEADER_CHECKS,
                    CleanupParams.BODY_CHECKS,
                    CleanupParams.MILTER_HEADER_CHECKS);

    private final TableDirectory tables;

    /// Sockets of master.cf's own lines.
    private final Set<Path> lines = new HashSet<>();

    /// Of master.cf's lines.
    private final Set<String> names = new HashSet<>();

    private final Set<String> out = new LinkedHashSet<>();

    private ResultChecks(TableDirectory tables) {
        this.tables = tables;
    }

    static Set<String> all(Configuration configuration) {
        // What is wrong with tables themselves is said elsewhere.
        Opening opening =
                new Opening(
                        Clock.system(),
                        Supervisor.alone(),
                        configuration.settings()::text,
                        text -> {});
        try (TableDirectory tables = new TableDirectory(opening)) {
            ResultChecks checks = new ResultChecks(tables);
            Path queue = Path.of(String.valueOf(configuration.settings().text("queue_directory")));
            for (Service each : configuration.services()) {
                String in = each.line().privateService() ? "private" : "public";
                checks.names.add(each.name());
                checks.lines.add(queue.resolve(in).resolve(each.name()).normalize());
            }
            for (Service each : configuration.services()) {
                checks.service(each);
            }
            return checks.out;
        }
    }

    private void service(Service service) {
        try {
            ServiceSettings own = service.settings();
            String program = service.program().name();
            if (program.equals(Programs.SMTPD.name())) {
                words(service, own);
                access(service, own);
                milters(service, own);
            } else if (program.equals("postscreen")) {
                each(service, PostscreenParams.ACCESS_LIST, Postscreen::result);
            } else if (program.equals("cleanup")) {
                words(service, own);
                for (Param<List<String>> each : CONTENT) {
                    each(
                            service,
                            each,
                            found ->
                                    either(
                                            CleanupService.result(found, each.name()),
                                            filter(found)));
                }
                for (String spec : Cleanup.signingTables(own)) {
                    table(service, "dkim_signing_maps: " + spec, spec, Cleanup::signingFault);
                }
                Milters.problemsOfMacros(own).forEach(text -> said(service, text));
            }
        } catch (ConfigException e) {
            // Its settings are no values, which is said by Checks.
        }
    }

    private static @Nullable String either(@Nullable String first, @Nullable String second) {
        return first == null ? second : first;
    }

    /// What is wrong with the transport of a FILTER: mail that comes to it waits, as in Postfix.
    private @Nullable String filter(String result) {
        String[] words = result.strip().split("\\s+", 2);
        int colon = words.length < 2 ? -1 : words[1].indexOf(':');
        if (colon < 0 || !Fold.same(words[0], "FILTER")) {
            return null;
        }
        String transport = words[1].substring(0, colon);
        if (transport.contains("$") || names.contains(transport)) {
            return null;
        }
        return "result \""
                + result.strip()
                + "\": "
                + (transport.isEmpty()
                        ? "no transport before the colon"
                        : "master.cf has no service " + transport)
                + "; mail for it waits in the queue";
    }

    private void words(Service service, ServiceSettings own) {
        try {
            CleanupService.check(own);
        } catch (ConfigException e) {
            stops(service, e);
        }
    }

    /// The parameter is the second word.
    private void stops(Service service, ConfigException e) {
        String text = String.valueOf(e.getMessage());
        String parameter = text.replace("bad configuration: ", "bad ").split(" ", 3)[1];
        said(service, parameter + ": " + text + "; the mail system does not start");
    }

    private void access(Service service, ServiceSettings own) {
        try {
            RestrictionChecks.words(own);
        } catch (ConfigException e) {
            stops(service, e);
        }
        RestrictionChecks.texts(own).forEach(text -> said(service, text));
        each(service, AccessParams.RBL_REPLY_MAPS, found -> RestrictionChecks.template(found, own));
        for (RestrictionChecks.Named named : RestrictionChecks.tables(own)) {
            String shown =
                    named.restriction().isEmpty()
                            ? named.argument()
                            : named.restriction() + " " + named.argument();
            table(
                    service,
                    named.parameter() + ": " + shown,
                    named.argument(),
                    found ->
                            either(
                                    RestrictionChecks.result(found, named.parameter(), own),
                                    filter(found)));
        }
        sockets(service, own);
    }

    /// Servers of master.cf's own lines come with the start.
    private void sockets(Service service, ServiceSettings own) {
        for (var socket : RestrictionChecks.sockets(own, service.line().chroot())) {
            if (!Files.exists(socket.path()) && !lines.contains(socket.path())) {
                said(
                        service,
                        socket.of().parameter()
                                + ": "
                                + socket.of().restriction()
                                + " "
                                + socket.of().argument()
                                + ": "
                                + socket.path()
                                + ": No such file or directory; as long as nobody listens there,"
                                + " clients get smtpd_policy_service_default_action");
            }
        }
    }

    private void milters(Service service, ServiceSettings own) {
        MilterSockets sockets = Makers.milters(service, MilterSockets.nowhere().connector());
        each(
                service,
                MilterParams.SMTPD_MILTER_MAPS,
                found ->
                        found.equals("DISABLE")
                                ? null
                                : Milters.of(own, sockets, Values.words(found))
                                        .problemsOfPlaces()
                                        .stream()
                                        .findFirst()
                                        .orElse(null));
    }

    private void each(
            Service service,
            Param<List<String>> parameter,
            Function<String, @Nullable String> fault) {
        for (String word : service.settings().get(parameter)) {
            table(service, parameter.name() + ": " + word, word, fault);
        }
    }

    /// @param where what a sentence begins with
    /// @param fault of a result; null for nothing
    private void table(
            Service service, String where, String spec, Function<String, @Nullable String> fault) {
        int colon = spec.indexOf(':');
        String type = colon <= 0 ? "" : spec.substring(0, colon);
        if (!TableTypes.names().contains(type) || TableChecks.remote(spec)) {
            return;
        }
        Set<String> faults = new LinkedHashSet<>();
        try {
            Table table = tables.open(spec);
            if (small(table)) {
                table.results((key, result) -> {
                    String text = faults.size() < MOST_SAID ? fault.apply(result) : null;
                    if (text != null) {
                        faults.add((key.isEmpty() ? "" : key + ": ") + text);
                    }
                });
            }
        } catch (TableException | IOException e) {
            return;
        }
        faults.forEach(text -> said(service, where + ": " + text));
    }

    private static boolean small(Table table) throws IOException {
        Path source = table.source();
        return source == null || Files.exists(source) && Files.size(source) <= MOST_OCTETS;
    }

    private void said(Service service, String text) {
        String parameter = text.substring(0, text.indexOf(':'));
        Place set = service.settings().place(parameter);
        out.add((set == null ? service.place() : set) + ": " + text);
    }
}
