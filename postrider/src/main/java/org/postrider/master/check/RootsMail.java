package org.postrider.master.check;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.config.ServiceSettings;
import org.postrider.config.Settings;
import org.postrider.config.Values;
import org.postrider.maps.Opening;
import org.postrider.maps.TableDirectory;
import org.postrider.maps.TableException;
import org.postrider.master.Configuration;
import org.postrider.master.Service;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// Whether mail for root has a way: nothing is written as root (decision 0032), so that without an
/// alias it waits.
final class RootsMail {
    private static final List<String> OTHER_WAYS =
            List.of(
                    "mailbox_transport",
                    "mailbox_transport_maps",
                    "mailbox_command",
                    "mailbox_command_maps");

    private RootsMail() {}

    static List<String> all(Configuration configuration) {
        ServiceSettings settings = configuration.settings();
        try {
            Service local = local(configuration);
            if (local == null || text(settings, "mydestination").isEmpty()) {
                return List.of();
            }
            Settings own = local.settings();
            if (!OTHER_WAYS.stream().allMatch(each -> text(own, each).isEmpty())
                    || !unknown(own, text(own, "alias_maps"))) {
                return List.of();
            }
        } catch (ConfigException e) {
            // Said by the start itself.
            return List.of();
        }
        String place = settings.origin("alias_maps");
        return List.of(
                (place == null ? settings.mainCf().file().toString() : place)
                        + ": alias_maps: no alias for root: nothing is written as root, so mail for"
                        + " root (postmaster's, cron's) waits; add \"root: somebody\" and run"
                        + " newaliases");
    }

    private static String text(Settings settings, String parameter) {
        return String.valueOf(settings.text(parameter)).strip();
    }

    /// The service of the program local that mail for `mydestination` goes to.
    private static @Nullable Service local(Configuration configuration) {
        String transport = text(configuration.settings(), "local_transport");
        int colon = transport.indexOf(':');
        String name = colon < 0 ? transport : transport.substring(0, colon);
        for (Service each : configuration.services()) {
            if (each.name().equals(name) && each.program().name().equals("local")) {
                return each;
            }
        }
        return null;
    }

    /// Whether all tables answer, and none knows root. Those that ask another machine are not
    /// asked.
    private static boolean unknown(Settings settings, String tables) {
        Opening opening =
                new Opening(Clock.system(), Supervisor.alone(), settings::text, text -> {});
        try (TableDirectory directory = new TableDirectory(opening)) {
            for (String word : Values.words(tables)) {
                String bare = word.startsWith("proxy:") ? word.substring(6) : word;
                if (TableChecks.remote(bare) || directory.open(bare).lookup("root") != null) {
                    return false;
                }
            }
            return true;
        } catch (TableException e) {
            // Said of the table itself.
            return false;
        }
    }
}
