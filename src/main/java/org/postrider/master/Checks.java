package org.postrider.master;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.postrider.config.Catalogue;
import org.postrider.config.MainCf;
import org.postrider.config.MasterCf;
import org.postrider.config.ServiceLine;
import org.postrider.config.ServiceSettings;

/// What is said aloud about a configuration at start and by `postfix check`.
final class Checks {
    private static final Set<String> KNOWN_PROGRAMS =
            Set.of(
                    "smtpd",
                    "pickup",
                    "cleanup",
                    "qmgr",
                    "oqmgr",
                    "trivial-rewrite",
                    "bounce",
                    "smtp",
                    "error",
                    "discard",
                    "showq",
                    "flush",
                    "tlsmgr",
                    "verify",
                    "proxymap",
                    "anvil",
                    "scache",
                    "postlogd",
                    "local",
                    "virtual",
                    "lmtp",
                    "pipe",
                    "spawn",
                    "postscreen",
                    "qmqpd",
                    "dnsblog",
                    "tlsproxy",
                    "nbdb_reindexd");

    private Checks() {}

    static List<String> all(ServiceSettings settings, MasterCf masterCf) {
        List<String> out = new ArrayList<>();
        MainCf mainCf = settings.mainCf();
        for (String warning : mainCf.warnings()) {
            out.add("warning: " + warning);
        }
        List<String> ignored = Catalogue.notHonoured(mainCf, settings.catalogue());
        if (!ignored.isEmpty()) {
            out.add(
                    "warning: "
                            + mainCf.file()
                            + ": not honoured by this version: "
                            + String.join(" ", ignored));
        }
        for (MainCf.Entry e : mainCf.entries().values()) {
            Catalogue.Known known = settings.catalogue().known(e.name());
            if (known == null && !used(settings, masterCf, e.name())) {
                out.add(
                        "warning: "
                                + mainCf.file()
                                + ": unused parameter: "
                                + e.name()
                                + "="
                                + e.value());
            }
        }
        for (ServiceLine line : masterCf.services()) {
            if (!KNOWN_PROGRAMS.contains(line.program())) {
                out.add(
                        "warning: "
                                + masterCf.file()
                                + ": line "
                                + line.line()
                                + ": unknown program: "
                                + line.program());
            }
        }
        return out;
    }

    /// A name of the user's own that others refer to, a member of a per-transport family, or one of
    /// ours.
    private static boolean used(ServiceSettings settings, MasterCf masterCf, String name) {
        if (name.startsWith("postrider_")) {
            return true;
        }
        for (ServiceLine line : masterCf.services()) {
            if (name.startsWith(line.name() + "_")) {
                return true;
            }
            for (String value : line.overrides().values()) {
                if (refers(value, name)) {
                    return true;
                }
            }
        }
        for (MainCf.Entry e : settings.mainCf().entries().values()) {
            if (refers(e.value(), name)) {
                return true;
            }
        }
        return List.of(
                        String.valueOf(settings.text("smtpd_restriction_classes"))
                                .split("[, ]+", -1))
                .contains(name);
    }

    private static boolean refers(String value, String name) {
        return value.contains("$" + name)
                || value.contains("${" + name)
                || value.contains("$(" + name);
    }
}
