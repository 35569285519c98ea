package org.postrider.command.convert;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.command.convert.Macros.Call;

/// MASQUERADE_AS and its like, and the generics table, as canonical_maps: which addresses get
/// another domain, in which places (canonical_classes). One thread.
final class Masquerade {
    private final Converted out;
    private final SendmailTables tables;
    private final Set<String> domains = new LinkedHashSet<>();
    private final Set<String> exceptions = new LinkedHashSet<>();
    private final Set<String> exposed = new LinkedHashSet<>();
    private @Nullable Source said;
    private String as = "";

    Masquerade(Converted out, SendmailTables tables) {
        this.out = out;
        this.tables = tables;
    }

    void as(Call c) {
        said = c.at();
        as = c.arg(0);
    }

    void asUnlessSaid(Call c, String domain) {
        if (said == null) {
            said = c.at();
            as = domain.replaceAll("[\\[\\]]", "");
        }
    }

    void domains(Call c, List<String> more) {
        domains.addAll(more);
    }

    void exceptions(Call c, List<String> more) {
        exceptions.addAll(more);
    }

    void exposed(List<String> users) {
        exposed.addAll(users);
    }

    /// @param envelope senders of envelopes, too
    /// @param all recipients in headers, too
    /// @param entire hosts below the domains, too
    /// @param limited only MASQUERADE_DOMAIN, not the names of this host
    void all(
            boolean envelope,
            boolean all,
            boolean entire,
            boolean limited,
            @Nullable Call generics) {
        Source from = said;
        boolean generic = generics != null && tables.generics(generics);
        if (!generic && (from == null || as.isEmpty())) {
            return;
        }
        Source at = from != null ? from : generics != null ? generics.at() : new Source("", 1);
        List<String> maps = new ArrayList<>();
        if (generic) {
            maps.add(Converted.reference("generics"));
        }
        if (from != null && !as.isEmpty()) {
            maps.addAll(maps(entire, limited));
        }
        out.set(at, "canonical_maps", String.join(", ", maps));
        List<String> classes = new ArrayList<>(List.of("header_sender"));
        if (envelope) {
            classes.add("envelope_sender");
        }
        if (all) {
            classes.add("header_recipient");
        }
        out.set(at, "canonical_classes", String.join(", ", classes));
        // Sendmail rewrites mail of clients as well as that of this host's users.
        out.set(
                at,
                "local_header_rewrite_clients",
                "permit_inet_interfaces, permit_mynetworks, permit_sasl_authenticated");
    }

    private List<String> maps(boolean entire, boolean limited) {
        List<String> maps = new ArrayList<>();
        Set<String> names = new LinkedHashSet<>(domains);
        if (!limited) {
            names.addAll(tables.localNames());
            StringBuilder own = new StringBuilder("inline:{ ");
            exposed.forEach(u -> own.append("{ " + u + "@$myhostname = " + u + "@$myhostname } "));
            maps.add(own.append("{ @$myhostname = @" + as + " } }").toString());
        }
        for (String each : exceptions) {
            out.row("masquerade", "@" + each, "@" + each);
        }
        for (String each : names) {
            if (!exceptions.contains(each)) {
                exposed.forEach(u -> out.row("masquerade", u + "@" + each, u + "@" + each));
                out.row("masquerade", "@" + each, "@" + as);
            }
        }
        if (out.has("masquerade")) {
            maps.add(Converted.reference("masquerade"));
        }
        if (entire && !domains.isEmpty()) {
            entire();
            maps.add("regexp:$config_directory/masquerade_entire");
        }
        return maps;
    }

    private void entire() {
        String users =
                exposed.isEmpty()
                        ? ""
                        : "("
                                + String.join(
                                        "|", exposed.stream().map(Masquerade::quoted).toList())
                                + ")";
        if (!users.isEmpty()) {
            out.row("masquerade_entire", "if !/^" + users + "@/", "");
        }
        for (String each : exceptions) {
            out.row("masquerade_entire", "if !/@" + quoted(each) + "$/", "");
        }
        for (String each : domains) {
            out.row("masquerade_entire", "/^(.*)@(.*\\.)?" + quoted(each) + "$/", "${1}@" + as);
        }
        exceptions.forEach(_ -> out.row("masquerade_entire", "endif", ""));
        if (!users.isEmpty()) {
            out.row("masquerade_entire", "endif", "");
        }
    }

    private static String quoted(String text) {
        return text.replaceAll("([^0-9A-Za-z_-])", "\\\\$1");
    }
}
