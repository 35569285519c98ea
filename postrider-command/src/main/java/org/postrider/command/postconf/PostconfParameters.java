package org.postrider.command.postconf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.command.Messages;
import org.postrider.command.OctetOut;
import org.postrider.config.Catalogue;
import org.postrider.config.HostFacts;
import org.postrider.config.MainCf;
import org.postrider.config.MasterCf;
import org.postrider.config.MasterEntry;
import org.postrider.config.ParameterNames;
import org.postrider.config.ServiceSettings;
import org.postrider.master.Programs;

/// Lists main.cf parameters: those of the catalogue, those that services bring, and those of the
/// user's own that others refer to.
final class PostconfParameters {
    private final Map<String, String> overrides;
    private final Postconf.Style style;
    private final OctetOut out;
    private final Messages say;
    private final MainCf mainCf;
    private final ServiceSettings settings;
    private final Path directory;
    private final Map<String, String> ofServices;
    private final Set<String> ofUser;
    private final @Nullable ParameterNames names;

    PostconfParameters(
            Path directory,
            Map<String, String> overrides,
            Postconf.Style style,
            OctetOut out,
            Messages say) {
        this.directory = directory;
        this.overrides = overrides;
        this.style = style;
        this.out = out;
        this.say = say;
        Path file = directory.resolve("main.cf");
        MainCf read = style.defaults() ? MainCf.empty(file) : MainCf.read(file);
        mainCf = read.without(ParameterNames.READ_ONLY);
        mainCf.warnings().forEach(say::warning);
        settings = settings(mainCf, overrides);
        Path masterCf = directory.resolve("master.cf");
        List<MasterEntry> services = List.of();
        if (Files.exists(masterCf)) {
            services = MasterCf.entries(masterCf, say::warning);
        } else {
            say.warning("open " + masterCf + ": No such file or directory");
        }
        if (style.defaults()) {
            names = null;
            ofServices = Programs.standard().families().of(services);
            ofUser = Set.of();
        } else {
            names =
                    new ParameterNames(
                            settings(read, overrides),
                            overrides,
                            masterCf,
                            services,
                            Programs.standard().families(),
                            say::warning);
            ofServices = names.ofServices();
            ofUser = names.ofUser();
        }
    }

    static ServiceSettings settings(MainCf mainCf, Map<String, String> overrides) {
        Catalogue catalogue = Catalogue.load();
        Map<String, String> facts = new HashMap<>(HostFacts.of(mainCf, catalogue));
        facts.put("process_name", "postconf");
        return ServiceSettings.of(mainCf, catalogue, facts).with(overrides);
    }

    void show(String parameterClass, String[] wanted) throws IOException {
        if (wanted.length > 0) {
            for (String name : wanted) {
                one(name);
            }
        } else {
            boolean set = !style.defaults();
            for (String name :
                    ParameterClasses.of(
                            parameterClass, settings, ofServices, ofUser, set, ofMainCf())) {
                print(name);
            }
        }
        out.flush();
        if (names != null && !style.quiet()) {
            names.unused(true).forEach(say::warning);
        }
    }

    /// What can be shown of the built-in ones where only what is set is; null for all.
    private @Nullable Set<String> ofMainCf() {
        if (!style.set()) {
            return null;
        }
        Set<String> names = new HashSet<>(mainCf.entries().keySet());
        names.addAll(overrides.keySet());
        names.add("config_directory");
        return names;
    }

    private void one(String name) throws IOException {
        if (settings.catalogue().known(name) == null
                && settings.catalogue().own(name) == null
                && !ParameterNames.legacy(name)
                && !ofServices.containsKey(name)
                && !ofUser.contains(name)) {
            say.warning(name + ": unknown parameter");
        } else {
            print(name);
        }
    }

    private void print(String name) throws IOException {
        String value = value(name);
        if (value == null) {
            return;
        }
        Catalogue.Known known = settings.catalogue().known(name);
        if (style.expand() && (known == null || !known.type().equals("raw"))) {
            value = settings.expand(value);
        }
        line(out, style, name, value);
    }

    private @Nullable String value(String name) {
        if (style.set() && !overrides.containsKey(name) && !mainCf.entries().containsKey(name)) {
            return name.equals("config_directory") && !directory.toString().equals("/etc/postfix")
                    ? directory.toString()
                    : null;
        }
        Catalogue.Known builtIn = settings.catalogue().known(name);
        if (style.defaults() && builtIn != null && name.equals("config_directory")) {
            return builtIn.defaultText();
        }
        String value = settings.unexpanded(name);
        if (value != null) {
            return value;
        }
        Catalogue.Known own = settings.catalogue().own(name);
        return own != null ? own.defaultText() : ofServices.getOrDefault(name, "");
    }

    /// One setting as postconf prints it.
    static void line(OctetOut out, Postconf.Style style, String name, String given)
            throws IOException {
        if (style.json()) {
            out.octet('{').json(name).text(": ").json(given).text("}\n");
            return;
        }
        String value = spaced(given);
        if (style.noNames()) {
            write(out, style, value);
        } else if (style.noValues()) {
            out.text(name);
        } else if (value.isEmpty()) {
            out.text(name).text(" =");
        } else {
            write(out, style, name + " = " + value);
        }
        out.octet('\n');
    }

    private static void write(OctetOut out, Postconf.Style style, String text) throws IOException {
        if (style.fold()) {
            folded(out, text);
        } else {
            out.text(text);
        }
    }

    /// Runs of white space become one space.
    private static String spaced(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
            if (!blank) {
                out.append(c);
            } else if (!out.isEmpty() && out.charAt(out.length() - 1) != ' ') {
                out.append(' ');
            }
        }
        return out.toString().stripTrailing();
    }

    private static final int WIDEST = 80;

    /// At most 80 octets a line where words allow; further lines are indented by four.
    private static void folded(OctetOut out, String text) throws IOException {
        int column = 0;
        for (String word : text.split(" ", -1)) {
            if (column == 0) {
                out.text(word);
                column = word.length();
            } else if (column + 1 + word.length() > WIDEST) {
                out.text("\n    ").text(word);
                column = 4 + word.length();
            } else {
                out.octet(' ').text(word);
                column += 1 + word.length();
            }
        }
    }
}
