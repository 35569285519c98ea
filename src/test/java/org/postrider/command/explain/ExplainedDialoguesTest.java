package org.postrider.command.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.Needs;
import org.postrider.access.PolicyServices;
import org.postrider.access.Stage;
import org.postrider.command.ControlClient;
import org.postrider.config.MasterCf;
import org.postrider.dns.HostsFile;
import org.postrider.dns.SystemResolver;
import org.postrider.io.Connector;
import org.postrider.io.Watchdog;
import org.postrider.maps.Opening;
import org.postrider.maps.TableDirectory;
import org.postrider.master.Configuration;
import org.postrider.master.Programs;
import org.postrider.master.Server;
import org.postrider.peer.Client;
import org.postrider.peer.ClientNames;
import org.postrider.smtpd.SmtpdParams;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;
import org.postrider.wire.Reply;

/// `postexplain rcpt` says of every dialogue of src/test/twin that restrictions decide what the
/// session says, that is what real Postfix said.
class ExplainedDialoguesTest {
    /// Groups that are played at once, as most of their time is waited: for probes, for lists and
    /// policy servers that do not answer.
    private static final List<List<String>> FILES =
            List.of(
                    List.of("verification.case"),
                    List.of("dnslists.case", "policyservice.case"),
                    List.of(
                            "access.case",
                            "relay.case",
                            "rules.case",
                            "spelling.case",
                            "effects.case",
                            "dnsaccess.case"));

    /// Their probes ask whomever /etc/resolv.conf names, which is not this test's to say.
    private static final Set<String> BY_DNS = Set.of("verify-no-domain", "probe-relayhost-none");

    @TempDir Path temp;

    /// What came of all.
    private static final class Counts implements Player.Tally {
        final Map<Stage, Integer> compared = new EnumMap<>(Stage.class);
        final Map<Stage, Integer> refused = new EnumMap<>(Stage.class);
        final Map<String, Integer> leftOut = new TreeMap<>();
        final List<String> unturned = new ArrayList<>();
        final Set<String> tried = new HashSet<>();
        int turned;
        final List<String> wrong = new ArrayList<>();

        @Override
        public synchronized void compared(
                Stage stage, String where, @Nullable String fault, Told told) {
            compared.merge(stage, 1, Integer::sum);
            if (told.refused() && told.stages().getLast().stage() == stage) {
                refused.merge(stage, 1, Integer::sum);
            }
            if (fault != null) {
                wrong.add(where + fault);
            }
        }

        /// Each reason once: the same rule is turned in the same way.
        @Override
        public synchronized boolean turns(Told told) {
            Reply reply = told.reply();
            return tried.add(told.cause() + " " + (reply == null ? "" : reply.code()));
        }

        @Override
        public synchronized void turned(boolean found, String where) {
            if (found) {
                turned++;
            } else {
                unturned.add(where);
            }
        }

        @Override
        public synchronized void leftOut(String why, String where) {
            leftOut.merge(why, 1, Integer::sum);
        }
    }

    @Test
    void theExplainedVerdictIsTheSessions() throws Exception {
        Needs.program("python3");
        Counts counts = new Counts();
        AtomicInteger cases = new AtomicInteger();
        try (var group = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (List<String> files : FILES) {
                Path work = Files.createDirectory(temp.resolve(files.getFirst()));
                all.add(group.submit(() -> played(work, files, counts, cases)));
            }
            for (Future<?> each : all) {
                each.get();
            }
        }
        System.out.println(
                "postexplain: "
                        + cases
                        + " dialogues, compared "
                        + counts.compared
                        + ", of which refused "
                        + counts.refused
                        + ", a change turns "
                        + counts.turned
                        + ", none found for "
                        + counts.unturned.size()
                        + "; left out "
                        + counts.leftOut);
        assertEquals(List.of(), counts.wrong);
        assertEquals(List.of(), counts.unturned);
        assertTrue(counts.compared.getOrDefault(Stage.RECIPIENT, 0) > 400, "of RCPT");
    }

    private @Nullable Void played(Path work, List<String> files, Counts counts, AtomicInteger cases)
            throws IOException {
        try (Dialogues dialogues = new Dialogues(work, files)) {
            SystemResolver dns =
                    new SystemResolver(
                            work.resolve("resolv.conf"), dialogues.dnsPort, Clock.system());
            for (Dialogues.Case each = dialogues.next(); each != null; each = dialogues.next()) {
                play(work, each, dns, counts);
                cases.incrementAndGet();
            }
        }
        return null;
    }

    private @Nullable Server server;
    private String serves = "";

    /// One that runs under a dialogue's configuration; null where none is needed.
    private @Nullable ControlClient running(Path work, Dialogues.Case each) throws IOException {
        if (!each.verifies()) {
            return null;
        }
        if (!serves.equals(each.key())) {
            stop();
            for (String directory : List.of("queue", "data")) {
                remove(work.resolve(directory));
            }
            server = Server.start(work.resolve("conf"));
            serves = each.key();
        }
        return new ControlClient(work.resolve("queue"));
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.close();
            server = null;
        }
    }

    private static void remove(Path directory) throws IOException {
        if (Files.exists(directory)) {
            try (var all = Files.walk(directory)) {
                for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(each);
                }
            }
        }
    }

    private void play(Path work, Dialogues.Case each, SystemResolver dns, Counts counts)
            throws IOException {
        if (each.verifies() && BY_DNS.contains(each.name())) {
            counts.leftOut("probes that ask the machine's own name server", each.name());
            return;
        }
        ControlClient probes = running(work, each);
        Path conf = work.resolve("conf");
        Configuration configuration =
                Configuration.of(
                        Configuration.settings(conf),
                        MasterCf.read(conf.resolve("master.cf")),
                        Programs.standard(),
                        Map.of());
        ClientNames names =
                new ClientNames(Clock.system(), dns, new HostsFile(work.resolve("hosts")));
        try (Watchdog watchdog = new Watchdog(Clock.system(), Supervisor.alone());
                PolicyServices policies =
                        new PolicyServices(
                                Connector.sockets(watchdog), Supervisor.alone(), Clock.system());
                TableDirectory tables =
                        new TableDirectory(
                                new Opening(
                                        Clock.system(),
                                        Supervisor.alone(),
                                        configuration.settings()::text,
                                        warning -> {}))) {
            World world = Listener.of(configuration, null).world(tables, dns, policies, probes);
            boolean lookUp = world.listener().get(SmtpdParams.PEERNAME_LOOKUP);
            Function<InetAddress, Client> client = at -> names.client(at, 0, lookUp);
            new Player(new Trial(world), each.from(), client, counts).play(each);
        }
    }
}
