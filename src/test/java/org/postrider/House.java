package org.postrider;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.postrider.command.Main;
import org.postrider.rights.Rights;

/// The exceptions from the rules of the house, which may only get fewer: `src/test/house/ROOM.txt`,
/// a line `RULE WHAT SIZE` for each, and after it, where somebody could ask, why.
public final class House {
    /// The package `org.postrider` of each module of the product.
    static final List<Path> MAIN =
            List.of(
                    Path.of("postrider-helper/src/main/java/org/postrider"),
                    Path.of("postrider/src/main/java/org/postrider"),
                    Path.of("postrider-command/src/main/java/org/postrider"));

    private static final Path LISTS = Path.of("src/test/house");

    /// Rules of which an exception is there to stay if its reason is good.
    private static final Set<String> WITH_REASON = Set.of("case", "open");

    private House() {}

    /// Every source file of the product.
    public static List<Path> sources() {
        return MAIN.stream().flatMap(root -> sources(root).stream()).toList();
    }

    /// How the lists call a file or directory of the product: by its room.
    static Path name(Path file) {
        return MAIN.stream()
                .filter(file::startsWith)
                .map(root -> root.relativize(file))
                .findFirst()
                .orElseThrow();
    }

    /// The room and chamber of a file of the product (`smtpd/command`), nothing for the face.
    static String room(Path file) {
        Path room = name(file).getParent();
        return room == null ? "" : room.toString();
    }

    /// Every class of the product that a test may see, from directories or jars: its file's octets
    /// by its name (`org/postrider/Postrider`).
    public static Map<String, byte[]> classes() {
        Map<String, byte[]> out = new TreeMap<>();
        for (Class<?> each : List.of(Rights.class, Postrider.class, Main.class)) {
            classes(each, out);
        }
        return out;
    }

    private static void classes(Class<?> one, Map<String, byte[]> out) {
        try {
            Path place = place(one);
            if (Files.isDirectory(place)) {
                classes(place, out);
            } else {
                try (FileSystem jar = FileSystems.newFileSystem(place)) {
                    classes(jar.getPath("/"), out);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void classes(Path root, Map<String, byte[]> out) throws IOException {
        try (Stream<Path> files = Files.walk(root.resolve("org/postrider"))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
                String name = root.relativize(file).toString();
                out.put(name.replace(".class", ""), Files.readAllBytes(file));
            }
        }
    }

    /// The directory or jar that a class comes from.
    static Path place(Class<?> one) {
        return Path.of(
                URI.create(one.getProtectionDomain().getCodeSource().getLocation().toString()));
    }

    static List<Path> sources(Path root) {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(f -> f.toString().endsWith(".java")).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What the lists allow beyond the rule: what it is, and how much at most.
    static Map<String, Integer> exceptions(String rule) {
        Map<String, Integer> out = new TreeMap<>();
        try (Stream<Path> files = Files.list(LISTS)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".txt")).toList()) {
                for (String line : Files.readAllLines(file)) {
                    String[] words = line.split(" ", -1);
                    if (words[0].equals(rule)) {
                        assertTrue(words.length >= 3, file + ": RULE WHAT SIZE: " + line);
                        String room = file.getFileName().toString().replace(".txt", "");
                        assertTrue(
                                (words[1] + "/").startsWith(room + "/"),
                                file + ": of another room: " + line);
                        assertTrue(
                                words.length > 3 || !WITH_REASON.contains(rule),
                                file + ": say why: " + line);
                        out.put(words[1], Integer.valueOf(words[2]));
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out;
    }

    /// What breaks the rule that nothing measures more than `most`, and what stands in the lists
    /// without need.
    static Set<String> wrong(String rule, Map<String, Integer> measured, int most) {
        return wrong(rule, measured, most, exceptions(rule));
    }

    /// The same with these exceptions. One that allows more than there is would let it grow again.
    static Set<String> wrong(
            String rule, Map<String, Integer> measured, int most, Map<String, Integer> exceptions) {
        Set<String> wrong = new TreeSet<>();
        measured.forEach((what, size) -> {
            int allowed = exceptions.getOrDefault(what, most);
            if (size > allowed) {
                wrong.add(rule + " " + what + " is " + size + ", not at most " + allowed);
            }
        });
        exceptions.forEach((what, allowed) -> {
            int size = measured.getOrDefault(what, 0);
            if (size <= most) {
                wrong.add(rule + " " + what + " needs no exception any more");
            } else if (size < allowed) {
                wrong.add(rule + " " + what + " is " + size + ", and " + allowed + " is allowed");
            }
        });
        return wrong;
    }
}
