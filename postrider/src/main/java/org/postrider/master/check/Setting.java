package org.postrider.master.check;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.postrider.config.ConfigException;
import org.postrider.config.MainCf;
import org.postrider.config.Place;
import org.postrider.config.ServiceSettings;
import org.postrider.master.Configuration;
import org.postrider.master.Service;

/// A parameter as it is set: in main.cf, or by `-o` on the line of an active service.
///
/// @param settings in which it counts
record Setting(ServiceSettings settings, String name, Place place) {
    /// Those of main.cf in the order of their lines, then those of the services by name.
    static List<Setting> all(Configuration configuration) {
        List<Setting> out = new ArrayList<>();
        ServiceSettings main = configuration.settings();
        for (MainCf.Entry each : main.mainCf().entries().values()) {
            Place place = new Place(main.mainCf().file(), each.line());
            out.add(new Setting(main, each.name(), place));
        }
        for (Service each : configuration.services()) {
            for (String name : new TreeSet<>(each.line().overrides().keySet())) {
                out.add(new Setting(each.settings(), name, each.place()));
            }
        }
        return out;
    }

    /// Its value; empty for one that cannot be expanded, which the start itself says.
    String text() {
        try {
            return String.valueOf(settings.text(name));
        } catch (ConfigException e) {
            return "";
        }
    }

    /// What a warning begins with.
    String at() {
        return place + ": " + name + ": ";
    }
}
