package org.postrider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.io.StringWriter;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.command.Main;
import org.postrider.rights.Rights;

/// What a program on the module path sees of the product.
class ModulesTest {
    private static final String NAME = "org.postrider";
    private static final Pattern IMPORTED =
            Pattern.compile("\\b(org\\.postrider(\\.[a-z]+)*)\\.[A-Z]");
    private static final String COMMANDS = "org.postrider.command";

    /// A program that needs nothing but the module: a mail of its own goes to an agent of its own.
    private static final String DESK =
            """
            package desk;

            import java.nio.file.Path;
            import java.util.List;
            import java.util.concurrent.LinkedBlockingQueue;
            import java.util.concurrent.TimeUnit;
            import org.postrider.Postrider;

            public class Desk {
                public static void main(String[] args) throws Exception {
                    var tickets = new LinkedBlockingQueue<String>();
                    try (Postrider mail = Postrider.builder(Path.of(args[0]))
                            .parameter("myhostname", "desk.example.com")
                            .parameter("mydestination", "")
                            .parameter("inet_protocols", "ipv4")
                            .parameter("virtual_mailbox_domains", "desk.example.com")
                            .parameter("virtual_mailbox_maps", "java:queues")
                            .parameter("virtual_transport", "tickets")
                            .service("127.0.0.1:0 inet n - n - - smtpd")
                            .table("queues", key -> key.startsWith("help@") ? "yes" : null)
                            .agent("tickets", delivery -> {
                                tickets.add(delivery.sender());
                                delivery.recipients().forEach(r -> r.sent("ticket opened"));
                            })
                            .start()) {
                        mail.submit("anna@client.example", List.of("help@desk.example.com"),
                                "Subject: a ticket\\r\\n\\r\\nIt burns.\\r\\n".getBytes());
                        System.out.println("ticket of " + tickets.poll(120, TimeUnit.SECONDS));
                    }
                }
            }
            """;

    @TempDir Path temp;

    /// The libraries on the class path, those of the tests among them.
    static List<Path> libraries() {
        return Stream.of(System.getProperty("java.class.path").split(":"))
                .filter(entry -> entry.endsWith(".jar"))
                .map(Path::of)
                .filter(jar -> !jar.getFileName().toString().startsWith("postrider"))
                .toList();
    }

    /// What the pom of postrider gives to who depends on it, without what is optional there.
    private static List<Path> needed() {
        Set<String> names =
                Set.of(
                        "dnsjava",
                        "jspecify",
                        "saslprep",
                        "scram-common",
                        "slf4j-api",
                        "stringprep");
        List<Path> out =
                libraries().stream()
                        .filter(jar ->
                                names.contains(
                                        jar.getFileName().toString().replaceAll("-[0-9].*", "")))
                        .toList();
        assertEquals(names.size(), out.size(), out.toString());
        return out;
    }

    static String path(List<Path> entries) {
        return entries.stream().map(Path::toString).collect(Collectors.joining(":"));
    }

    /// Where the modules are, the library and what it needs of ours, in this order: the jars or
    /// directories that Maven made. Where all rooms were compiled into one directory (`bin/test
    /// ROOM`), they are made of that here.
    private List<Path> modules() throws IOException {
        Path place = House.place(Postrider.class);
        if (!Files.isDirectory(place) || Files.exists(place.resolve("module-info.class"))) {
            return List.of(place, House.place(Rights.class));
        }
        Path helper = temp.resolve("made-helper");
        Path made = temp.resolve("made");
        for (Map.Entry<String, byte[]> each : House.classes().entrySet()) {
            if (!each.getKey().startsWith("org/postrider/command/")) {
                boolean helps = each.getKey().startsWith("org/postrider/rights/");
                Path file = (helps ? helper : made).resolve(each.getKey() + ".class");
                Files.createDirectories(file.getParent());
                Files.write(file, each.getValue());
            }
        }
        Path helpers = Path.of("postrider-helper/src/main/java/module-info.java");
        assertEquals("", compiled(libraries(), helper, helpers));
        for (String list : List.of("honoured.tsv", "own.tsv", "parameters.tsv")) {
            String name = "org/postrider/config/" + list;
            Files.copy(place.resolve(name), made.resolve(name));
        }
        Path info = Path.of("postrider/src/main/java/module-info.java");
        List<Path> needs = new ArrayList<>(libraries());
        needs.add(helper);
        assertEquals("", compiled(needs, made, info));
        return List.of(made, helper);
    }

    /// What the compiler says of these files, in English.
    private static String compiled(List<Path> modules, Path to, Path... files) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter out = new StringWriter();
        List<String> options =
                List.of("--module-path", path(modules), "-d", to.toString(), "-proc:none");
        try (var manager = compiler.getStandardFileManager(null, null, null)) {
            boolean whole =
                    compiler.getTask(
                                    out,
                                    manager,
                                    null,
                                    options,
                                    null,
                                    manager.getJavaFileObjects(files))
                            .call();
            assertEquals(whole, !out.toString().contains("error:"), out.toString());
        }
        return out.toString()
                .lines()
                .filter(l -> l.contains("error:"))
                .collect(Collectors.joining());
    }

    /// A module `desk` with this one class.
    private String desk(List<Path> ours, List<Path> libraries, String text) throws IOException {
        Path sources = Files.createDirectories(temp.resolve("sources"));
        Path info =
                Files.writeString(
                        sources.resolve("module-info.java"),
                        "module desk { requires " + NAME + "; }");
        Path desk = Files.writeString(sources.resolve("Desk.java"), text);
        List<Path> modules = new ArrayList<>(libraries);
        modules.addAll(ours);
        return compiled(modules, temp.resolve("desk"), info, desk);
    }

    @Test
    void aProgramCompilesAndRunsWithWhatThePomGives() throws Exception {
        List<Path> ours = modules();
        assertEquals("", desk(ours, needed(), DESK));
        List<Path> all = new ArrayList<>(needed());
        all.addAll(ours);
        all.add(temp.resolve("desk"));
        Path said = temp.resolve("said");
        Process run =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                "-Xmx256m",
                                "--enable-native-access=" + NAME,
                                "--module-path",
                                path(all),
                                "-m",
                                "desk/desk.Desk",
                                temp.resolve("mail").toString())
                        .redirectErrorStream(true)
                        .redirectOutput(said.toFile())
                        .start();
        boolean ended = run.waitFor(Until.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        run.destroyForcibly();
        String out = Files.readString(said, StandardCharsets.UTF_8);
        assertTrue(ended, out);
        assertEquals(0, run.exitValue(), out);
        assertTrue(out.endsWith("ticket of anna@client.example\n"), out);
    }

    @Test
    void noOtherRoomIsSeen() throws IOException {
        List<Path> ours = modules();
        for (String inside :
                List.of(
                        "master.Programs",
                        "queue.Queue",
                        "config.Param",
                        "smtpd.command.Verbs",
                        "command.Main")) {
            String room = NAME + "." + inside.substring(0, inside.lastIndexOf('.'));
            String error =
                    desk(
                            ours,
                            needed(),
                            "package desk; class Desk { " + NAME + "." + inside + " it; }");
            assertTrue(error.contains("package " + room + " "), inside + ": " + error);
            assertTrue(
                    error.contains("is not visible") || error.contains("does not exist"),
                    inside + ": " + error);
        }
    }

    @Test
    void oneOpenPackageAndTheRestForTheCommandsAlone() throws IOException {
        ModuleDescriptor module =
                ModuleFinder.of(modules().getFirst()).find(NAME).orElseThrow().descriptor();
        Set<String> open = new TreeSet<>();
        Set<String> forCommands = new TreeSet<>();
        for (ModuleDescriptor.Exports each : module.exports()) {
            if (each.isQualified()) {
                assertEquals(Set.of(COMMANDS), each.targets(), each.source());
                forCommands.add(each.source());
            } else {
                open.add(each.source());
            }
        }
        assertEquals(Set.of(NAME), open);
        assertEquals(Set.of(), module.opens());
        assertEquals(usedByCommands(), forCommands);
    }

    /// The rooms that the sources of the commands import.
    private static Set<String> usedByCommands() throws IOException {
        Set<String> out = new TreeSet<>();
        for (Path file : House.sources(House.MAIN.getLast())) {
            for (String line : Files.readAllLines(file)) {
                Matcher m = IMPORTED.matcher(line);
                while (m.find()) {
                    out.add(m.group(1));
                }
            }
        }
        out.removeIf(name -> name.startsWith(COMMANDS) || name.equals(NAME));
        return out;
    }

    @Test
    void theLibraryHoldsNoCommand() throws IOException {
        Path library = House.place(Postrider.class);
        assumeFalse(
                library.equals(House.place(Main.class)),
                "the modules were compiled into one place");
        Set<String> packages =
                ModuleFinder.of(library).find(NAME).orElseThrow().descriptor().packages();
        assertTrue(packages.contains(NAME), packages.toString());
        for (String each : packages) {
            assertFalse((each + ".").startsWith(COMMANDS + "."), each);
        }
    }
}
