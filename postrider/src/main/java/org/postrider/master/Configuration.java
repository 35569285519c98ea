package org.postrider.master;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.postrider.config.Catalogue;
import org.postrider.config.HostFacts;
import org.postrider.config.MainCf;
import org.postrider.config.MasterCf;
import org.postrider.config.Place;
import org.postrider.config.ServiceLine;
import org.postrider.config.ServiceSettings;
import org.postrider.config.Settings;
import org.postrider.maps.Table;
import org.postrider.master.listen.Interfaces;

/// One reading of main.cf and master.cf: its settings, and a [Service] for each line of master.cf
/// that is not switched off by master_service_disable.
///
/// @param tables of the program that embeds the server, by `type:name`
public record Configuration(
        ServiceSettings settings,
        MasterCf masterCf,
        Programs programs,
        Map<String, Table> tables,
        List<Service> services) {
    public Configuration {
        tables = Map.copyOf(tables);
        services = List.copyOf(services);
    }

    /// @throws org.postrider.config.ConfigException for a file that cannot be read, with its line
    public static Configuration read(Path directory, Programs programs) {
        return of(
                settings(directory),
                MasterCf.read(directory.resolve("master.cf")),
                programs,
                Map.of());
    }

    /// Of what was read elsewhere.
    public static Configuration of(
            ServiceSettings settings,
            MasterCf masterCf,
            Programs programs,
            Map<String, Table> tables) {
        List<Service> services = new ArrayList<>();
        List<String> disabled = settings.get(MasterParams.SERVICE_DISABLE);
        for (ServiceLine line : masterCf.services()) {
            if (!disabled.contains(line.type())
                    && !disabled.contains(line.name() + "/" + line.type())) {
                services.add(
                        new Service(
                                programs.named(line.program()),
                                line,
                                settings.service(masterCf, line),
                                new Place(masterCf.file(), line.line())));
            }
        }
        return new Configuration(settings, masterCf, programs, tables, services);
    }

    /// Where a configuration comes from, at the start and at each reload.
    public interface Source {
        /// @throws org.postrider.config.ConfigException for what cannot be read, with its line
        Configuration read();
    }

    /// main.cf of the directory with the machine's facts.
    public static ServiceSettings settings(Path directory) {
        return settings(MainCf.read(directory.resolve("main.cf")));
    }

    /// These settings with the machine's facts.
    public static ServiceSettings settings(MainCf mainCf) {
        Catalogue catalogue = Catalogue.load();
        return HostFacts.withOrigin(
                ServiceSettings.of(mainCf, catalogue, HostFacts.of(mainCf, catalogue)));
    }

    /// The machine's addresses that count as ours (inet_interfaces).
    public Set<InetAddress> ownAddresses() {
        return new Interfaces(settings).own();
    }

    /// The services of a program, in the order of their lines.
    public List<Service> of(Program program) {
        return services.stream().filter(each -> each.program().equals(program)).toList();
    }

    /// What the first service of a program sees; main.cf's where it has none.
    public Settings settingsOf(Program program) {
        List<Service> all = of(program);
        return all.isEmpty() ? settings : all.getFirst().settings();
    }
}
