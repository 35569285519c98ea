package org.postrider.rights.root;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.postrider.rights.ReadRules;
import org.postrider.rights.system.Act;
import org.postrider.rights.system.Trusted;
import org.postrider.rights.system.UserFile;

/// Which files are Cyrus's user databases: `/etc/sasldb2`, and what `sasldb_path` says in a
/// configuration file of Cyrus SASL that root alone can change. saslpasswd2 makes them for root.
record CyrusFiles(Path configDirectory, Settings settings) {
    private static final String USUAL = "/etc/sasldb2";
    private static final String DATABASE = "sasldb_path:";
    private static final int LARGEST = 1 << 20;

    /// As the server looks for them (cyrus_sasl_config_path).
    private static final List<Path> DIRECTORIES =
            List.of(
                    Path.of("/etc/postfix/sasl"),
                    Path.of("/etc/sasl2"),
                    Path.of("/usr/lib/sasl2"),
                    Path.of("/usr/lib64/sasl2"),
                    Path.of("/var/lib/sasl2"));

    boolean name(String path) {
        if (path.equals(USUAL)) {
            return true;
        }
        List<Path> directories = new ArrayList<>(DIRECTORIES);
        directories.add(configDirectory.resolve("sasl"));
        for (String value : settings.values("cyrus_sasl_config_path")) {
            for (String each : value.split(":", -1)) {
                if (each.startsWith("/")) {
                    directories.add(Path.of(each));
                }
            }
        }
        return directories.stream().anyMatch(each -> names(each, path));
    }

    private static boolean names(Path directory, String path) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.conf")) {
            for (Path file : files) {
                if (databases(file).contains(path)) {
                    return true;
                }
            }
        } catch (IOException e) {
            return false;
        }
        return false;
    }

    private static List<String> databases(Path file) {
        try {
            Trusted.roots(file.toString());
            return UserFile.read(file.toString(), ReadRules.include(LARGEST), 0)
                    .octets()
                    .lines()
                    .map(String::strip)
                    .filter(line -> line.startsWith(DATABASE))
                    .map(line -> line.substring(DATABASE.length()).strip())
                    .toList();
        } catch (Act e) {
            return List.of();
        }
    }
}
