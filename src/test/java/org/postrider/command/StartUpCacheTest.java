package org.postrider.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
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
    /// end each command; those of an earlier version go, and stay where no new ones can be made.
    @Test
    void thoseOfThePackageAreThereWholeOrNotAtAll() throws Exception {
        Path cache = Files.createDirectories(run.resolve("var/cache/postrider"));
        Files.writeString(cache.resolve("queue.aot"), "old");
        Files.writeString(cache.resolve("earlier.aot"), "old");
        ready(run.resolve("java").toString(), "/nowhere/a.jar", "");
        Files.writeString(run.resolve("ready"), "HELPER_CP=\n", StandardOpenOption.APPEND);
        script(
                "java",
                "#!/bin/sh\n[ -e ok ] || { echo new >var/cache/postrider/new/x.aot; exit 1; }\n"
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
        assertEquals(List.of("earlier.aot=old", "queue.aot=old", "train.log"), installed());
        Files.createFile(run.resolve("ok"));
        assertEquals("0", said("env", path, "./caches"));
        assertEquals(List.of("helper.jsa=new", "queue.aot=new", "train.log"), installed());
        assertEquals("queue.aot\nhelper.jsa\n", Files.readString(run.resolve("synced")));
    }

    /// Cut short, of another program, or no cache at all: the command does its work and says no
    /// word more.
    @Test
    void oneThatIsBadIsNotUsedAndNotMentioned() throws Exception {
        Path caches = Files.createDirectory(run.resolve("caches"));
        String java = Path.of(System.getProperty("java.home"), "bin/java").toString();
        ready(
                java,
                System.getProperty("java.class.path"),
                "-XX:AOTCache=" + caches.resolve("commands.aot"));
        String command = BIN.resolve("postconf").toString();
        String wanted = "mail_name = Postfix\n0";
        assertEquals(wanted, said(command, "-d", "mail_name"), "there is none");
        Files.writeString(caches.resolve("configuration.aot"), "no cache");
        assertEquals(wanted, said(command, "-d", "mail_name"));
        Path shared = Path.of(System.getProperty("java.home"), "lib/server/classes.jsa");
        if (Files.exists(shared)) {
            byte[] other = Files.readAllBytes(shared);
            Files.write(caches.resolve("configuration.aot"), other);
            assertEquals(wanted, said(command, "-d", "mail_name"), "another program's");
            Files.write(
                    caches.resolve("configuration.aot"), Arrays.copyOf(other, other.length / 2));
            assertEquals(wanted, said(command, "-d", "mail_name"), "cut short");
        }
    }
}
