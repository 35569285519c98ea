package org.postrider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Rules of the source text that no compiler knows. The exceptions stand here by name; the lists
/// may only get shorter.
class TidyTest {
    private static final Path MAIN = Path.of("src/main/java/org/postrider");
    private static final Path TEST = Path.of("src/test/java/org/postrider");
    private static final int LONGEST_FILE = 600;

    /// Files that are longer, and how long they may be.
    private static final Map<String, Integer> LONG_FILES = Map.of();

    /// A text that may stand only in the named rooms, chambers (`room/chamber`) or files.
    private record Ban(String text, String why, Set<String> allowed) {}

    private static final String THREADS = "the supervisor (room threads) makes every thread";

    /// Besides the supervisor: commands, which end, and what the JVM runs when it ends.
    private static final Set<String> STARTERS =
            Set.of(
                    "threads",
                    "command/demo/Demo.java",
                    "command/demo/DemoNextHop.java",
                    "command/Postfix.java",
                    "command/Serve.java");

    private static final List<Ban> BANS =
            List.of(
                    new Ban("System.currentTimeMillis", "time.Clock is the clock", Set.of("time")),
                    new Ban(
                            "System.nanoTime",
                            "time.Clock is the clock",
                            Set.of("time", "cleanup/Cleanup.java")),
                    new Ban("Instant.now(", "time.Clock is the clock", Set.of("time")),
                    new Ban("System.exit", "only a command ends the JVM", Set.of("command")),
                    new Ban("Runtime.getRuntime().halt", "nobody halts the JVM", Set.of()),
                    new Ban("Thread.sleep", "wait for what is waited for", Set.of()),
                    new Ban(
                            "FileChannel.open",
                            "what must survive is written by disk",
                            Set.of(
                                    "disk",
                                    "log/file/LogFile.java",
                                    "command/ConfigurationFile.java",
                                    // Read, locked, or made again from its source by postmap.
                                    "maps/file/BerkeleyFile.java",
                                    "maps/file/CdbFile.java",
                                    "maps/file/Lmdb.java",
                                    "maps/IndexWriter.java")),
                    new Ban(
                            "Files.move",
                            "what must survive is renamed by disk",
                            Set.of(
                                    "disk",
                                    "command/ConfigurationFile.java",
                                    "maps/IndexWriter.java")),
                    new Ban("RandomAccessFile", "files are disk's", Set.of()),
                    new Ban("ObjectInputStream", "no Java serialisation", Set.of()),
                    new Ban(
                            "java.lang.foreign",
                            "native calls",
                            Set.of(
                                    "disk/MasterLock.java",
                                    "disk/ForeignFile.java",
                                    "log/file/Syslog.java",
                                    "maps/file/Lmdb.java",
                                    "maps/pattern/Pcre.java",
                                    "maps/pattern/PosixRegex.java",
                                    "maps/pattern/Subject.java",
                                    "maps/remote/UnixTable.java",
                                    "master/life/MasterProcess.java")),
                    new Ban("Thread.of", THREADS, STARTERS),
                    new Ban("Thread.startVirtual", THREADS, STARTERS),
                    new Ban("new Thread(", THREADS, STARTERS),
                    new Ban("extends Thread", THREADS, STARTERS),
                    new Ban("Executors.", THREADS, STARTERS),
                    new Ban("ThreadPoolExecutor", THREADS, STARTERS),
                    new Ban("ForkJoinPool", THREADS, STARTERS),
                    new Ban("java.util.Timer", THREADS, STARTERS),
                    new Ban("supplyAsync(", THREADS, STARTERS),
                    new Ban("runAsync(", THREADS, STARTERS),
                    new Ban("parallelStream", THREADS, STARTERS),
                    new Ban(".parallel()", THREADS, STARTERS),
                    new Ban("StructuredTaskScope", THREADS, STARTERS),
                    new Ban("Class.forName", "no reflection", Set.of()),
                    new Ban("setAccessible", "no reflection", Set.of()),
                    new Ban(".get" + "Declared", "no reflection", Set.of()));

    private static List<Path> sources(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(f -> f.toString().endsWith(".java")).sorted().toList();
        }
    }

    /// The names by which a file may be allowed something: its room, its chamber, itself.
    private static List<String> places(Path file) {
        return IntStream.rangeClosed(1, file.getNameCount())
                .mapToObj(n -> file.subpath(0, n).toString())
                .toList();
    }

    @Test
    void noFileIsLongerThanAReaderBears() throws IOException {
        Set<String> wrong = new TreeSet<>();
        List<Path> files = sources(MAIN);
        assertTrue(files.size() > 200, "only " + files.size() + " files seen");
        for (Path file : files) {
            String name = MAIN.relativize(file).toString();
            int lines = Files.readAllLines(file).size();
            int most = LONG_FILES.getOrDefault(name, LONGEST_FILE);
            if (lines > most) {
                wrong.add(name + " has " + lines + " lines");
            }
            if (lines <= LONGEST_FILE && LONG_FILES.containsKey(name)) {
                wrong.add(name + " needs no exception any more");
            }
        }
        assertEquals(Set.of(), wrong);
    }

    @Test
    void whatIsBannedStandsOnlyWhereItMay() throws IOException {
        Set<String> wrong = new TreeSet<>();
        for (Path file : sources(MAIN)) {
            String name = MAIN.relativize(file).toString();
            List<String> places = places(MAIN.relativize(file));
            String text = Files.readString(file);
            for (Ban ban : BANS) {
                if (text.contains(ban.text())
                        && places.stream().noneMatch(ban.allowed()::contains)) {
                    wrong.add(name + ": " + ban.text() + ": " + ban.why());
                }
            }
        }
        assertEquals(Set.of(), wrong);
    }

    @Test
    void testsDoNotSleep() throws IOException {
        Set<String> wrong = new TreeSet<>();
        for (Path file : sources(TEST)) {
            String name = TEST.relativize(file).toString();
            if (!name.equals("TidyTest.java") && Files.readString(file).contains("Thread.sleep")) {
                wrong.add(name);
            }
        }
        assertEquals(Set.of(), wrong);
    }

    @Test
    void nothingIsLeftMarkedForLater() throws IOException {
        String mark = "FIX" + "ME";
        String other = "XX" + "X";
        Set<String> wrong = new TreeSet<>();
        for (Path root : List.of(MAIN, TEST)) {
            for (Path file : sources(root)) {
                for (String line : Files.readAllLines(file)) {
                    if (line.contains("// " + mark) || line.contains("// " + other)) {
                        wrong.add(file + ": " + line.strip());
                    }
                }
            }
        }
        assertEquals(Set.of(), wrong);
    }
}
