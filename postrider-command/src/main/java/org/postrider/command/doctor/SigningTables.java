package org.postrider.command.doctor;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.postrider.cleanup.Cleanup;
import org.postrider.config.ConfigException;
import org.postrider.config.ServiceSettings;
import org.postrider.dkim.SigningKeys;
import org.postrider.doctor.Examination;
import org.postrider.maps.Listed;
import org.postrider.maps.Opening;
import org.postrider.maps.Table;
import org.postrider.maps.TableDirectory;
import org.postrider.maps.TableException;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// The keys of a domain that dkim_signing_maps names: all of a table that can be listed, of another
/// what it answers for the domain and for an address of it.
final class SigningTables {
    static final String MAPS = "dkim_signing_maps";
    private static final int MOST = 100;
    private static final String NONE = "none";

    private final String domain;
    private final Set<SigningKeys.Named> keys = new LinkedHashSet<>();
    private final Set<String> faults = new LinkedHashSet<>();
    private boolean more;

    private SigningTables(String domain) {
        this.domain = domain;
    }

    /// Blocking.
    ///
    /// @param domain in A-labels and lower case
    static Examination.Keys of(ServiceSettings settings, String domain, Clock clock) {
        SigningTables out = new SigningTables(domain);
        try (TableDirectory tables =
                new TableDirectory(
                        new Opening(clock, Supervisor.alone(), settings::text, text -> {}))) {
            Cleanup.signingTables(settings).forEach(word -> out.table(tables, word));
        }
        if (out.more) {
            out.faults.add(MAPS + ": more than " + MOST + " keys of " + domain);
        }
        return new Examination.Keys(List.copyOf(out.keys), List.copyOf(out.faults));
    }

    private void table(TableDirectory tables, String word) {
        try {
            Table table = tables.open(word);
            if (table instanceof Listed listed) {
                listed.each(this::entry);
                return;
            }
            List<String> names = new ArrayList<>(List.of("postmaster@" + domain, domain));
            for (int dot = domain.indexOf('.'); dot > 0; dot = domain.indexOf('.', dot + 1)) {
                names.add(domain.substring(dot));
            }
            for (String each : names) {
                String found = table.lookup(each);
                if (found != null) {
                    entry(each, found);
                }
            }
        } catch (TableException | ConfigException e) {
            faults.add(MAPS + ": " + word + ": " + e.getMessage());
        }
    }

    private void entry(String key, String value) {
        if (value.strip().equals(NONE)) {
            return;
        }
        try {
            for (SigningKeys.Named each : SigningKeys.parse(value)) {
                String of = each.domain();
                if (!domain.equals(of) && !domain.endsWith("." + of)) {
                    continue;
                }
                more |= keys.size() >= MOST && !keys.contains(each);
                if (!more) {
                    keys.add(each);
                }
            }
        } catch (ConfigException e) {
            faults.add(MAPS + ": " + key + ": " + e.getMessage());
        }
    }
}
