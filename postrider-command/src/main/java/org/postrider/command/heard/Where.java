package org.postrider.command.heard;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.config.Place;
import org.postrider.config.ServiceSettings;
import org.postrider.config.Values;
import org.postrider.disk.Reading;
import org.postrider.maps.Fold;

/// Where things are set, for who wants to change them.
public final class Where {
    /// Parameters that have tables by default.
    private static final List<String> DEFAULTS = List.of("local_recipient_maps", "alias_maps");

    private final ServiceSettings settings;

    public Where(ServiceSettings settings) {
        this.settings = settings;
    }

    /// A parameter: `/etc/postfix/main.cf, line 12`, the line of master.cf whose `-o` it is, or
    /// `default`.
    public String of(String parameter) {
        Place place = settings.place(parameter);
        if (place == null) {
            return "default";
        }
        boolean main = place.file().equals(settings.mainCf().file());
        return main ? place.toString() : place + ", -o " + parameter;
    }

    /// A restriction within a list: the line of main.cf that it stands in, if its list has several
    /// lines and it is written there as it was asked.
    public String of(String parameter, String restriction) {
        Place place = settings.place(parameter);
        if (place == null || !place.file().equals(settings.mainCf().file())) {
            return of(parameter);
        }
        int line = line(place, restriction);
        return line == 0 ? place.toString() : new Place(place.file(), line).toString();
    }

    /// 0 if it is not found.
    private static int line(Place place, String restriction) {
        List<String> lines;
        try {
            lines = Reading.text(place.file(), Reading.SHORT).lines().toList();
        } catch (IOException e) {
            return 0;
        }
        String wanted = squeezed(restriction);
        for (int i = place.line() - 1; i < lines.size(); i++) {
            String line = lines.get(i);
            String text = line.strip();
            boolean comment = text.startsWith("#");
            boolean goesOn = line.startsWith(" ") || line.startsWith("\t");
            if (i > place.line() - 1 && !text.isEmpty() && !comment && !goesOn) {
                return 0;
            }
            if (!comment && ofWords(squeezed(line.replace(',', ' ')), wanted)) {
                return i + 1;
            }
        }
        return 0;
    }

    private static String squeezed(String text) {
        return Fold.lower(text.strip().replaceAll("\\s+", " "));
    }

    /// The words stand in the line one after another.
    private static boolean ofWords(String line, String wanted) {
        return (" " + line + " ").contains(" " + wanted + " ");
    }

    /// The parameters that name a table.
    public List<String> naming(String table) {
        Set<String> names = new LinkedHashSet<>(settings.mainCf().entries().keySet());
        names.addAll(DEFAULTS);
        List<String> out = new ArrayList<>();
        for (String name : names) {
            String text = text(name);
            if (text != null && Values.words(text).contains(table)) {
                out.add(name);
            }
        }
        return out;
    }

    private @Nullable String text(String name) {
        try {
            return settings.text(name);
        } catch (ConfigException e) {
            return null;
        }
    }
}
