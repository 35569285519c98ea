package org.postrider.master;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.postrider.config.Families;
import org.postrider.config.Families.Family;
import org.postrider.config.Hold;
import org.postrider.config.Honoured;
import org.postrider.master.makers.CleanupMaker;
import org.postrider.master.makers.LocalMaker;
import org.postrider.master.makers.Makers;
import org.postrider.master.makers.MetricsMaker;
import org.postrider.master.makers.PipeMaker;
import org.postrider.master.makers.PostscreenMaker;
import org.postrider.master.makers.SmtpMaker;
import org.postrider.master.makers.SmtpdMaker;
import org.postrider.master.makers.SpawnMaker;
import org.postrider.master.makers.VerifyMaker;
import org.postrider.master.makers.VirtualMaker;
import org.postrider.smtp.Protocol;

/// The table of programs: every daemon that master.cf may name, once. The start, `postfix check`,
/// the parameters that services bring, docs/not-honoured.md and ARCHITECTURE.md's list come from
/// here. Immutable; any thread.
public final class Programs {
    public static final Program SMTPD = Program.listener("smtpd", new SmtpdMaker());
    public static final Program CLEANUP = Program.inside("cleanup", new CleanupMaker());
    static final Program PICKUP = Program.inside("pickup", Makers::pickup);
    public static final Program QMGR = Program.inside("qmgr", Makers::qmgr);

    /// A service finds those that stand before it.
    private static final List<Program> ALL =
            List.of(
                    Program.inside("trivial-rewrite", Makers::rewrite),
                    CLEANUP,
                    Program.inside("bounce", Makers::bounce),
                    Program.inside("verify", new VerifyMaker()),
                    Program.agent("smtp", new SmtpMaker(Protocol.SMTP)).bringing(Family.TRANSPORT),
                    Program.agent("lmtp", new SmtpMaker(Protocol.LMTP)).bringing(Family.TRANSPORT),
                    Program.agent("local", new LocalMaker()).bringing(Family.TRANSPORT),
                    Program.agent("virtual", new VirtualMaker()).bringing(Family.TRANSPORT),
                    Program.agent("pipe", new PipeMaker())
                            .bringing(Family.TRANSPORT, Family.TIME_LIMIT),
                    Program.agent("error", Makers::error).bringing(Family.TRANSPORT),
                    Program.agent("discard", Makers::discard),
                    SMTPD,
                    Program.listener("spawn", new SpawnMaker()).bringing(Family.TIME_LIMIT),
                    PICKUP,
                    QMGR,
                    Program.inside("oqmgr", Makers::qmgr),
                    Program.inside("showq", Makers::showq),
                    Program.inside("flush", Makers::flush),
                    Program.listener("postscreen", new PostscreenMaker()),
                    Program.listener("metrics", new MetricsMaker()),
                    Program.absorbed("anvil"),
                    Program.absorbed("dnsblog"),
                    Program.absorbed("postlogd"),
                    Program.absorbed("proxymap"),
                    Program.absorbed("scache"),
                    Program.absorbed("tlsmgr"),
                    Program.absorbed("tlsproxy"),
                    Program.idle("nbdb_reindexd", "hash: and btree: files are read as they are"),
                    Program.notBuilt("qmqpd", Hold.QMQPD));

    private static final Programs STANDARD = new Programs(ALL);

    private final Map<String, Program> byName = new LinkedHashMap<>();
    private final Honoured honoured;
    private final Families families;

    private Programs(List<Program> programs) {
        Map<String, Honoured.Verdict> verdicts = new TreeMap<>();
        Map<String, Set<Family>> brings = new TreeMap<>();
        for (Program each : programs) {
            byName.put(each.name(), each);
            verdicts.put(each.name(), each.verdict());
            brings.put(each.name(), each.brings());
        }
        honoured = Honoured.list().with(verdicts);
        families = new Families(brings);
    }

    /// Postfix's.
    public static Programs standard() {
        return STANDARD;
    }

    /// These, and one of the caller's own, in place of one of the same name.
    public Programs with(Program own) {
        List<Program> programs = new ArrayList<>(byName.values());
        programs.removeIf(each -> each.name().equals(own.name()));
        programs.add(own);
        return new Programs(programs);
    }

    /// The program of this name; one of [Program.Kind.Unknown] where there is none.
    public Program named(String name) {
        Program known = byName.get(name);
        return known == null ? Program.unknown(name) : known;
    }

    /// In the order in which their services are made.
    public List<Program> all() {
        return List.copyOf(byName.values());
    }

    /// What is done with every name that a configuration may hold.
    public Honoured honoured() {
        return honoured;
    }

    /// The parameters that services bring with them.
    public Families families() {
        return families;
    }
}
