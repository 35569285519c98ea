import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.postrider.config.Param;
import org.postrider.smtp.Twin;

/// Every parameter there is: Postfix's and ours with their defaults, what the rooms say of those
/// they read, and what becomes of the others.
final class Catalogue {
    private static final String LISTS = "postrider/src/main/resources/org/postrider/config/";
    private static final List<String> ROOMS =
            List.of("postrider/src/main/java", "postrider-command/src/main/java");
    private static final Map<String, String> HELD =
            Map.of(
                    "receiving",
                            "Mail is refused for now with 451 4.3.5, and local mail waits in"
                                    + " maildrop.",
                    "delivery", "Mail for an SMTP client that is so configured is deferred.",
                    "qmqpd", "QMQP is not built: no client is listened to.");

    /// @param rooms who reads it
    record Entry(
            String name,
            String type,
            String defaulted,
            boolean ours,
            String verdict,
            String why,
            String text,
            List<String> rooms) {}

    private final Map<String, Entry> entries = new TreeMap<>();

    Catalogue(Path root) throws IOException, ReflectiveOperationException {
        Map<String, List<String>> rooms = new TreeMap<>();
        Map<String, Param<?>> declared = new TreeMap<>();
        for (Path file : paramsClasses(root)) {
            String name = file.toString().replace('/', '.').replaceAll("\\.java$", "");
            for (Field field : Class.forName(name).getDeclaredFields()) {
                if (Modifier.isStatic(field.getModifiers())) {
                    field.setAccessible(true);
                    for (Param<?> param : params(field.get(null))) {
                        declared.putIfAbsent(param.name(), param);
                        rooms.computeIfAbsent(param.name(), _ -> new ArrayList<>())
                                .add(file.getName(2).toString());
                    }
                }
            }
        }
        Map<String, String[]> verdicts = new TreeMap<>();
        for (String[] line : lines(root.resolve(LISTS + "honoured.tsv"))) {
            if (line[0].equals("parameter")) {
                verdicts.put(line[1], line);
            }
        }
        Map<String, String> texts = new TreeMap<>();
        for (String[] line : lines(root.resolve("docs/man/parameters.tsv"))) {
            texts.put(line[0], line[1]);
        }
        for (String list : List.of("parameters.tsv", "own.tsv")) {
            for (String[] line : lines(root.resolve(LISTS + list))) {
                String[] verdict =
                        verdicts.getOrDefault(line[0], new String[] {"", line[0], "honoured"});
                Param<?> param = declared.get(line[0]);
                String text = param == null ? texts.getOrDefault(line[0], "") : param.doc();
                entries.put(
                        line[0],
                        new Entry(
                                line[0],
                                line[1],
                                line.length > 4 ? line[4] : "",
                                list.equals("own.tsv"),
                                verdict[2],
                                verdict.length > 3 ? verdict[3] : "",
                                text + bounds(param),
                                List.copyOf(
                                        new TreeSet<>(rooms.getOrDefault(line[0], List.of())))));
            }
        }
    }

    private static String bounds(Param<?> param) {
        if (param == null || param.lowest() == 0 && param.highest() == 0) {
            return "";
        }
        return param.highest() == 0
                ? " At least " + param.lowest() + "."
                : " From " + param.lowest() + " to " + param.highest() + ".";
    }

    private static List<Param<?>> params(Object value) {
        return switch (value) {
            case Param<?> one -> List.of(one);
            case Twin<?> twin -> List.of(twin.smtp(), twin.lmtp());
            case null, default -> List.of();
        };
    }

    private static List<Path> paramsClasses(Path root) throws IOException {
        List<Path> files = new ArrayList<>();
        for (String rooms : ROOMS) {
            Path sources = root.resolve(rooms);
            try (Stream<Path> all = Files.walk(sources)) {
                all.filter(file -> file.toString().endsWith("Params.java"))
                        .map(sources::relativize)
                        .sorted()
                        .forEach(files::add);
            }
        }
        return files;
    }

    private static List<String[]> lines(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(line -> line.split("\t", -1))
                .toList();
    }

    boolean has(String name) {
        return entries.containsKey(name);
    }

    /// The body of postconf(5).
    List<Block> all() {
        List<Block> out = new ArrayList<>();
        for (Entry each : entries.values()) {
            List<Block> text = new ArrayList<>();
            if (!each.text.isEmpty()) {
                text.add(new Block.Paragraph(each.text));
            }
            if (each.verdict.equals("harmless")) {
                text.add(
                        new Block.Paragraph(
                                "Accepted, and of no effect in this program: " + each.why + "."));
            } else if (each.verdict.equals("holds")) {
                text.add(
                        new Block.Paragraph(
                                "**Not built.** If it is set, no mail passes as if it were not: "
                                        + HELD.getOrDefault(each.why, each.why)));
            }
            if (each.ours) {
                text.add(new Block.Paragraph("This program's own; Postfix does not know it."));
            }
            if (text.isEmpty()) {
                throw new IllegalStateException(
                        each.name + ": nothing says what it is (docs/man/parameters.tsv)");
            }
            out.add(
                    new Block.Parameter(
                            each.name, each.defaulted.isEmpty() ? "empty" : each.defaulted, text));
        }
        return out;
    }

    /// Those that one of the rooms reads, each with the first sentence of its text.
    List<Block> readBy(List<String> rooms, String prefix) {
        List<Block> out = new ArrayList<>();
        for (Entry each : entries.values()) {
            if (each.rooms.stream().anyMatch(rooms::contains) && each.name.matches(prefix)) {
                String sentence = each.text.replaceAll("(?s)(?<=[a-z0-9`)])[.;] .*", ".");
                String defaulted = each.defaulted.isEmpty() ? "empty" : each.defaulted;
                out.add(
                        new Block.Definition(
                                List.of(
                                        "`"
                                                + each.name
                                                + "` ("
                                                + (defaulted.equals("empty")
                                                        ? "empty"
                                                        : "`" + defaulted + "`")
                                                + ")"),
                                List.of(new Block.Paragraph(sentence))));
            }
        }
        if (out.isEmpty()) {
            throw new IllegalStateException("no parameter is read by " + rooms);
        }
        return out;
    }
}
