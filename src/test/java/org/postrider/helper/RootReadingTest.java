package org.postrider.helper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.postrider.House;

/// What a reviewer reads of root's helper, and that what he need not read cannot do what he reads
/// for: docs/internals/root.md says both, and this holds it to it.
class RootReadingTest {
    /// Lines that say something, an hour's reading.
    private static final int HOUR = 1800;

    private static final Path DOCUMENT = Path.of("docs/internals/root.md");
    private static final Path SOURCES =
            Path.of("postrider-helper/src/main/java/org/postrider/rights");
    private static final String OURS = "org/postrider/rights/";
    private static final String ACTOR = OURS + "system/Actor";
    private static final String POWERS = OURS + "system/Powers";
    private static final String POSIX = OURS + "system/Posix";

    /// `| 1,2 | system/Posix.java | 312 |`
    private static final Pattern ROW = Pattern.compile("\\| \\S+ \\| `(\\S+)` \\| (\\d+) \\|.*");

    private static final Pattern SUM = Pattern.compile(".*\\*\\*([\\d,]+) lines\\*\\*.*");

    /// What of the JDK is named by what need not be read: values, streams over values, memory that
    /// is given, locks.
    private static final Pattern HARMLESS =
            Pattern.compile(
                    "\\[.*|java/lang/(annotation/.*|invoke/(LambdaMetafactory|StringConcatFactory"
                            + "|MethodHandles|MethodHandles\\$Lookup|VarHandle|CallSite|TypeDescriptor)"
                            + "|foreign/(Arena|MemorySegment|ValueLayout(\\$\\w+)?)"
                            + "|runtime/(ObjectMethods|SwitchBootstraps)|[A-Z]\\w*)"
                            + "|java/io/(\\w*(InputStream|OutputStream|Exception))"
                            + "|java/(util|time|nio/charset)/.*|java/nio/ByteBuffer"
                            + "|java/nio/channels/(Channels|SocketChannel|ReadableByteChannel"
                            + "|WritableByteChannel)|java/security/(MessageDigest"
                            + "|NoSuchAlgorithmException)");

    /// Even so: these reach the system, other processes, or memory of nobody's.
    private static final Set<String> HARMFUL =
            Set.of(
                    "java/lang/Runtime",
                    "java/lang/ProcessBuilder",
                    "java/lang/Process",
                    "java/lang/ClassLoader",
                    "java/lang/Class.forName",
                    "java/lang/System.load",
                    "java/lang/System.loadLibrary",
                    "java/lang/System.exit",
                    "java/io/FileInputStream",
                    "java/io/FileOutputStream",
                    "java/lang/foreign/MemorySegment.ofAddress",
                    "java/lang/foreign/MemorySegment.reinterpret",
                    "java/util/ServiceLoader",
                    "java/util/Scanner",
                    "java/util/Formatter",
                    "java/util/zip/ZipFile",
                    "java/util/jar/JarFile",
                    "java/util/logging/FileHandler");

    /// Of the chamber `system`, what acts may name at all.
    private static final Set<String> FOR_ACTS =
            Set.of(
                    "Act",
                    "Actor",
                    "Child",
                    "Clock",
                    "MailboxFile",
                    "Opened",
                    "OwnDirectory",
                    "Posix",
                    "Processes",
                    "Reading",
                    "Starter",
                    "UserFile");

    /// A class of the helper's jar, and what it names: classes, and members as `class.name`.
    private record Seen(String name, Set<String> names) {
        /// The file that it is in.
        String file() {
            return name.substring(OURS.length()).replaceAll("\\$.*", "") + ".java";
        }

        boolean acts() {
            return name.startsWith(OURS + "act/");
        }
    }

    private static List<Seen> jar() {
        return House.classes().entrySet().stream()
                .filter(each -> each.getKey().startsWith(OURS))
                .filter(each -> !each.getKey().endsWith("package-info"))
                .map(each -> new Seen(each.getKey(), names(each.getValue())))
                .toList();
    }

    private static Set<String> names(byte[] file) {
        ClassModel model = ClassFile.of().parse(file);
        Set<String> out = new TreeSet<>();
        for (PoolEntry e : model.constantPool()) {
            switch (e) {
                case ClassEntry c -> out.add(c.asInternalName());
                case MemberRefEntry m ->
                        out.add(m.owner().asInternalName() + "." + m.name().stringValue());
                default -> {}
            }
        }
        return out;
    }

    private static List<String> document() throws IOException {
        return Files.readAllLines(DOCUMENT);
    }

    /// The files that are to be read, with the lines that the document says.
    private static Map<String, Integer> toRead() throws IOException {
        Map<String, Integer> out = new TreeMap<>();
        for (String line : document()) {
            Matcher m = ROW.matcher(line);
            if (m.matches()) {
                assertEquals(null, out.put(m.group(1), Integer.valueOf(m.group(2))), line);
            }
        }
        return out;
    }

    /// Lines that say something: neither comment, blank, import, nor braces alone.
    private static int saying(Path file) {
        try {
            return (int)
                    Files.readAllLines(file).stream()
                            .map(String::strip)
                            .filter(line -> !line.matches("(import|package) .*|@Override"))
                            .map(line -> line.replaceAll("(?<!\")//.*", ""))
                            .filter(line -> line.matches(".*\\w.*"))
                            .count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void theDocumentCountsWhatIsToBeReadAndItIsAnHours() throws IOException {
        Map<String, Integer> read = toRead();
        Map<String, Integer> counted = new TreeMap<>();
        read.keySet().forEach(file -> counted.put(file, saying(SOURCES.resolve(file))));
        assertEquals(counted, read);
        int sum = counted.values().stream().mapToInt(Integer::intValue).sum();
        String said =
                document().stream()
                        .map(SUM::matcher)
                        .filter(Matcher::matches)
                        .map(m -> m.group(1).replace(",", ""))
                        .collect(Collectors.joining());
        assertEquals("" + sum, said);
        assertTrue(sum <= HOUR, sum + " lines are more than an hour's reading");
    }

    /// All that has root's rights at any time, but for what the next test shows to be harmless.
    @Test
    void whatHasRootsRightsIsOnTheList() throws IOException {
        Set<String> there = new TreeSet<>();
        for (String chamber : List.of("root", "system")) {
            try (Stream<Path> files = Files.list(SOURCES.resolve(chamber))) {
                files.map(f -> chamber + "/" + f.getFileName()).forEach(there::add);
            }
        }
        there.removeIf(f -> f.endsWith("package-info.java"));
        there.remove("root/Session.java");
        assertEquals(there, toRead().keySet());
    }

    private static boolean reaches(String name) {
        String type = name.replaceAll("\\..*", "");
        return !type.startsWith(OURS)
                && !name.matches("java/nio/file/Path(\\.toString)?")
                && (HARMFUL.contains(name)
                        || HARMFUL.contains(type)
                        || !HARMLESS.matcher(type).matches());
    }

    /// It has no way to the system but what is read.
    @Test
    void whatIsNotOnTheListReachesNothingByItself() throws IOException {
        Set<String> read = toRead().keySet();
        Set<String> wrong = new TreeSet<>();
        for (Seen seen : jar()) {
            if (!read.contains(seen.file())) {
                seen.names().stream()
                        .filter(RootReadingTest::reaches)
                        .forEach(name -> wrong.add(seen.name() + " names " + name));
            }
        }
        assertEquals(Set.of(), wrong);
    }

    /// An act asks for the user's rights and gets no others: what the user's do not hold back is
    /// done for it, by what is read.
    @Test
    void actsCannotAskForRootsRights() {
        Set<String> wrong = new TreeSet<>();
        for (Seen seen : jar()) {
            for (String name : seen.names()) {
                String type = name.replaceAll("[.$].*", "");
                boolean theirs =
                        !type.startsWith(OURS + "system/")
                                || FOR_ACTS.contains(type.substring((OURS + "system/").length()));
                boolean asks = name.matches(ACTOR + "\\.(opener|privileged)");
                boolean outside = type.startsWith(OURS + "root/");
                if (seen.acts() && (!theirs || asks || outside)) {
                    wrong.add(seen.name() + " names " + name);
                }
            }
        }
        assertEquals(Set.of(), wrong);
    }

    /// The protocol and its values know nothing of the system; what begins there is named here.
    @Test
    void theProtocolMakesNoSystemCall() {
        Set<String> doors =
                Set.of(
                        "Performer names " + POSIX,
                        "Performer names " + OURS + "system/Act",
                        "Performer names " + OURS + "act/OwnDeeds",
                        "Performer names " + OURS + "root/Acts",
                        "Accounts names " + OURS + "system/UserDatabase",
                        "root/Session names " + OURS + "root/Acts",
                        "root/Session names " + OURS + "root/Session",
                        "root/Session names " + OURS + "system/Act",
                        "root/Session names " + OURS + "system/Opened",
                        "root/Session names " + OURS + "system/Reading");
        Set<String> found = new TreeSet<>();
        for (Seen seen : jar()) {
            String own = seen.file().replace(".java", "");
            if (!own.contains("/") || own.equals("root/Session")) {
                seen.names().stream()
                        .map(name -> name.replaceAll("[.$].*", ""))
                        .filter(type -> type.matches(OURS + "(act|root|system)/.*"))
                        .forEach(type -> found.add(own + " names " + type));
            }
        }
        assertEquals(new TreeSet<>(doors), found);
    }

    /// Which files name it besides its own.
    private static Set<String> namers(Pattern member) {
        return jar().stream()
                .filter(seen -> !member.pattern().startsWith(seen.name() + "\\"))
                .filter(seen -> seen.names().stream().anyMatch(n -> member.matcher(n).matches()))
                .map(Seen::file)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /// Each call that no user's rights hold back has its one place.
    @Test
    void rightsAndProcessesAreChangedInFewPlaces() {
        Map<String, Set<String>> places =
                Map.of(
                        POWERS + "\\.(users|groups)",
                        Set.of("root/Switch.java"),
                        POWERS + "\\.(mask|conceal)",
                        Set.of("root/Helper.java"),
                        OURS + "system/Processes\\.spawn",
                        Set.of("system/Starter.java"),
                        POSIX + "\\.kill",
                        Set.of("system/Child.java"),
                        POSIX + "\\.ignore",
                        Set.of("system/Processes.java"),
                        POSIX + "\\.owner",
                        Set.of("system/MailboxFile.java"),
                        POSIX + "\\.map",
                        Set.of("system/OwnDirectory.java"),
                        POSIX + "\\.connect",
                        Set.of("system/Child.java"),
                        "java/lang/foreign/Linker\\.\\w+",
                        Set.of(
                                "system/Posix.java",
                                "system/Processes.java",
                                "system/UserDatabase.java"));
        places.forEach(
                (member, where) -> assertEquals(where, namers(Pattern.compile(member)), member));
    }

    /// Seen by the tests that there are: what would be wrong is told from what is right.
    @Test
    void whatReachesTheSystemIsSeen() {
        for (String name :
                List.of(
                        "java/nio/file/Files.delete",
                        "java/lang/ProcessBuilder.start",
                        "java/lang/foreign/Linker",
                        "java/lang/foreign/MemorySegment.reinterpret",
                        "java/lang/reflect/Method",
                        "java/net/Socket",
                        "java/io/FileOutputStream",
                        "sun/misc/Unsafe")) {
            assertTrue(reaches(name), name);
        }
        assertFalse(reaches("java/util/ArrayList.add"));
    }
}
