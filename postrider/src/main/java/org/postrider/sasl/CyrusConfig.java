package org.postrider.sasl;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.config.Reason;
import org.postrider.disk.Reading;

/// A Cyrus SASL application's settings: lines of `name: value`. Immutable.
///
/// @param file where they come from, null if there is no such file
public record CyrusConfig(@Nullable Path file, Map<String, String> values) {
    /// What this back end reads; others are passed over, and `postfix check` names them.
    public static final List<String> KNOWN =
            List.of(
                    "pwcheck_method",
                    "auxprop_plugin",
                    "sasldb_path",
                    "saslauthd_path",
                    "mech_list",
                    "log_level",
                    "oauth_introspection_url",
                    "oauth_client_id",
                    "oauth_client_secret",
                    "oauth_jwks_url",
                    "oauth_issuer",
                    "oauth_audience",
                    "oauth_username_claim",
                    "oauth_scope",
                    "oauth_timeout");

    private static final List<Path> USUAL =
            List.of(
                    Path.of("/etc/postfix/sasl"),
                    Path.of("/etc/sasl2"),
                    Path.of("/usr/lib/sasl2"),
                    Path.of("/usr/lib64/sasl2"),
                    Path.of("/var/lib/sasl2"));

    /// Finds `NAME.conf`.
    ///
    /// @param path cyrus_sasl_config_path; if empty, `sasl` in the configuration directory and the
    ///   usual places
    /// @throws ConfigException if the file is unreadable or malformed
    public static CyrusConfig find(String name, String path, Path configDirectory) {
        List<Path> places = new java.util.ArrayList<>();
        if (path.isEmpty()) {
            places.add(configDirectory.resolve("sasl"));
            places.addAll(USUAL);
        } else {
            Arrays.stream(path.split(":"))
                    .filter(p -> !p.isEmpty())
                    .map(Path::of)
                    .forEach(places::add);
        }
        for (Path place : places) {
            Path file = place.resolve(name + ".conf");
            if (Files.exists(file)) {
                return read(file);
            }
        }
        return new CyrusConfig(null, Map.of());
    }

    private static CyrusConfig read(Path file) {
        Map<String, String> values = new TreeMap<>();
        int number = 0;
        try {
            for (String raw : Reading.text(file, Reading.SHORT).split("\n")) {
                number++;
                String line = raw.strip();
                if (line.isEmpty() || line.startsWith("#")) {
                    continue;
                }
                int colon = line.indexOf(':');
                String name = colon < 0 ? "" : line.substring(0, colon);
                if (!name.matches("[A-Za-z0-9_-]+")) {
                    throw new ConfigException(file + ", line " + number + ": expected name: value");
                }
                String value = line.substring(colon + 1).strip();
                if (value.isEmpty()) {
                    throw new ConfigException(file + ", line " + number + ": no value for " + name);
                }
                values.put(name.toLowerCase(Locale.ROOT), value);
            }
        } catch (IOException e) {
            throw new ConfigException("open " + file + ": " + Reason.of(e));
        }
        return new CyrusConfig(file, values);
    }

    public String get(String name, String otherwise) {
        return values.getOrDefault(name, otherwise);
    }

    public List<String> words(String name, String otherwise) {
        return Arrays.stream(get(name, otherwise).split("[ \t,]+"))
                .filter(w -> !w.isEmpty())
                .toList();
    }
}
