package org.postrider.agent;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.postrider.config.Settings;
import org.postrider.config.Values;
import org.postrider.maps.MapsParams;

/// The variables that commands see besides those about the mail: export_environment of what
/// import_environment lets in.
public final class CommandEnvironment {
    private CommandEnvironment() {}

    /// Without PATH, which is the system's.
    ///
    /// @param process this process's own variables
    public static Map<String, String> of(Settings settings, Map<String, String> process) {
        Map<String, String> imported = new LinkedHashMap<>();
        read(Values.words(settings.get(MapsParams.IMPORT_ENVIRONMENT)), process, imported);
        imported.put("MAIL_CONFIG", settings.configDirectory());
        Map<String, String> out = new LinkedHashMap<>();
        read(settings.get(AgentParams.EXPORT_ENVIRONMENT), imported, out);
        out.remove("PATH");
        return out;
    }

    private static void read(
            List<String> words, Map<String, String> known, Map<String, String> into) {
        for (String word : words) {
            boolean braced = word.startsWith("{") && word.endsWith("}");
            String plain = braced ? word.substring(1, word.length() - 1).strip() : word;
            int equals = plain.indexOf('=');
            if (equals > 0) {
                into.put(plain.substring(0, equals).strip(), plain.substring(equals + 1).strip());
            } else {
                String value = known.get(plain);
                if (value != null) {
                    into.put(plain, value);
                }
            }
        }
    }
}
