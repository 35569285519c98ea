import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.UUID;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;

/// Writes the list of what the program consists of, as CycloneDX 1.6 in JSON, to standard output:
///
///     java packaging/Sbom.java VERSION SECONDS LIBRARIES RUNTIME CLASSPATH
///
/// VERSION is the program's, SECONDS since 1970 its time, LIBRARIES packaging/libraries.tsv, RUNTIME
/// a Java runtime's directory. Coordinates are the jar's own (pom.properties), or of LIBRARIES with
/// the version of its manifest; where both name a group and differ, or a jar is in neither, it ends
/// with 1. The same words make the same octets.
final class Sbom {
    private record Part(String group, String name, String version, String licence, String hash) {
        String purl() {
            return "pkg:maven/" + group + "/" + name + "@" + version;
        }

        String json() {
            return """
                       {
                         "type": "library",
                         "bom-ref": "%s",
                         "group": "%s",
                         "name": "%s",
                         "version": "%s",
                         "hashes": [{"alg": "SHA-256", "content": "%s"}],
                         "licenses": [{"license": {"id": "%s"}}],
                         "purl": "%s"
                       }"""
                    .formatted(purl(), group, name, version, hash, licence, purl())
                    .indent(4)
                    .stripTrailing();
        }
    }

    private Sbom() {}

    public static void main(String[] args) throws IOException, NoSuchAlgorithmException {
        Map<String, String[]> known = new TreeMap<>();
        for (String line : Files.readAllLines(Path.of(args[2]))) {
            String[] fields = line.split("\t");
            if (!line.startsWith("#") && fields.length == 3) {
                known.put(fields[0], fields);
            }
        }
        List<String> parts = new ArrayList<>();
        List<String> refs = new ArrayList<>();
        for (String jar : args[4].split(":")) {
            Part part = part(Path.of(jar), known, args[0]);
            parts.add(part.json());
            refs.add("\"" + part.purl() + "\"");
        }
        String java = release(Path.of(args[3], "release"));
        parts.add(
                """
                {
                  "type": "platform",
                  "bom-ref": "openjdk",
                  "name": "OpenJDK runtime",
                  "version": "%s",
                  "licenses": [{"expression": "GPL-2.0-only WITH Classpath-exception-2.0"}]
                }"""
                        .formatted(java)
                        .indent(4)
                        .stripTrailing());
        refs.add("\"openjdk\"");
        String all = String.join(",\n", parts);
        System.out.print(
                """
                {
                  "bomFormat": "CycloneDX",
                  "specVersion": "1.6",
                  "serialNumber": "urn:uuid:%s",
                  "version": 1,
                  "metadata": {
                    "timestamp": "%s",
                    "component": {"type": "application", "bom-ref": "postrider", "name": "postrider", "version": "%s"}
                  },
                  "components": [
                %s
                  ],
                  "dependencies": [{"ref": "postrider", "dependsOn": [%s]}]
                }
                """
                        .formatted(
                                UUID.nameUUIDFromBytes((args[0] + all).getBytes(StandardCharsets.UTF_8)),
                                Instant.ofEpochSecond(Long.parseLong(args[1])),
                                args[0],
                                all,
                                String.join(", ", refs)));
    }

    private static Part part(Path file, Map<String, String[]> known, String own)
            throws IOException, NoSuchAlgorithmException {
        String name = file.getFileName().toString().replaceFirst("\\.jar$", "");
        String[] row = known.get(name);
        if (row == null) {
            throw new IOException(file + " is not in packaging/libraries.tsv");
        }
        String version = null;
        try (JarFile jar = new JarFile(file.toFile())) {
            for (ZipEntry entry : (Iterable<ZipEntry>) jar.stream().<ZipEntry>map(e -> e)::iterator) {
                if (entry.getName().endsWith("/" + name + "/pom.properties")) {
                    Properties its = new Properties();
                    its.load(
                            new StringReader(
                                    new String(
                                            jar.getInputStream(entry).readAllBytes(),
                                            StandardCharsets.ISO_8859_1)));
                    if (!row[1].equals(its.getProperty("groupId"))) {
                        throw new IOException(file + " is of " + its.getProperty("groupId") + ", not " + row[1]);
                    }
                    version = its.getProperty("version");
                }
            }
            if (version == null && jar.getManifest() != null) {
                version = jar.getManifest().getMainAttributes().getValue("Implementation-Version");
            }
        }
        if (row[1].equals("org.postrider")) {
            version = own;
        }
        if (version == null) {
            throw new IOException(file + " does not say its version");
        }
        byte[] sum = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
        return new Part(row[1], name, version, row[2], HexFormat.of().formatHex(sum));
    }

    private static String release(Path file) throws IOException {
        for (String line : Files.readAllLines(file)) {
            if (line.startsWith("JAVA_VERSION=")) {
                return line.substring(14, line.length() - 1);
            }
        }
        throw new IOException(file + " does not say its version");
    }
}
