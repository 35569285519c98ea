package org.postrider.documents;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// The documents as `bin/documents` makes them, and their sources.
final class Made {
    static final Path OUT = Path.of("target/documents");

    private Made() {}

    /// Runs the generator with the classes of this test.
    static void make(Path out) throws IOException, InterruptedException {
        if (Files.exists(out)) {
            try (Stream<Path> old = Files.walk(out)) {
                for (Path each : old.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(each);
                }
            }
        }
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Process process =
                new ProcessBuilder(
                                java.toString(),
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "src/documents/Documents.java",
                                ".",
                                out.toString())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
    }

    /// Every file below a directory of what was made, by its path in it.
    static Map<String, String> files(Path directory) throws IOException {
        Map<String, String> all = new TreeMap<>();
        try (Stream<Path> found = Files.walk(directory)) {
            for (Path file : found.filter(Files::isRegularFile).toList()) {
                all.put(directory.relativize(file).toString(), Files.readString(file));
            }
        }
        return all;
    }

    /// The sources of man pages and README files and the guide, by their names.
    static Map<String, List<String>> sources() throws IOException {
        Map<String, List<String>> all = new TreeMap<>();
        for (String directory : List.of("docs/man", "docs/readme")) {
            try (Stream<Path> found = Files.list(Path.of(directory))) {
                for (Path file : found.filter(f -> f.toString().endsWith(".md")).toList()) {
                    all.put(file.toString(), Files.readAllLines(file));
                }
            }
        }
        all.put("docs/guide.md", Files.readAllLines(Path.of("docs/guide.md")));
        return all;
    }

    /// The other documents of docs/.
    static Map<String, List<String>> others() throws IOException {
        Map<String, List<String>> all = new TreeMap<>();
        try (Stream<Path> found = Files.list(Path.of("docs"))) {
            for (Path file : found.filter(f -> named(f)).toList()) {
                all.put(file.toString(), Files.readAllLines(file));
            }
        }
        return all;
    }

    /// Not of the program's settings: fields of the JSON log, and pages that tests write.
    private static boolean named(Path file) {
        return file.toString().endsWith(".md")
                && !List.of("guide.md", "json-log.md", "parameters.md", "not-honoured.md")
                        .contains(file.getFileName().toString());
    }

    /// A fenced block of a source.
    ///
    /// @param kind what stands behind the fence: `main.cf`, `sh`, `table PATH` …
    /// @param notes what the comments right above it say, without their marks
    record Fenced(String source, int line, String kind, List<String> notes, List<String> lines) {
        String where() {
            return source + ":" + line;
        }

        String text() {
            return String.join("\n", lines) + "\n";
        }
    }

    static List<Fenced> fenced(String source, List<String> lines) {
        List<Fenced> all = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            if (line.startsWith("<!-- ")) {
                notes.add(line.substring("<!-- ".length(), line.indexOf(" -->")));
            } else if (line.startsWith("```")) {
                int end = i + 1;
                while (!lines.get(end).startsWith("```")) {
                    end++;
                }
                all.add(
                        new Fenced(
                                source,
                                i + 1,
                                line.substring("```".length()).strip(),
                                List.copyOf(notes),
                                lines.subList(i + 1, end)));
                notes.clear();
                i = end;
            } else if (!line.isBlank()) {
                notes.clear();
            }
        }
        return all;
    }
}
