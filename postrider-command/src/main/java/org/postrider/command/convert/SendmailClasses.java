package org.postrider.command.convert;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.postrider.command.convert.Macros.Call;
import org.postrider.config.HostFacts;
import org.postrider.maps.Fold;

/// Sendmail's classes (`$=w` and its like) as macros, files and lines of LOCAL_CONFIG fill them,
/// and the name of this host. One thread.
final class SendmailClasses {
    /// By the macro that fills it; with `_FILE` behind it, from the lines of a file.
    private static final Map<String, String> MACROS =
            Map.of(
                    "LOCAL_DOMAIN", "w",
                    "MASQUERADE_DOMAIN", "M",
                    "MASQUERADE_EXCEPTION", "N",
                    "EXPOSED_USER", "E",
                    "GENERICS_DOMAIN", "G",
                    "VIRTUSER_DOMAIN", "VirtHost",
                    "RELAY_DOMAIN", "R",
                    "LOCAL_USER", "L");

    /// A name, and where it was said.
    record Member(Source at, String name) {}

    private final Converted out;
    private final SendmailTables tables;
    private final Map<String, List<Member>> all = new HashMap<>();
    private String host = "";

    SendmailClasses(Converted out, SendmailTables tables) {
        this.out = out;
        this.tables = tables;
    }

    /// @return whether the macro fills a class
    boolean take(Call c) {
        boolean file = c.name().endsWith("_FILE");
        String name = file ? c.name().substring(0, c.name().length() - 5) : c.name();
        String to = MACROS.get(name);
        if (to == null) {
            return false;
        }
        add(to, c.at(), file ? tables.lines(c, c.arg(0)) : words(c, c.arg(0)));
        return true;
    }

    /// A line `CwNAME …` or `Fw/FILE` of sendmail.cf.
    ///
    /// @return whether the class means anything here
    boolean line(Call c, boolean file, String to, String value) {
        if (!MACROS.containsValue(to)) {
            return false;
        }
        if (value.contains("|")) {
            return false;
        }
        add(to, c.at(), file ? tables.lines(c, value) : words(c, value));
        return true;
    }

    void add(String to, Source at, List<String> names) {
        List<Member> members = all.computeIfAbsent(to, _ -> new ArrayList<>());
        names.forEach(name -> members.add(new Member(at, name.replaceFirst("\\.$", ""))));
    }

    List<Member> of(String name) {
        return all.getOrDefault(name, List.of());
    }

    /// Without case: the names of hosts and domains.
    Set<String> names(String name) {
        Set<String> out = new LinkedHashSet<>();
        of(name).forEach(m -> out.add(Fold.lower(m.name())));
        return out;
    }

    /// confDOMAIN_NAME, where it says one.
    void host(String name) {
        host = Fold.lower(name);
    }

    /// `$j`: the one that was said, else this machine's.
    String host() {
        return host.isEmpty() ? Fold.lower(HostFacts.hostName()) : host;
    }

    boolean saysHost() {
        return !host.isEmpty();
    }

    /// Whether mail for the domain is this host's own (`$=w`).
    boolean local(String domain) {
        return domain.equals(host()) || domain.equals("localhost") || names("w").contains(domain);
    }

    /// Whether the domain is in the class, or below one of it.
    boolean within(String name, String domain) {
        return names(name).stream().anyMatch(n -> domain.equals(n) || domain.endsWith("." + n));
    }

    /// Blanks are between them; a comma is a part of a name that no host has.
    private List<String> words(Call c, String text) {
        List<String> all = new ArrayList<>();
        for (String each : text.split("\\s+")) {
            if (each.contains(",")) {
                out.note(c.at(), each, "a comma is no separator: Sendmail knows no such name");
            } else if (!each.isEmpty()) {
                all.add(each);
            }
        }
        return all;
    }
}
