package org.postrider.command.explain;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.postrider.address.Address;
import org.postrider.config.ConfigException;
import org.postrider.maps.Fold;
import org.postrider.maps.TableException;
import org.postrider.rewrite.Resolved;
import org.postrider.showq.QueueFile;

/// What `postexplain QUEUE-ID` found, to be read by people or by programs.
///
/// @param running a server told it; else it was read from the queue
/// @param facts of the message, by their words ([org.postrider.showq.Waiting])
/// @param owed recipients
record QueueReport(
        String id, boolean running, long nowMillis, Map<String, String> facts, List<Owed> owed) {
    /// A recipient who has not got it.
    ///
    /// @param reason what came of the last attempt; empty before the first
    /// @param relay who was asked
    record Owed(String address, String original, String reason, String relay, Now now) {}

    /// What is found now about a recipient.
    ///
    /// @param certificate what is the matter with the server's, in lines
    /// @param route where it would go, or why nobody knows
    /// @param limits which suspensions and rates are about it, and what is missing
    record Now(List<String> certificate, String route, List<String> limits) {}

    /// Who is asked about recipients.
    ///
    /// @param transports that master.cf has a line of
    record Asked(
            QueueExplainer.Routes routes,
            QueueExplainer.Certificates certificates,
            Set<String> transports) {
        /// That nobody delivers where it goes; empty where somebody does.
        ///
        /// @param route a transport, and its next hop
        String missing(String route) {
            int colon = route.indexOf(':');
            String transport = colon < 0 ? route : route.substring(0, colon);
            return transport.isEmpty() || transports.contains(transport)
                    ? ""
                    : "master.cf has no line " + transport + ", so it waits";
        }
    }

    static QueueReport of(
            String id, boolean running, long nowMillis, List<String> lines, Asked asked) {
        Map<String, String> facts = new LinkedHashMap<>();
        List<String[]> recipients = new ArrayList<>();
        List<String> suspended = new ArrayList<>();
        Map<String, String> slowed = new LinkedHashMap<>();
        for (String line : lines) {
            String[] parts = line.split("\t", -1);
            switch (parts[0]) {
                case "recipient" -> recipients.add(parts);
                case "suspended" -> suspended.add(parts[1]);
                case "slowed" -> slowed.put(parts[1], parts[2]);
                default -> facts.put(parts[0], parts[1]);
            }
        }
        String sender = facts.getOrDefault("sender", "");
        Address from = sender.isEmpty() ? Address.NULL : new Address(sender);
        facts.put("unfiltered", asked.missing(facts.getOrDefault("filter", "")));
        List<Owed> owed = new ArrayList<>();
        for (String[] each : recipients) {
            owed.add(owed(each, from, asked, suspended, slowed));
        }
        return new QueueReport(id, running, nowMillis, facts, owed);
    }

    private static Owed owed(
            String[] parts,
            Address from,
            Asked asked,
            List<String> suspended,
            Map<String, String> slowed) {
        Address to = new Address(parts[1]);
        String route;
        List<String> certificate = List.of();
        List<String> limits = new ArrayList<>();
        try {
            Resolved resolved = asked.routes().of(from, to);
            String transport = resolved.transport();
            route = transport + ":" + resolved.nexthop();
            String missing = asked.missing(route);
            if (!missing.isEmpty()) {
                limits.add(missing);
            }
            for (String name : suspended) {
                if (about(name, transport, resolved.nexthop(), to)) {
                    limits.add("suspended: postqueue --resume " + name);
                }
            }
            slowed.forEach((name, how) -> {
                if (about(name, transport, resolved.nexthop(), to)) {
                    limits.add(name + " " + how + ": postqueue --resume " + name);
                }
            });
            certificate = asked.certificates().of(parts[3], resolved, parts[4]);
        } catch (TableException | ConfigException e) {
            route = "(not known: " + e.getMessage() + ")";
        }
        Now now = new Now(certificate, route, limits);
        return new Owed(parts[1], parts[2], parts[3], parts[4], now);
    }

    /// A domain of recipients, a next hop, or one of a transport (docs/suspending.md).
    private static boolean about(String name, String transport, String nexthop, Address to) {
        return Fold.same(name, to.domain())
                || Fold.same(name, nexthop)
                || Fold.same(name, transport + ":" + nexthop);
    }

    /// Why nothing is sent now.
    private String why() {
        String queue = facts.getOrDefault("queue", "");
        if (queue.equals("hold")) {
            return "it is on hold, by postsuper -h or by a rule, until it is released: postsuper -H"
                    + " "
                    + id;
        }
        long due = number("due");
        if (!running) {
            return "the mail system is down";
        }
        if (queue.equals("active") || due == 0) {
            return "it is being delivered, or waits for its turn with its destination";
        }
        long seconds = (due - nowMillis) / 1000;
        return due <= nowMillis
                ? "it is due, and waits for its turn"
                : "it is tried again at "
                        + QueueFile.ctime(due)
                        + ", in "
                        + seconds
                        + " s; at once: postqueue -i "
                        + id;
    }

    private long number(String fact) {
        String text = facts.getOrDefault(fact, "0");
        return text.isEmpty() || !text.chars().allMatch(c -> c >= '0' && c <= '9')
                ? 0
                : Long.parseLong(text);
    }

    List<String> lines() {
        List<String> out = new ArrayList<>();
        out.add(
                id
                        + ": in the queue "
                        + facts.getOrDefault("queue", "")
                        + ", "
                        + facts.getOrDefault("size", "")
                        + " octets, since "
                        + QueueFile.ctime(number("arrived"))
                        + ", from <"
                        + facts.getOrDefault("sender", "")
                        + ">");
        out.add("  " + why());
        if (facts.containsKey("expires")) {
            out.add("  it is returned at the next look (postsuper -e)");
        }
        if (facts.containsKey("filter")) {
            out.add("  it goes through the content filter " + facts.get("filter"));
            String missing = facts.getOrDefault("unfiltered", "");
            if (!missing.isEmpty()) {
                out.add("  " + missing);
            }
        }
        if (facts.containsKey("redirect")) {
            out.add("  it goes to <" + facts.get("redirect") + "> instead of its recipients");
        }
        for (Owed each : owed) {
            boolean same = each.original().equals(each.address());
            String was = same ? "" : " (at first <" + each.original() + ">)";
            out.add("to: <" + each.address() + ">" + was);
            boolean tried = !each.reason().isEmpty();
            String by = each.relay().equals("none") ? "" : " (" + each.relay() + ")";
            out.add("  last answer: " + (tried ? each.reason() + by : "none yet"));
            each.now().certificate().forEach(line -> out.add("  " + line));
            out.add("  route: " + each.now().route());
            each.now().limits().forEach(limit -> out.add("  " + limit));
        }
        if (number("done") > 0) {
            out.add(facts.get("done") + " recipients are done");
        }
        if (number("more") > 0) {
            out.add(facts.get("more") + " more recipients wait");
        }
        return out;
    }

    Map<String, Object> json() {
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("queue_id", id);
        out.put("queue_name", facts.getOrDefault("queue", ""));
        out.put("running", running);
        out.put("why", why());
        out.put("next_attempt_time", number("due") / 1000);
        out.put("arrival_time", number("arrived") / 1000);
        out.put("message_size", number("size"));
        out.put("sender", facts.getOrDefault("sender", ""));
        out.put("forced_expire", facts.containsKey("expires"));
        out.put("content_filter", facts.get("filter"));
        out.put("redirect", facts.get("redirect"));
        List<Object> all = new ArrayList<>();
        for (Owed each : owed) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("address", each.address());
            one.put("original_recipient", each.original());
            one.put("delay_reason", each.reason());
            one.put("relay", each.relay());
            one.put("certificate", each.now().certificate());
            one.put("route", each.now().route());
            one.put("limits", each.now().limits());
            all.add(one);
        }
        out.put("recipients", all);
        out.put("done", number("done"));
        out.put("more", number("more"));
        return out;
    }
}
