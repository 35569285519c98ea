package org.postrider.command.convert;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.postrider.command.convert.Macros.Call;
import org.postrider.command.convert.SendmailTables.Row;
import org.postrider.maps.Fold;

/// virtusertable as virtual_alias_maps: plain keys as virtual(5) has them, those with `%` and `+*`
/// as regular expressions; an error is a transport, so that mail of this host's users hears it,
/// too. One thread.
final class SendmailVirtual {
    /// A key with what is behind it.
    ///
    /// @param user what stands before the `@`; empty for a whole domain
    private record Entry(Row row, String user, String domain) {
        boolean whole() {
            return user.isEmpty();
        }

        /// In which order Sendmail asks: users before domains, details before none.
        int rank() {
            boolean any = user.endsWith("++");
            boolean all = user.endsWith("+*");
            int own = user.equals("++") ? 4 : user.equals("+*") ? 5 : whole() ? 6 : 0;
            return own > 0 ? own : any ? 1 : all ? 2 : 3;
        }
    }

    private final Converted out;
    private final SendmailTables tables;
    private final SendmailClasses classes;
    private final List<Entry> entries = new ArrayList<>();

    SendmailVirtual(Converted out, SendmailTables tables, SendmailClasses classes) {
        this.out = out;
        this.tables = tables;
        this.classes = classes;
    }

    /// @param below whether hosts below VIRTUSER_DOMAIN count (FEATURE(virtuser_entire_domain))
    void table(Call c, boolean below) {
        for (Row r : tables.rows(c, c.arg(1), "/etc/mail/virtusertable")) {
            int sign = r.key().lastIndexOf('@');
            String domain = Fold.lower(r.key().substring(sign + 1));
            if (sign < 0 || r.value().isEmpty()) {
                out.note(r.at(), r.key() + " " + r.value(), "is no address with what it becomes");
            } else if (classes.local(domain)
                    || classes.names("VirtHost").contains(domain)
                    || below && classes.within("VirtHost", domain)) {
                entries.add(new Entry(r, r.key().substring(0, sign), domain));
                if (!classes.local(domain)) {
                    out.add(r.at(), "virtual_alias_domains", domain);
                }
            } else {
                out.note(
                        r.at(),
                        r.key(),
                        "Sendmail does not ask for it: the domain is neither local nor in"
                                + " VIRTUSER_DOMAIN");
            }
        }
        entries.sort(Comparator.comparingInt(Entry::rank));
        entries.forEach(this::entry);
        if (out.has("virtual_errors")) {
            String check = "check_recipient_access " + Converted.reference("virtual_errors");
            out.add(c.at(), "smtpd_recipient_restrictions", check);
        }
        tables.named(c.at());
        differences(c);
    }

    private void differences(Call c) {
        if (entries.stream().anyMatch(e -> e.row().value().startsWith("%1@"))) {
            out.note(c.at(), "%1@", "a +detail is kept; Sendmail drops it");
        }
        for (SendmailClasses.Member m : classes.of("VirtHost")) {
            if (entries.stream().noneMatch(e -> e.whole() && e.domain().equals(m.name()))) {
                out.note(
                        m.at(),
                        m.name(),
                        "users that the table has not are refused; Sendmail sends them to the"
                                + " domain's exchangers");
            }
        }
    }

    private void entry(Entry e) {
        String value = e.row().value();
        String key = e.user() + "@" + e.domain();
        boolean details = e.user().endsWith("+*") || e.user().endsWith("++");
        if (value.startsWith("error:")) {
            String said = SendmailTables.error(value.substring(6), "5.1.1");
            if (details) {
                out.note(e.row().at(), e.row().key(), "see transport_maps with a regexp table");
                return;
            }
            error(e, key, said);
        } else if (e.whole() && value.startsWith("%1@") && !value.substring(3).contains("%")) {
            out.row("virtual", key, value.substring(2));
        } else if (details || value.contains("%")) {
            parts(e, value.equals("%1") ? "%1@localhost" : value);
        } else {
            out.row("virtual", key, value);
        }
    }

    /// Of this host's domains a transport says it. Of others nobody would get so far: there it is
    /// said to who sends.
    private void error(Entry e, String key, String said) {
        boolean later = said.startsWith("4");
        if (classes.local(e.domain())) {
            String to = (later ? "retry:" : "error:") + said;
            out.row("transport", e.whole() ? e.domain() : key, to);
            return;
        }
        if (e.whole()) {
            for (Entry other : entries) {
                boolean below = other.domain().endsWith("." + e.domain());
                if (below) {
                    out.row("virtual_errors", other.domain(), "DUNNO");
                } else if (!other.whole() && other.domain().equals(e.domain())) {
                    out.row("virtual_errors", other.user() + "@" + other.domain(), "DUNNO");
                }
            }
        }
        out.row("virtual_errors", e.whole() ? e.domain() : key, (later ? "450 " : "550 ") + said);
    }

    /// `%1` is the user, `%2` the detail, `%3` the detail with its `+`.
    private void parts(Entry e, String value) {
        String domain = SendmailTables.quoted(e.domain());
        String user = e.user().replaceFirst("\\+[*+]$", "");
        String first = user.isEmpty() ? "([^+@]+)" : "(" + SendmailTables.quoted(user) + ")";
        String detail =
                e.user().endsWith("++")
                        ? "(\\+([^@]+))"
                        : e.user().endsWith("+*") ? "(\\+([^@]*))" : "(\\+([^@]*))?";
        Set<String> own = new LinkedHashSet<>();
        if (e.whole()) {
            for (Entry other : entries) {
                if (!other.whole() && other.domain().equals(e.domain())) {
                    String name = other.user().replaceFirst("\\+[*+]$", "");
                    if (!name.isEmpty()) {
                        own.add(SendmailTables.quoted(name));
                    }
                }
            }
        }
        String others = "/^(" + String.join("|", own) + ")(\\+[^@]*)?@" + domain + "$/";
        if (!own.isEmpty()) {
            out.row("virtual_parts", "if !" + others, "");
        }
        String made = value.replace("%0", e.row().key());
        made = made.replace("%1", "${1}").replace("%2", "${3}").replace("%3", "${2}");
        out.row("virtual_parts", "/^" + first + detail + "@" + domain + "$/", made);
        if (!own.isEmpty()) {
            out.row("virtual_parts", "endif", "");
        }
    }
}
