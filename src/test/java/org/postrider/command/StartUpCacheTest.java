package org.postrider.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.jar.JarOutputStream;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Which start-up cache `bin/postrider` gives to Java, and that none is better than a bad one.
class StartUpCacheTest {
    private static final Path BIN = Path.of("bin").toAbsolutePath();

    @TempDir Path run = Path.of("");

    /// @param java what is run as Java
    private void ready(String java, String classPath, String cache) throws IOException {
        Files.writeString(
                run.resolve("ready"),
                "JAVA=" + java + "\nCP=" + classPath + "\nAOT=" + cache + "\nSERVER_AOT=\n");
    }

    /// @return everything that it said, and its status
    private String said(String... command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.directory(run.toFile());
        builder.environment().put("POSTRIDER_RUN", run.toString());
        Process process = builder.start();
        process.getOutputStream().close();
        String said =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        return said + process.waitFor();
    }

    /// What Java would be told for a command, and the status.
    private List<String> words(String... command) throws IOException, InterruptedException {
        Path java = Files.writeString(run.resolve("java"), "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwx------"));
        String[] all = command.clone();
        all[0] = BIN.resolve(command[0]).toString();
        return List.of(said(all).split("\n", -1));
    }

    /// The cache that a command would have, by its file's name; empty for none.
    private String cacheOf(String command) throws IOException, InterruptedException {
        return words(command).stream()
                .filter(word -> word.endsWith(".aot"))
                .map(word -> word.substring(word.lastIndexOf('/') + 1))
                .findFirst()
                .orElse("");
    }

    @Test
    void eachCommandHasThatOfItsKindOrThatOfAllOrNone() throws Exception {
        Path caches = Files.createDirectory(run.resolve("caches"));
        String all = "-XX:AOTCache=" + caches.resolve("commands.aot");
        // What lies in the directory that a command is called in is no cache of ours.
        Files.createFile(run.resolve("queue.aot"));
        ready(run.resolve("java").toString(), "/nowhere/a.jar", all);
        assertEquals("commands.aot", cacheOf("postqueue"));
        Files.createFile(caches.resolve("queue.aot"));
        assertEquals("queue.aot", cacheOf("postqueue"));
        assertEquals("queue.aot", cacheOf("mailq"));
        assertEquals("commands.aot", cacheOf("postconf"));
        assertEquals("commands.aot", cacheOf("postdoctor"));
        ready(run.resolve("java").toString(), "/nowhere/a.jar", "");
        assertEquals("", cacheOf("postqueue"));
    }

    /// Whatever its directory is called, it stays one word.
    @Test
    void theListsOfNamesAreLookedForBesideTheFirstJar() throws Exception {
        ready(run.resolve("java").toString(), "'/no where/a.jar:/b/b.jar'", "");
        List<String> words = words("postqueue", "-p");
        assertTrue(words.contains("-Dpostrider.lists=/no where/lists"), words::toString);
        assertEquals(
                List.of("postqueue", "-p", "0"), words.subList(words.size() - 3, words.size()));
    }

    /// Those that `bin/postrider` looks for are those that are made.
    @Test
    void eachKindIsTrained() throws IOException {
        Set<String> wanted = new TreeSet<>(names("bin/postrider", "\\) kind=([a-z]+) ;;"));
        assertEquals(wanted, new TreeSet<>(names("src/train/Train.java", "cache\\(\"([a-z]+)\",")));
        assertTrue(wanted.contains("commands"));
    }

    private static List<String> names(String file, String pattern) throws IOException {
        return Pattern.compile(pattern)
                .matcher(Files.readString(Path.of(file)))
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    private Path script(String name, String text) throws IOException {
        Path file = Files.writeString(run.resolve(name), text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        return file;
    }

    /// What the package's script has put beside each other, by name and content.
    private List<String> installed() throws IOException {
        List<String> all = new ArrayList<>();
        try (Stream<Path> files = Files.list(run.resolve("var/cache/postrider"))) {
            for (Path each : files.sorted().toList()) {
                boolean log = each.endsWith("train.log");
                all.add(each.getFileName() + (log ? "" : "=" + Files.readString(each)));
            }
        }
        return all;
    }

    /// The package's are on the disk before they are where Java finds them, one with holes would
    /// end each command; those of an earlier version go first, whatever becomes of the new ones.
    @Test
    void thoseOfThePackageAreThereWholeOrNotAtAll() throws Exception {
        Path cache = Files.createDirectories(run.resolve("var/cache/postrider"));
        Files.writeString(cache.resolve("queue.aot"), "old");
        Files.writeString(cache.resolve("earlier.aot"), "old");
        ready(run.resolve("java").toString(), "/nowhere/a.jar", "");
        Files.writeString(run.resolve("ready"), "HELPER_CP=\n", StandardOpenOption.APPEND);
        script(
                "java",
                "#!/bin/sh\n[ ! -e var/cache/postrider/queue.aot ] || exit 2\n"
                        + "[ -e ok ] || { echo new >var/cache/postrider/new/x.aot; exit 1; }\n"
                        + "cd var/cache/postrider/new\n"
                        + "for f in queue.aot helper.jsa; do printf new >$f; done\n");
        script(
                "sync",
                "#!/bin/sh\n[ ! -e var/cache/postrider/helper.jsa ] && [ -s \"$1\" ]"
                        + " && echo ${1##*/} >>synced\n");
        String text = Files.readString(Path.of("packaging/deb/caches"));
        text = text.replace("/usr/lib/postrider", run.toString());
        text = text.replace("/var/cache/postrider", cache.toString());
        script("caches", text);
        String path = "PATH=" + run + ":/usr/bin:/bin";
        assertEquals("1", said("env", path, "./caches"), "Java failed");
        assertEquals(List.of("train.log"), installed());
        Files.createFile(run.resolve("ok"));
        assertEquals("0", said("env", path, "./caches"));
        assertEquals(List.of("helper.jsa=new", "queue.aot=new", "train.log"), installed());
        assertEquals("queue.aot\nhelper.jsa\n", Files.readString(run.resolve("synced")));
    }

    /// Java runs what is in a cache, though the jars are others by now: so no jar of a checkout, or
    /// of the RPM package, takes an older one's place while there is a cache of that.
    @Test
    void aCacheGoesBeforeTheJarsThatItIsOf() throws Exception {
        Path target = Files.createDirectories(run.resolve("target/run"));
        for (String each : List.of("queue.aot", "helper.jsa")) {
            Files.writeString(target.resolve(each), "old");
        }
        Files.createDirectories(run.resolve("src/train"));
        Path config = run.resolve("postrider/src/main/resources/org/postrider/config");
        Files.createFile(Files.createDirectories(config).resolve("names.tsv"));
        Files.createDirectories(run.resolve("postrider-command/target/lib"));
        for (String module : List.of("postrider-helper", "postrider", "postrider-command")) {
            Files.createFile(Files.createDirectories(run.resolve(module)).resolve("pom.xml"));
        }
        Files.createFile(run.resolve("pom.xml"));
        script(
                "mvn",
                """
                #!/bin/sh
                for m in postrider-helper postrider postrider-command; do
                    mkdir -p $m/target && echo new >$m/target/$m-1.jar
                done
                """);
        script("cp", "#!/bin/sh\nls target/run >>beside\nexec /bin/cp \"$@\"\n");
        Files.createDirectories(run.resolve("bin"));
        Files.copy(BIN.resolve("build"), run.resolve("bin/build"));
        Files.copy(script("jdk25", "#!/bin/sh\necho /nowhere\n"), run.resolve("bin/jdk25"));
        for (String each : List.of("bin/build", "bin/jdk25")) {
            Files.setPosixFilePermissions(
                    run.resolve(each), PosixFilePermissions.fromString("rwx------"));
        }
        String said = said("env", "PATH=" + run + ":/usr/bin:/bin", "bin/build");
        assertTrue(said.endsWith("0"), said);
        assertEquals("new\n", Files.readString(target.resolve("postrider.jar")));
        String beside = Files.readString(run.resolve("beside"));
        assertTrue(beside.contains("postrider-helper.jar\n"), beside);
        assertFalse(beside.contains(".aot") || beside.contains(".jsa"), beside);

        String spec = Files.readString(Path.of("packaging/rpm/postrider.spec"));
        String before = spec.substring(spec.indexOf("\n%pre\n"), spec.indexOf("\n%post\n"));
        assertTrue(before.contains("\nrm -rf /var/cache/postrider\n"), before);
    }

    /// What `bin/postrider` runs, as a jar: caches are of jars only.
    private Path program(String name) throws IOException {
        Path source = Files.createDirectories(run.resolve(name + ".d")).resolve("Main.java");
        Files.writeString(
                source,
                """
                package org.postrider.command;
                public class Main {
                    public static void main(String[] args) {
                        System.out.println("works");
                    }
                }
                """);
        String where = String.valueOf(source.getParent());
        var compiler = ToolProvider.getSystemJavaCompiler();
        assertEquals(0, compiler.run(null, null, null, "-d", where, source.toString()));
        Path jar = run.resolve(name);
        try (var out = new JarOutputStream(Files.newOutputStream(jar))) {
            out.putNextEntry(new ZipEntry("org/postrider/command/Main.class"));
            Files.copy(source.resolveSibling("org/postrider/command/Main.class"), out);
        }
        return jar;
    }

    /// What a user's directory holds for the JVM of who is called there is neither read nor
    /// mentioned.
    @Test
    void theJvmsFilesInADirectoryAreNothing() throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin/java").toString();
        ready(java, program("a.jar").toString(), "");
        for (String each : List.of(".hotspotrc", ".hotspot_compiler")) {
            Files.writeString(run.resolve(each), "-XX:+PrintFlagsFinal\nquiet\n");
        }
        assertEquals("works\n0", said(BIN.resolve("postconf").toString()));
    }

    /// A cache as `bin/postrider` would use it for this program.
    private byte[] trained(String java, Path jar) throws IOException, InterruptedException {
        Path made = run.resolve("made/commands.aot");
        Files.createDirectories(run.resolve("made"));
        ready(java, jar.toString(), "-XX:AOTCacheOutput=" + made);
        said(BIN.resolve("postconf").toString());
        byte[] all = Files.readAllBytes(made);
        Files.delete(made);
        return all;
    }

    /// Cut short, empty, another kind of file, or no cache at all: the command does its work and
    /// says no word more. A JVM that must use it or end shows which are bad, and that the right one
    /// is not.
    @Test
    void oneThatIsBadIsNotUsedAndNotMentioned() throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin/java").toString();
        Path jar = program("a.jar");
        byte[] good = trained(java, jar);
        Path caches = Files.createDirectory(run.resolve("caches"));
        String all = "-XX:AOTCache=" + caches.resolve("commands.aot");
        String strict =
                script("strict", "#!/bin/sh\nexec " + java + " -XX:AOTMode=on \"$@\"\n").toString();
        String command = BIN.resolve("postconf").toString();
        Map<String, byte[]> bad = new TreeMap<>();
        bad.put("none", "no cache".getBytes(StandardCharsets.US_ASCII));
        bad.put("empty", new byte[0]);
        bad.put("half of one", Arrays.copyOf(good, good.length / 2));
        bad.put("all but its end", Arrays.copyOf(good, good.length - 4096));
        ready(strict, jar.toString(), all);
        assertNotEquals("works\n0", said(command), "there is none");
        ready(java, jar.toString(), all);
        assertEquals("works\n0", said(command), "there is none");
        Path cache = caches.resolve("configuration.aot");
        for (Map.Entry<String, byte[]> each : bad.entrySet()) {
            Files.write(cache, each.getValue());
            ready(strict, jar.toString(), all);
            assertNotEquals("works\n0", said(command), each.getKey());
            ready(java, jar.toString(), all);
            assertEquals("works\n0", said(command), each.getKey());
        }
        Files.write(cache, good);
        ready(strict, jar.toString(), all);
        assertEquals("works\n0", said(command), "its own");
    }
}
