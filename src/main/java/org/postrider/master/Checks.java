package org.postrider.master;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.postrider.anvil.RateChecks;
import org.postrider.config.MasterCf;
import org.postrider.config.MasterEntry;
import org.postrider.config.ServiceLine;
import org.postrider.config.ServiceSettings;
import org.postrider.smtp.SmtpChecks;
import org.postrider.smtpd.SmtpdSasl;
import org.postrider.smtpd.TlsChecks;
import org.postrider.time.Clock;

/// What is said aloud about a configuration by `postfix check`, at start and at reload, each once,
/// with its file and, where it has one, its line: `warning: …`.
final class Checks {
    private Checks() {}

    /// @param thorough tables and keys are opened, too
    static List<String> all(ServiceSettings settings, MasterCf masterCf, boolean thorough) {
        Set<String> said = new LinkedHashSet<>(settings.mainCf().warnings());
        said.addAll(masterCf.warnings());
        List<String> tables = thorough ? TableChecks.all(settings) : List.of();
        for (String each : NameChecks.all(settings, masterCf)) {
            if (!saidOf(each, tables)) {
                said.add(each);
            }
        }
        said.addAll(NotHonoured.all(settings, masterCf));
        said.addAll(InstanceChecks.all(settings));
        said.addAll(tables);
        said.addAll(TableChecks.lists(settings));
        if (thorough) {
            said.addAll(services(settings, masterCf));
        }
        said.addAll(RelayChecks.all(settings, masterCf));
        said.addAll(rates(settings, masterCf));
        said.addAll(CorruptCheck.all(settings));
        said.addAll(OtherMailSystem.mail(settings));
        List<String> out = new ArrayList<>();
        said.forEach(text -> out.add("warning: " + text));
        return out;
    }

    /// Whether the file of a table that cannot be read is named by one of these, with its parameter
    /// and line: `open "mysql" configuration "FILE": …` says less.
    private static boolean saidOf(String text, List<String> tables) {
        int from = text.startsWith("open \"") ? text.indexOf(" configuration \"") : -1;
        int to = from < 0 ? -1 : text.indexOf('"', from + 16);
        String file = to < 0 ? "" : text.substring(from + 16, to);
        return !file.isEmpty() && tables.stream().anyMatch(t -> t.contains(file + ": "));
    }

    /// The line of a service that is not switched off by master_service_disable.
    static boolean active(ServiceSettings settings, ServiceLine line) {
        for (String each : settings.get(MasterParams.SERVICE_DISABLE)) {
            if (each.equals(line.type()) || each.equals(line.name() + "/" + line.type())) {
                return false;
            }
        }
        return true;
    }

    /// Limits that would stop the start.
    private static Set<String> rates(ServiceSettings settings, MasterCf masterCf) {
        Set<String> wrong = new LinkedHashSet<>(RateChecks.all(settings));
        for (ServiceLine line : masterCf.services()) {
            if (line.program().equals("smtpd")) {
                wrong.addAll(RateChecks.all(settings.service(masterCf, line)));
            }
        }
        return wrong;
    }

    /// Services whose chroot column means `y` by an older default.
    static List<String> chrootByDefault(ServiceSettings settings, MasterCf masterCf) {
        List<String> lines = new ArrayList<>();
        if (settings.expand("${{$compatibility_level} <level {1} ? {yes}}").equals("yes")) {
            for (MasterEntry each : MasterCf.entries(masterCf.file(), warning -> {})) {
                if (each.fields().get(4).equals("-")) {
                    lines.add(
                            masterCf.file()
                                    + ": line "
                                    + each.line()
                                    + ": using backwards-compatible default setting chroot=y");
                }
            }
        }
        return lines;
    }

    /// TLS and logins of each smtpd and smtp line; what two lines share is said once.
    private static List<String> services(ServiceSettings settings, MasterCf masterCf) {
        Set<String> said = new LinkedHashSet<>();
        List<String> out = new ArrayList<>();
        for (ServiceLine line : masterCf.services()) {
            if (!active(settings, line)) {
                continue;
            }
            ServiceSettings own = settings.service(masterCf, line);
            List<String> problems = new ArrayList<>();
            if (line.program().equals("smtpd")) {
                TlsChecks.problems(own, Clock.system()).forEach(t -> problems.add("TLS: " + t));
                SmtpdSasl.problems(own, line.chroot(), Clock.system())
                        .forEach(t -> problems.add("SASL: " + t));
            } else if (line.program().equals("smtp")) {
                SmtpChecks.problems(own, Clock.system()).forEach(t -> problems.add("TLS: " + t));
            }
            for (String text : problems) {
                if (said.add(text)) {
                    out.add(masterCf.file() + ", line " + line.line() + ": " + text);
                }
            }
        }
        return out;
    }
}
