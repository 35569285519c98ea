package org.postrider.master;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.postrider.config.Families;
import org.postrider.config.Honoured.Kind;
import org.postrider.config.MasterEntry;
import org.postrider.master.makers.Makers;

/// The table of programs has every daemon of Postfix 3.12, and everybody reads it.
class ProgramsTest {
    /// `libexec/` of Postfix 3.12, without `master` itself and what is no daemon of master.cf.
    private static final Set<String> POSTFIX =
            Set.of(
                    "anvil",
                    "bounce",
                    "cleanup",
                    "discard",
                    "dnsblog",
                    "error",
                    "flush",
                    "lmtp",
                    "local",
                    "nbdb_reindexd",
                    "oqmgr",
                    "pickup",
                    "pipe",
                    "postlogd",
                    "postscreen",
                    "proxymap",
                    "qmgr",
                    "qmqpd",
                    "scache",
                    "showq",
                    "smtp",
                    "smtpd",
                    "spawn",
                    "tlsmgr",
                    "tlsproxy",
                    "trivial-rewrite",
                    "verify",
                    "virtual");

    /// Those that Postfix does not have.
    private static final Set<String> OWN = Set.of("metrics");

    @Test
    void everyDaemonOfPostfixStandsInIt() {
        Set<String> names = new TreeSet<>();
        Programs.standard().all().forEach(each -> names.add(each.name()));
        Set<String> expected = new TreeSet<>(POSTFIX);
        expected.addAll(OWN);
        assertEquals(expected, names);
    }

    @Test
    void aNameThatIsNoDaemonIsUnknown() {
        assertInstanceOf(Program.Kind.Unknown.class, Programs.standard().named("postdrop").kind());
    }

    @Test
    void architectureListsIt() throws Exception {
        Map<String, List<String>> table = new LinkedHashMap<>();
        for (Program each : Programs.standard().all()) {
            table.computeIfAbsent(word(each.kind()), _ -> new ArrayList<>()).add(each.name());
        }
        Map<String, List<String>> listed = new LinkedHashMap<>();
        boolean programs = false;
        for (String line : Files.readAllLines(Path.of("ARCHITECTURE.md"))) {
            programs = line.startsWith("#") ? line.equals("## Programs") : programs;
            String[] cells = line.split("\\|", -1);
            if (programs && cells.length == 4 && cells[1].contains(": ")) {
                String kind = cells[1].strip().replaceFirst(":.*", "");
                listed.put(kind, List.of(cells[2].strip().split(" ")));
            }
        }
        assertEquals(table, listed);
    }

    private static String word(Program.Kind kind) {
        return switch (kind) {
            case Program.Kind.Listener _ -> "listener";
            case Program.Kind.Agent _ -> "agent";
            case Program.Kind.Inside _ -> "inside";
            case Program.Kind.Absorbed _ -> "absorbed";
            case Program.Kind.Idle _ -> "idle";
            case Program.Kind.NotBuilt _ -> "not built";
            case Program.Kind.Unknown _ -> "unknown";
        };
    }

    /// What a service of a new agent has at once, by its one line in the table.
    @Test
    void aProgramOfTheCallersIsOneLine() {
        Program own = Program.agent("nowhere", Makers::discard).bringing(Families.Family.TRANSPORT);
        Programs programs = Programs.standard().with(own);
        assertEquals(own, programs.named("nowhere"));
        assertEquals(
                true, programs.honoured().honoured(Kind.PROGRAM, "nowhere"), "check names it not");
        Consumer<String> none = warning -> {};
        MasterEntry line = MasterEntry.parse("out unix - - n - - nowhere", 1, none);
        assertEquals(
                "$default_destination_rate_delay",
                programs.families().of(List.of(line)).get("out_destination_rate_delay"));
    }
}
