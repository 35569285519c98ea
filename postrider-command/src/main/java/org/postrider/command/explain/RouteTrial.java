package org.postrider.command.explain;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.postrider.access.Trace;
import org.postrider.access.Trace.Fact;
import org.postrider.address.Address;
import org.postrider.cleanup.Cleanup;
import org.postrider.cleanup.CleanupParams;
import org.postrider.cleanup.CleanupService;
import org.postrider.command.heard.Answers;
import org.postrider.command.heard.Heard;
import org.postrider.command.heard.HeardDns;
import org.postrider.command.heard.HeardTables;
import org.postrider.command.heard.NoDns;
import org.postrider.command.heard.Where;
import org.postrider.config.ConfigException;
import org.postrider.config.ServiceSettings;
import org.postrider.dns.Resolver;
import org.postrider.log.Event;
import org.postrider.log.LogTag;
import org.postrider.log.MailLog;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;
import org.postrider.queue.Attributes;
import org.postrider.queue.Envelope;
import org.postrider.queue.Recipient;
import org.postrider.rewrite.AddressClass;
import org.postrider.rewrite.Resolved;
import org.postrider.rewrite.TrivialRewrite;
import org.postrider.smtp.Foretold;
import org.postrider.smtp.Protocol;
import org.postrider.time.Clock;

/// Rewrites, expands and routes one recipient with the server's own cleanup, trivial-rewrite and
/// smtp. What decided is found out by changing it: the parameter without which the outcome is
/// another. One thread.
final class RouteTrial {
    private static final String MARK = "postexplain.invalid";

    /// @param cleanup the settings of the cleanup that the mail passes
    /// @param rewrite those of trivial-rewrite
    /// @param dns null where nobody is to be asked
    record Ground(
            ServiceSettings cleanup,
            ServiceSettings rewrite,
            Tables tables,
            @Nullable Resolver dns,
            Set<InetAddress> own) {}

    /// What decided: a parameter, and the entry of a table if it named one.
    ///
    /// @param parameter empty if it is none
    record By(String parameter, @Nullable Fact entry) {
        static final By NOTHING = new By("", null);
    }

    /// One recipient's way.
    record Leg(Resolved resolved, By addressClass, By transport, By nexthop, List<Fact> facts) {}

    /// What becomes of the envelope.
    ///
    /// @param refused why cleanup would not take it; null if it would
    /// @param log what would be in the log
    record Rewritten(
            Address sender,
            List<Address> recipients,
            @Nullable String refused,
            List<Fact> facts,
            List<String> log) {}

    private final Ground ground;
    private final Clock clock;
    private final AtomicReference<@Nullable Trace> ear = new AtomicReference<>();
    private final HeardTables tables;
    private final Resolver dns;

    RouteTrial(Ground ground, Clock clock) {
        this.ground = ground;
        this.clock = clock;
        tables = HeardTables.of(ground.tables(), ear::get);
        Resolver asked = ground.dns();
        dns = asked == null ? new NoDns() : HeardDns.of(asked, ear::get);
    }

    /// What this user could not read, each with its reason.
    List<String> unreadable() {
        return List.copyOf(tables.unreadable());
    }

    private Heard listen() {
        Heard heard = new Heard(new Answers());
        ear.set(heard);
        return heard;
    }

    private static List<Fact> facts(Heard heard) {
        List<Fact> out = new ArrayList<>();
        for (Heard.Part each : heard.parts()) {
            if (each instanceof Heard.Looked(Fact fact) && !out.contains(fact)) {
                out.add(fact);
            }
        }
        return out;
    }

    private TrivialRewrite rewrite(Map<String, String> changed) {
        return new TrivialRewrite(ground.rewrite().with(changed), tables, warning -> {});
    }

    Rewritten rewritten(Address sender, Address to) {
        Heard heard = listen();
        List<String> said = new ArrayList<>();
        MailLog log =
                (_, event) -> {
                    if (event instanceof Event.Text text) {
                        said.add(text.text());
                    }
                };
        Envelope given =
                new Envelope(
                        sender,
                        List.of(new Recipient(to, null, 0, null)),
                        clock.wallMillis(),
                        Attributes.NONE);
        List<String> overrides = ground.cleanup().get(CleanupParams.RECEIVE_OVERRIDE_OPTIONS);
        try {
            CleanupService.Prepared made =
                    Cleanup.envelope(
                            ground.cleanup(),
                            tables,
                            rewrite(Map.of()),
                            given,
                            CleanupService.Option.received(overrides),
                            log);
            return switch (made) {
                case CleanupService.Prepared.Ready(var message, _) ->
                        new Rewritten(
                                message.envelope().sender(),
                                message.envelope().recipients().stream()
                                        .map(Recipient::address)
                                        .toList(),
                                null,
                                facts(heard),
                                said);
                case CleanupService.Prepared.Refused(var why) ->
                        new Rewritten(sender, List.of(), why.text(), facts(heard), said);
                case CleanupService.Prepared.Dropped _ ->
                        new Rewritten(sender, List.of(), "dropped", facts(heard), said);
            };
        } catch (TableException e) {
            String why = "4.3.0 " + e.getMessage();
            return new Rewritten(sender, List.of(), why, facts(heard), said);
        } finally {
            ear.set(null);
        }
    }

    /// @throws TableException when a table cannot answer
    Leg leg(Address sender, Address recipient) {
        Heard heard = listen();
        Resolved resolved;
        try {
            resolved = rewrite(Map.of()).resolve(sender, recipient);
        } finally {
            ear.set(null);
        }
        List<Fact> facts = facts(heard);
        Deciding deciding = new Deciding(sender, recipient, resolved, facts);
        return new Leg(
                resolved,
                deciding.one(Resolved::addressClass, domains()),
                deciding.of(Resolved::transport),
                deciding.of(Resolved::nexthop),
                facts);
    }

    private static Map<String, String> domains() {
        Map<String, String> out = new LinkedHashMap<>();
        out.put("mydestination", "");
        out.put("virtual_alias_domains", "");
        out.put("virtual_mailbox_domains", "");
        out.put("relay_domains", "");
        return out;
    }

    private static final List<String> TABLES =
            List.of(
                    "relocated_maps",
                    "transport_maps",
                    "sender_dependent_relayhost_maps",
                    "sender_dependent_default_transport_maps");

    /// Other values of all parameters that no table gives.
    private Map<String, String> marks() {
        Map<String, String> out = new LinkedHashMap<>();
        String relayhost = ground.rewrite().text("relayhost");
        if (relayhost != null && !relayhost.isEmpty()) {
            out.put("relayhost", "[" + MARK + "]");
        }
        for (String each : List.of("default", "relay", "virtual", "local")) {
            out.put(each + "_transport", MARK);
        }
        return out;
    }

    /// What decided on a resolved address.
    private final class Deciding {
        private final Address sender;
        private final Address recipient;
        private final Resolved resolved;
        private final List<Fact> facts;
        private final Where where = new Where(ground.rewrite());

        Deciding(Address sender, Address recipient, Resolved resolved, List<Fact> facts) {
            this.sender = sender;
            this.recipient = recipient;
            this.resolved = resolved;
            this.facts = facts;
        }

        /// A table, if no other value of a parameter changes it; else that parameter.
        By of(Function<Resolved, Object> aspect) {
            Map<String, String> marks = marks();
            if (differs(aspect, marks)) {
                return one(aspect, marks);
            }
            for (String table : TABLES) {
                Map<String, String> without = new LinkedHashMap<>(marks);
                without.put(table, "");
                if (differs(aspect, without)) {
                    return new By(table, entry(table));
                }
            }
            return By.NOTHING;
        }

        /// The first of these without which it would be another.
        By one(Function<Resolved, Object> aspect, Map<String, String> changes) {
            for (Map.Entry<String, String> each : changes.entrySet()) {
                if (differs(aspect, Map.of(each.getKey(), each.getValue()))) {
                    return new By(each.getKey(), entry(each.getKey()));
                }
            }
            return By.NOTHING;
        }

        private boolean differs(Function<Resolved, Object> aspect, Map<String, String> changed) {
            try {
                Resolved other = rewrite(changed).resolve(sender, recipient);
                return !aspect.apply(other).equals(aspect.apply(resolved));
            } catch (TableException | ConfigException e) {
                return false;
            }
        }

        /// What a table of a parameter answered.
        private @Nullable Fact entry(String parameter) {
            Fact found = null;
            for (Fact each : facts) {
                if (!each.answer().startsWith("(")
                        && where.naming(each.source()).contains(parameter)) {
                    found = each;
                }
            }
            return found;
        }
    }

    /// The servers of a next hop and their TLS, with what was looked up for them.
    record Hops(List<Foretold.Hop> hops, List<Fact> facts, List<String> log) {}

    /// @throws ConfigException for a setting that cannot be used
    Hops hops(ServiceSettings client, Protocol protocol, String nexthop) {
        Heard heard = listen();
        List<String> said = new ArrayList<>();
        MailLog log =
                (_, event) -> {
                    if (event instanceof Event.Text text) {
                        said.add(text.text());
                    }
                };
        LogTag tag = new LogTag("postfix/smtp", ProcessHandle.current().pid());
        try {
            List<Foretold.Hop> hops =
                    Foretold.of(
                            client,
                            protocol,
                            tables,
                            nexthop,
                            new Foretold.Means(dns, ground.own(), clock, log, tag));
            return new Hops(hops, facts(heard), said);
        } finally {
            ear.set(null);
        }
    }

    /// What an address class is named by its parameter.
    static String classOf(AddressClass addressClass) {
        return switch (addressClass) {
            case LOCAL -> "local";
            case VIRTUAL_ALIAS -> "virtual alias";
            case VIRTUAL_MAILBOX -> "virtual mailbox";
            case RELAY -> "relay";
            case DEFAULT -> "default";
        };
    }
}
