package org.postrider.command.explain;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.postrider.access.Access;
import org.postrider.access.Decision;
import org.postrider.access.Stage;
import org.postrider.access.Trace;
import org.postrider.command.heard.Answers;
import org.postrider.command.heard.Heard;
import org.postrider.command.heard.HeardDns;
import org.postrider.command.heard.HeardTables;
import org.postrider.config.ServiceSettings;
import org.postrider.dns.Resolver;
import org.postrider.dnsbl.DnsLists;
import org.postrider.maps.Tables;
import org.postrider.rewrite.TrivialRewrite;
import org.postrider.smtpd.Checking;
import org.postrider.smtpd.Smtpd;
import org.postrider.smtpd.SmtpdParams;
import org.postrider.smtpd.SmtpdReplies;
import org.postrider.time.Clock;
import org.postrider.verify.ProbeSender;
import org.postrider.verify.Remembered;
import org.postrider.wire.Reply;

/// Runs the lists of one listener for one mail, with everything that is asked on the way told. May
/// be run again with something changed. One thread.
final class Trial {
    private static final List<Stage> COURSE =
            List.of(
                    Stage.CLIENT,
                    Stage.HELO,
                    Stage.SENDER,
                    Stage.RECIPIENT,
                    Stage.DATA,
                    Stage.END_OF_DATA);

    /// What is tried in place of the configuration.
    ///
    /// @param settings by parameter, expanded
    /// @param entries of tables
    record Change(Map<String, String> settings, Map<HeardTables.Entry, String> entries) {
        static final Change NONE = new Change(Map.of(), Map.of());

        static Change of(String parameter, String value) {
            return new Change(Map.of(parameter, value), Map.of());
        }

        static Change entry(String table, String key, String value) {
            return new Change(Map.of(), Map.of(new HeardTables.Entry(table, key), value));
        }

        Change and(Change other) {
            Map<String, String> all = new HashMap<>(settings);
            all.putAll(other.settings);
            Map<HeardTables.Entry, String> both = new HashMap<>(entries);
            both.putAll(other.entries);
            return new Change(all, both);
        }
    }

    private final World world;
    private final AtomicReference<@Nullable Trace> ear = new AtomicReference<>();
    private final HeardTables tables;
    private final @Nullable HeardDns dns;
    private final Answers answers = new Answers();

    Trial(World world) {
        this.world = world;
        tables = HeardTables.of(world.tables(), ear::get);
        Resolver asked = world.dns();
        dns = asked == null ? null : HeardDns.of(asked, ear::get);
    }

    World world() {
        return world;
    }

    /// What this user could not read, each with its reason.
    List<String> unreadable() {
        return List.copyOf(tables.unreadable());
    }

    /// The whole course of a mail.
    ///
    /// @throws org.postrider.config.ConfigException for a setting that the server would not start
    ///   with
    Told run(Caller caller, Change change) {
        ServiceSettings settings = world.listener().with(change.settings());
        Tables heard = tables.with(change.entries(), ear::get);
        TrivialRewrite rewrite =
                new TrivialRewrite(world.rewrite().with(change.settings()), heard, warning -> {});
        // Each list in its turn: what is asked is told of the rule that asks.
        DnsLists lists = dns == null ? null : DnsLists.inTurn(dns, Clock.system());
        Access access =
                new Access(
                        settings,
                        heard,
                        rewrite,
                        new Access.Asked(
                                lists,
                                world.outside().policies(),
                                world.outside().chrooted(),
                                service ->
                                        world.outside()
                                                .probing()
                                                .of(
                                                        service,
                                                        new Remembered(
                                                                settings, heard, Clock.system()))),
                        world.own(),
                        Smtpd.capabilities(settings));
        CallerSubject subject =
                new CallerSubject(
                        caller,
                        rewrite,
                        access.lists(),
                        Checking.of(settings, heard, world.own(), lists, Clock.system()));
        ProbeSender probes = new ProbeSender(settings, rewrite, Clock.system());
        List<Told.At> stages = new ArrayList<>();
        for (Stage stage : COURSE) {
            if (stage == Stage.HELO && caller.helo().isEmpty()) {
                continue;
            }
            subject.at(stage);
            if (stage == Stage.RECIPIENT && probes.known(caller.to()) != null) {
                // A next hop that asks back about who verifies addresses: taken from everybody.
                continue;
            }
            Told.At at = at(access, stage, subject, settings);
            stages.add(at);
            if (at.decision().refusal() != null) {
                break;
            }
            subject.went(at.decision());
        }
        return new Told(List.copyOf(stages));
    }

    private Told.At at(
            Access access, Stage stage, CallerSubject subject, ServiceSettings settings) {
        Heard heard = new Heard(answers);
        ear.set(heard);
        try {
            Decision decision = access.decide(stage, subject, heard);
            Reply refusal = decision.refusal();
            Reply said = refusal == null ? null : said(refusal, settings);
            return new Told.At(stage, decision, said, heard.parts());
        } finally {
            ear.set(null);
        }
    }

    /// As a session sends it.
    private static Reply said(Reply refusal, ServiceSettings settings) {
        boolean utf8 = settings.get(SmtpdParams.SMTPUTF8_ENABLE);
        Reply reply = settings.get(SmtpdParams.SOFT_BOUNCE) ? refusal.softened() : refusal;
        List<String> lines =
                reply.lines().stream().map(each -> SmtpdReplies.shown(each, utf8)).toList();
        return new Reply(reply.code(), reply.status(), lines);
    }
}
