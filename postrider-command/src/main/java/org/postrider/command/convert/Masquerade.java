package org.postrider.command.convert;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.command.convert.Macros.Call;
import org.postrider.command.convert.SendmailTables.Row;
import org.postrider.maps.Fold;

/// MASQUERADE_AS and its like, and the generics table, as canonical_maps: which addresses get
/// another domain, in which places (canonical_classes). One thread.
final class Masquerade {
    /// @param envelope senders of envelopes, too
    /// @param all recipients in headers, too
    /// @param entire hosts below the domains, too
    /// @param limited only MASQUERADE_DOMAIN, not the names of this host
    /// @param genericsEntire hosts below GENERICS_DOMAIN, too
    record Reach(
            boolean envelope,
            boolean all,
            boolean entire,
            boolean limited,
            boolean genericsEntire) {}

    private final Converted out;
    private final SendmailTables tables;
    private final SendmailClasses classes;
    private @Nullable Source said;
    private String as = "";

    Masquerade(Converted out, SendmailTables tables, SendmailClasses classes) {
        this.out = out;
        this.tables = tables;
        this.classes = classes;
    }

    void as(Source at, String domain) {
        said = at;
        as = domain.replaceAll("^\\[|\\]$|\\.$", "");
    }

    /// Whether there is a rule to masquerade by.
    boolean masquerades() {
        return said != null && !as.isEmpty();
    }

    void all(Reach reach, @Nullable Call generics) {
        Source from = said;
        boolean generic = generics != null && generics(generics, reach);
        if (!generic && !masquerades()) {
            return;
        }
        Source at = from != null ? from : generics != null ? generics.at() : new Source("", 1);
        List<String> maps = new ArrayList<>();
        if (out.has("generics")) {
            maps.add(Converted.reference("generics"));
        }
        if (out.has("generics_entire")) {
            maps.add("regexp:$config_directory/generics_entire");
        }
        if (masquerades()) {
            maps.addAll(maps(reach));
        }
        out.set(at, "canonical_maps", String.join(", ", maps));
        List<String> places = new ArrayList<>(List.of("header_sender"));
        if (reach.envelope()) {
            places.add("envelope_sender");
        }
        if (reach.all()) {
            places.add("header_recipient");
        }
        out.set(at, "canonical_classes", String.join(", ", places));
    }

    // ---- MASQUERADE_AS

    /// Whether it stays as it is: in MASQUERADE_EXCEPTION, or below.
    private boolean kept(String domain) {
        return classes.within("N", domain);
    }

    private List<String> maps(Reach reach) {
        List<String> maps = new ArrayList<>();
        Set<String> exposed = new LinkedHashSet<>();
        classes.of("E").forEach(m -> exposed.add(m.name()));
        Set<String> names = new LinkedHashSet<>(classes.names("M"));
        if (!reach.limited()) {
            names.add("localhost");
            names.addAll(classes.names("w"));
        }
        boolean own =
                reach.limited()
                        ? classes.names("M").contains(classes.host())
                        : !classes.saysHost() || !kept(classes.host());
        if (own && !as.equals(classes.host())) {
            StringBuilder here = new StringBuilder("inline:{ ");
            exposed.forEach(u -> here.append("{ " + u + "@$myhostname = " + u + "@$myhostname } "));
            maps.add(here.append("{ @$myhostname = @" + as + " } }").toString());
        }
        for (String each : names) {
            if (!kept(each) && !each.equals(as)) {
                exposed.forEach(u -> out.row("masquerade", u + "@" + each, u + "@" + each));
                out.row("masquerade", "@" + each, "@" + as);
            }
        }
        if (out.has("masquerade")) {
            maps.add(Converted.reference("masquerade"));
        }
        if (reach.entire() && !classes.names("M").isEmpty()) {
            entire(exposed);
            maps.add("regexp:$config_directory/masquerade_entire");
        }
        return maps;
    }

    private void entire(Set<String> exposed) {
        List<String> keep = new ArrayList<>();
        if (!exposed.isEmpty()) {
            List<String> users = exposed.stream().map(SendmailTables::quoted).toList();
            keep.add("^(" + String.join("|", users) + ")@");
        }
        for (String each : classes.names("N")) {
            keep.add("@(.*\\.)?" + SendmailTables.quoted(each) + "$");
        }
        keep.forEach(each -> out.row("masquerade_entire", "if !/" + each + "/", ""));
        for (String each : classes.names("M")) {
            String name = SendmailTables.quoted(each);
            out.row("masquerade_entire", "/^(.*)@(.*\\.)?" + name + "$/", "${1}@" + as);
        }
        keep.forEach(_ -> out.row("masquerade_entire", "endif", ""));
    }

    // ---- genericstable

    /// Users without a domain are those of this host and of GENERICS_DOMAIN.
    ///
    /// @return whether there is anything in it
    private boolean generics(Call c, Reach reach) {
        Map<String, String> made = new LinkedHashMap<>();
        List<Row> bare = new ArrayList<>();
        Set<String> wholes = new LinkedHashSet<>();
        for (Row r : tables.rows(c, c.arg(1), "/etc/mail/genericstable")) {
            String value = r.value().replaceFirst("^%1@", "@");
            int sign = r.key().lastIndexOf('@');
            String domain = Fold.lower(r.key().substring(sign + 1));
            if (value.contains("%") || value.isEmpty() || r.key().contains("+*")) {
                out.note(r.at(), r.key() + " " + r.value(), "is not known: see canonical(5)");
            } else if (sign < 0) {
                bare.add(r);
            } else if (asked(domain, reach)) {
                made.put(r.key().substring(0, sign) + "@" + domain, value);
                wholes.add(sign == 0 ? domain : "");
            } else {
                out.note(
                        r.at(),
                        r.key(),
                        "Sendmail does not ask for it: the domain is not in GENERICS_DOMAIN");
            }
        }
        Set<String> domains = new LinkedHashSet<>(classes.names("G"));
        if (classes.saysHost()) {
            domains.add(classes.host());
        }
        for (Row r : bare) {
            if (!classes.saysHost()) {
                made.putIfAbsent(r.key(), r.value());
            }
            for (String each : domains) {
                if (!wholes.contains(each)) {
                    made.putIfAbsent(r.key() + "@" + each, r.value());
                }
            }
        }
        made.forEach((key, value) -> out.row("generics", key, value));
        // What it comes to is not masqueraded.
        made.values().stream()
                .filter(v -> v.indexOf('@') > 0 && !made.containsKey(v) && masqueraded(v))
                .distinct()
                .forEach(v -> out.row("generics", v, v));
        if (reach.genericsEntire()) {
            for (Row r : bare) {
                for (String each : classes.names("G")) {
                    String host = "(.*\\.)" + SendmailTables.quoted(each);
                    String user = SendmailTables.quoted(r.key());
                    out.row("generics_entire", "/^" + user + "@" + host + "$/", r.value());
                }
            }
        }
        return out.has("generics") || out.has("generics_entire");
    }

    private boolean masqueraded(String address) {
        String domain = Fold.lower(address.substring(address.lastIndexOf('@') + 1));
        return said != null && (classes.local(domain) || classes.within("M", domain));
    }

    private boolean asked(String domain, Reach reach) {
        return domain.equals(classes.host())
                || classes.names("G").contains(domain)
                || reach.genericsEntire() && classes.within("G", domain);
    }
}
