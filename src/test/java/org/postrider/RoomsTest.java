package org.postrider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.Utf8Entry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The room table of ARCHITECTURE.md is the rule: a room uses lower layers and what its row names.
class RoomsTest {
    private record Room(int layer, Set<String> also) {}

    private static final Pattern NAME = Pattern.compile("org/postrider/([a-z]+)/");

    private static Map<String, Room> table() throws IOException {
        Map<String, Room> out = new HashMap<>();
        for (String line : Files.readAllLines(Path.of("ARCHITECTURE.md"))) {
            String[] c = line.split("\\|", -1);
            if (c.length >= 6 && c[1].strip().matches("\\d")) {
                Set<String> also = new HashSet<>(List.of(c[3].strip().split(" ", -1)));
                out.put(c[2].strip(), new Room(Integer.parseInt(c[1].strip()), also));
            }
        }
        return out;
    }

    @Test
    void noRoomUsesWhatItsRowDoesNotAllow() throws IOException {
        Map<String, Room> rooms = table();
        Set<String> wrong = new TreeSet<>();
        int classes = 0;
        try (Stream<Path> files = Files.walk(Path.of("target/classes/org/postrider"))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".class")).toList()) {
                classes++;
                String own = file.getParent().getFileName().toString();
                Room room = rooms.get(own);
                if (room == null) {
                    wrong.add("room " + own + " is not in ARCHITECTURE.md");
                    continue;
                }
                for (String used : used(ClassFile.of().parse(file))) {
                    Room other = rooms.get(used);
                    boolean allowed =
                            used.equals(own)
                                    || (other != null
                                            && (other.layer() < room.layer()
                                                    || room.also().contains(used)));
                    if (!allowed) {
                        wrong.add(own + " uses " + used + " (" + file.getFileName() + ")");
                    }
                }
            }
        }
        assertTrue(classes > 100, "only " + classes + " classes seen");
        assertEquals(Set.of(), wrong);
    }

    private static Set<String> used(ClassModel model) {
        Set<String> out = new HashSet<>();
        for (PoolEntry e : model.constantPool()) {
            String text =
                    switch (e) {
                        case ClassEntry c -> c.asInternalName();
                        case Utf8Entry u ->
                                u.stringValue().startsWith("(") || u.stringValue().startsWith("L")
                                        ? u.stringValue()
                                        : "";
                        default -> "";
                    };
            Matcher m = NAME.matcher(text);
            while (m.find()) {
                out.add(m.group(1));
            }
        }
        return out;
    }

    @Test
    void everyRoomOpensWithItsPage() throws IOException {
        for (String room : table().keySet()) {
            assertTrue(
                    Files.exists(Path.of("src/main/java/org/postrider", room, "package-info.java")),
                    room + " has no package-info.java");
        }
    }
}
