package org.postrider.command.explain;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postrider.access.Trace.Fact;
import org.postrider.access.Trace.Kind;
import org.postrider.address.Address;
import org.postrider.command.heard.Where;
import org.postrider.smtp.Foretold;

/// What `postexplain route` found, to be read by people or by programs.
///
/// @param filter the filter that all mail passes before, with where that is set; empty for none
/// @param ways of the recipients that it became
/// @param unreadable what its user may not read
record RouteReport(
        Address given,
        String filter,
        RouteTrial.Rewritten rewritten,
        List<Way> ways,
        List<String> unreadable,
        Where where) {
    /// @param line of master.cf that delivers, with its place
    /// @param hold why mail for it would wait; empty for nothing
    /// @param hops null where it is no SMTP or LMTP
    record Way(
            Address recipient,
            RouteTrial.Leg leg,
            String line,
            String hold,
            RouteTrial.@Nullable Hops hops) {}

    List<String> lines() {
        List<String> out = new ArrayList<>();
        out.add("sender: <" + rewritten.sender().text() + ">");
        out.add("recipient: <" + given.text() + ">");
        looked(rewritten.facts(), "  ", out);
        rewritten.log().forEach(each -> out.add("  log: " + each));
        if (rewritten.refused() != null) {
            out.add("not accepted by cleanup: " + rewritten.refused());
        }
        if (!filter.isEmpty()) {
            out.add("filter: " + filter + "; what follows is of the mail that comes back");
        }
        for (Way way : ways) {
            out.add("");
            way(way, out);
        }
        unreadable.forEach(each -> out.add("not readable for this user: " + each));
        return out;
    }

    private void way(Way way, List<String> out) {
        RouteTrial.Leg leg = way.leg();
        out.add("goes to: <" + leg.resolved().recipient().text() + ">");
        looked(leg.facts(), "  ", out);
        if (leg.resolved().badSyntax()) {
            out.add("  returned: bad address syntax");
            return;
        }
        String name = RouteTrial.classOf(leg.resolved().addressClass());
        out.add("  address class: " + name + by(leg.addressClass(), "no list of domains"));
        out.add(
                "  transport: "
                        + leg.resolved().transport()
                        + by(leg.transport(), "the address class")
                        + "; "
                        + way.line());
        out.add("  next hop: " + leg.resolved().nexthop() + by(leg.nexthop(), "the address"));
        if (!way.hold().isEmpty()) {
            out.add("  waits: " + way.hold());
        }
        RouteTrial.Hops hops = way.hops();
        if (hops == null) {
            return;
        }
        looked(hops.facts(), "  ", out);
        hops.log().forEach(each -> out.add("  log: " + each));
        for (Foretold.Hop hop : hops.hops()) {
            if (!hop.trouble().isEmpty()) {
                out.add("  " + hop.destination() + ": " + hop.trouble());
            }
            for (Foretold.Stop stop : hop.servers()) {
                out.add("  server: " + stop.server() + "; TLS: " + stop.tls());
            }
        }
    }

    private String by(RouteTrial.By by, String otherwise) {
        if (by.parameter().isEmpty()) {
            return ", by " + otherwise;
        }
        Fact entry = by.entry();
        return ", by "
                + by.parameter()
                + " ("
                + where.of(by.parameter())
                + ")"
                + (entry == null ? "" : ": " + looked(entry));
    }

    private void looked(List<Fact> facts, String indent, List<String> out) {
        for (Fact each : facts) {
            List<String> names =
                    each.kind() == Kind.TABLE ? where.naming(each.source()) : List.of("DNS");
            String named = names.isEmpty() ? "" : " (" + String.join(", ", names) + ")";
            out.add(
                    indent
                            + "- "
                            + each.source()
                            + named
                            + " \""
                            + each.question()
                            + "\" -> "
                            + each.answer());
        }
    }

    private static String looked(Fact fact) {
        return fact.source() + " \"" + fact.question() + "\" -> " + fact.answer();
    }

    Map<String, Object> json() {
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("sender", rewritten.sender().text());
        out.put("recipient", given.text());
        out.put("lookups", facts(rewritten.facts()));
        out.put("log", rewritten.log());
        out.put("refused", rewritten.refused());
        out.put("content_filter", filter);
        List<Object> all = new ArrayList<>();
        for (Way way : ways) {
            Map<String, Object> each = new LinkedHashMap<>();
            RouteTrial.Leg leg = way.leg();
            each.put("recipient", leg.resolved().recipient().text());
            each.put("bad_syntax", leg.resolved().badSyntax());
            each.put("address_class", RouteTrial.classOf(leg.resolved().addressClass()));
            each.put("address_class_by", decided(leg.addressClass()));
            each.put("transport", leg.resolved().transport());
            each.put("transport_by", decided(leg.transport()));
            each.put("service", way.line());
            each.put("nexthop", leg.resolved().nexthop());
            each.put("nexthop_by", decided(leg.nexthop()));
            each.put("waits", way.hold());
            each.put("lookups", facts(leg.facts()));
            RouteTrial.Hops hops = way.hops();
            each.put("destinations", hops == null ? null : hops(hops));
            all.add(each);
        }
        out.put("routes", all);
        out.put("unreadable", unreadable);
        return out;
    }

    private List<Object> hops(RouteTrial.Hops hops) {
        List<Object> out = new ArrayList<>();
        for (Foretold.Hop hop : hops.hops()) {
            Map<String, Object> each = new LinkedHashMap<>();
            each.put("destination", hop.destination());
            each.put("trouble", hop.trouble());
            each.put("lookups", facts(hops.facts()));
            List<Object> servers = new ArrayList<>();
            for (Foretold.Stop stop : hop.servers()) {
                servers.add(Map.of("server", stop.server(), "tls", stop.tls()));
            }
            each.put("servers", servers);
            out.add(each);
        }
        return out;
    }

    private @Nullable Map<String, Object> decided(RouteTrial.By by) {
        if (by.parameter().isEmpty()) {
            return null;
        }
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("parameter", by.parameter());
        out.put("set", where.of(by.parameter()));
        Fact entry = by.entry();
        out.put("table", entry == null ? null : entry.source());
        out.put("key", entry == null ? null : entry.question());
        out.put("answer", entry == null ? null : entry.answer());
        return out;
    }

    private List<Object> facts(List<Fact> facts) {
        List<Object> out = new ArrayList<>();
        for (Fact fact : facts) {
            Map<String, Object> each = new LinkedHashMap<>();
            each.put("kind", Sayings.word(fact.kind()));
            each.put("source", fact.source());
            each.put("question", fact.question());
            each.put("answer", fact.answer());
            each.put(
                    "parameters",
                    fact.kind() == Kind.TABLE ? where.naming(fact.source()) : List.of());
            out.add(each);
        }
        return out;
    }
}
