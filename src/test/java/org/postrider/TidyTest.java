package org.postrider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Rules of the source text that no compiler knows. The exceptions stand here by name, those from
/// sizes in `src/test/house`; the lists may only get shorter.
class TidyTest {
    private static final Path TEST = Path.of("src/test/java/org/postrider");
    private static final int LINES_OF_A_PAGE = 5;

    private static final Pattern FOLDING = Pattern.compile("\\.to(Lower|Upper)Case\\(");
    private static final Pattern OPENING =
            Pattern.compile(
                    "\\bFiles\\.(readString|readAll\\w+|lines|write\\w*|copy|new(Input|Output)Stream"
                            + "|newBuffered(Reader|Writer)|newByteChannel)\\("
                            + "|\\b(FileChannel|AsynchronousFileChannel)\\.open\\(|new"
                            + " (FileInputStream|FileOutputStream|FileReader|FileWriter"
                            + "|RandomAccessFile|Scanner)\\(");

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
                    "command/stone/SmtpSink.java",
                    "command/stone/SmtpSource.java",
                    "command/Serve.java",
                    // The root helper has no other room than rights.
                    "rights/root");

    /// Tests that pause.
    private static final Set<String> PAUSES =
            Set.of(
                    "Until.java",
                    "AgentBridgeTest.java",
                    "EvilServer.java",
                    "HttpsClientTest.java",
                    "Player.java",
                    "SlowNameServersTest.java",
                    "SlowReaderTest.java",
                    "SpawnTest.java",
                    "StruckThreadsTest.java",
                    "TlsTortureTest.java",
                    "TraceLogTest.java",
                    "VerificationTest.java");

    private static final List<Ban> BANS =
            List.of(
                    new Ban("System.currentTimeMillis", "time.Clock is the clock", Set.of("time")),
                    new Ban(
                            "System.nanoTime",
                            "time.Clock is the clock",
                            Set.of("time", "cleanup/Cleanup.java", "rights/system/Clock.java")),
                    // The root helper has no other room than rights.
                    new Ban(
                            "Instant.now(",
                            "time.Clock is the clock",
                            Set.of("time", "rights/system/Clock.java")),
                    new Ban(
                            "System.exit",
                            "only a command ends the JVM",
                            Set.of("command", "rights/root/Helper.java")),
                    new Ban(
                            "Runtime.getRuntime().halt",
                            "only the door to the commands halts the JVM",
                            Set.of("command/Main.java")),
                    new Ban("Thread.sleep", "wait for what is waited for", Set.of()),
                    new Ban(
                            "FileChannel.open",
                            "what must survive is written by disk",
                            Set.of(
                                    "disk",
                                    "log/file/LogFile.java",
                                    "log/trace/TraceFiles.java",
                                    "command/ConfigurationFile.java",
                                    // Read, locked, or made again from its source by postmap.
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
                                    "disk/SystemCalls.java",
                                    "dkim/key/Libcrypto.java",
                                    "io/UnixDatagram.java",
                                    "maps/file/Lmdb.java",
                                    "maps/pattern/Pcre.java",
                                    "maps/pattern/PosixRegex.java",
                                    "maps/pattern/Subject.java",
                                    "maps/remote/UnixTable.java",
                                    "rights/Accounts.java",
                                    "rights/act/FileSink.java",
                                    "rights/act/Input.java",
                                    "rights/act/Records.java",
                                    "rights/act/Run.java",
                                    "rights/act/Torn.java",
                                    "rights/system")),
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

    /// The names by which a file may be allowed something: its room, its chamber, itself.
    private static List<String> places(Path file) {
        return IntStream.rangeClosed(1, file.getNameCount())
                .mapToObj(n -> file.subpath(0, n).toString())
                .toList();
    }

    /// Who reads the README first finds every document of docs by it.
    @Test
    void eachDocumentIsNamedByTheReadme() throws IOException {
        String readme = Files.readString(Path.of("README.md"));
        try (Stream<Path> all = Files.list(Path.of("docs"))) {
            assertEquals(
                    List.of(),
                    all.map(Path::toString)
                            .filter(name -> name.endsWith(".md"))
                            .filter(name -> !readme.contains("(" + name + ")"))
                            .sorted()
                            .toList());
        }
    }

    @Test
    void nothingIsLargerThanAReaderBears() throws IOException {
        Measures measures = Measures.of(House.MAIN);
        assertTrue(measures.sizes("file").size() > 200, "too few files seen");
        assertTrue(measures.sizes("method").size() > 2000, "too few methods seen");
        Set<String> wrong = new TreeSet<>();
        Measures.LIMITS.forEach(
                (rule, most) -> wrong.addAll(House.wrong(rule, measures.sizes(rule), most)));
        assertEquals(Set.of(), wrong);
    }

    /// A room opens like a man page: what it is, who feeds it, threads, crash, what is not done
    /// yet.
    @Test
    void everyPageSaysWhatAReaderAsks() throws IOException {
        Map<String, Integer> missing = new TreeMap<>();
        for (Path file : House.sources()) {
            if (file.endsWith("package-info.java")) {
                long lines = Files.readAllLines(file).stream().filter(TidyTest::says).count();
                String room = House.room(file);
                missing.put(room, (int) Math.max(0, LINES_OF_A_PAGE - lines));
            }
        }
        assertTrue(missing.size() > 20, "only " + missing.size() + " pages seen");
        assertEquals(Set.of(), House.wrong("page", missing, 0));
    }

    private static boolean says(String line) {
        return line.startsWith("///") && line.length() > "/// ".length();
    }

    /// What mail is made of are octets, which Java's rules of letters take for letters and change:
    /// Fold decodes them first. Each place that is left folds words of the administrator's or of
    /// ours.
    @Test
    void lettersOfMailAreFoldedByFold() throws IOException {
        assertEquals(Set.of(), House.wrong("case", count(FOLDING), 0));
    }

    /// Files are opened by `disk`: what must survive, and what is only read.
    @Test
    void filesAreOpenedThroughTheDoor() throws IOException {
        Map<String, Integer> opened = count(OPENING);
        opened.keySet().removeIf(name -> name.startsWith("disk/"));
        assertEquals(Set.of(), House.wrong("open", opened, 0));
    }

    /// How often it stands in each file, outside of comments.
    private static Map<String, Integer> count(Pattern what) throws IOException {
        Map<String, Integer> out = new TreeMap<>();
        for (Path file : House.sources()) {
            int found = 0;
            for (String line : Files.readAllLines(file)) {
                if (!line.strip().startsWith("//")) {
                    found += (int) what.matcher(line).results().count();
                }
            }
            out.put(House.name(file).toString(), found);
        }
        return out;
    }

    @Test
    void theCountersCount() {
        assertEquals(2, FOLDING.matcher("a.toLowerCase(x); b.toUpperCase()").results().count());
        assertEquals(0, FOLDING.matcher("Fold.lower(a)").results().count());
        String both = "Files.readString(p); FileChannel.open(p); new FileInputStream(f);";
        assertEquals(3, OPENING.matcher(both).results().count());
        assertEquals(0, OPENING.matcher("Files.exists(p)").results().count());
    }

    @Test
    void anExceptionAllowsWhatThereIsAndNoMore() {
        Map<String, Integer> measured = Map.of("a/A.java", 5, "a/B.java", 3, "a/C.java", 4);
        Map<String, Integer> allowed = Map.of("a/A.java", 5, "a/B.java", 3, "a/C.java", 4);
        assertEquals(Set.of(), House.wrong("file", measured, 2, allowed));
        assertEquals(
                Set.of("file a/A.java is 5, and 6 is allowed"),
                House.wrong(
                        "file", measured, 2, Map.of("a/A.java", 6, "a/B.java", 3, "a/C.java", 4)));
        assertEquals(
                Set.of("file a/A.java is 5, not at most 4"),
                House.wrong(
                        "file", measured, 2, Map.of("a/A.java", 4, "a/B.java", 3, "a/C.java", 4)));
        assertEquals(
                Set.of(
                        "file a/B.java needs no exception any more",
                        "file a/gone.java needs no exception any more"),
                House.wrong(
                        "file", Map.of("a/B.java", 2), 2, Map.of("a/B.java", 3, "a/gone.java", 9)));
    }

    @Test
    void whatIsBannedStandsOnlyWhereItMay() throws IOException {
        Set<String> wrong = new TreeSet<>();
        for (Path file : House.sources()) {
            String name = House.name(file).toString();
            List<String> places = places(House.name(file));
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
        for (Path file : House.sources(TEST)) {
            String name = TEST.relativize(file).toString();
            if (!name.equals("TidyTest.java") && Files.readString(file).contains("Thread.sleep")) {
                wrong.add(name);
            }
        }
        assertEquals(Set.of(), wrong);
    }

    /// On a busy machine a pause says nothing: whoever waits for what is to happen looks for it
    /// ([Until]). Those that pause are what is slow, or what nothing is to happen in.
    @Test
    void testsWaitForWhatIsToHappen() throws IOException {
        Set<String> wrong = new TreeSet<>();
        for (Path file : House.sources(TEST)) {
            String name = String.valueOf(file.getFileName());
            String text = Files.readString(file);
            boolean pauses = text.contains(".parkNanos(") || text.contains("Thread.onSpinWait");
            if (pauses != PAUSES.contains(name) && !name.equals("TidyTest.java")) {
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
        List<Path> all = new ArrayList<>(House.sources());
        all.addAll(House.sources(TEST));
        for (Path file : all) {
            for (String line : Files.readAllLines(file)) {
                if (line.contains("// " + mark) || line.contains("// " + other)) {
                    wrong.add(file + ": " + line.strip());
                }
            }
        }
        assertEquals(Set.of(), wrong);
    }
}
