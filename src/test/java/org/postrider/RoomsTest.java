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
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The room table of ARCHITECTURE.md is the rule: a room uses lower layers and what its row names,
/// and of another room only the front package. A chamber (`org.postrider.ROOM.CHAMBER`) is its
/// room's own.
class RoomsTest {
    /// The row of the package `org.postrider` itself, what a program that embeds the server sees.
    private static final String FACE = "postrider";

    private record Room(int layer, Set<String> also) {}

    /// A package: the room, and within it the chamber, or nothing for the front.
    private record Place(String room, String chamber) {
        boolean front() {
            return chamber.isEmpty();
        }

        @Override
        public String toString() {
            return front() ? room : room + "." + chamber;
        }
    }

    private record Seen(String name, Place place, Set<Place> uses) {}

    private static final Pattern NAME =
            Pattern.compile("org/postrider/(?:([a-z]+)/)?(?:([a-z]+(?:/[a-z]+)*)/)?");

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

    private static List<Seen> classes() {
        Collection<byte[]> files = House.classes().values();
        assertTrue(files.size() > 100, "only " + files.size() + " classes seen");
        List<Seen> out = new ArrayList<>();
        for (byte[] file : files) {
            ClassModel model = ClassFile.of().parse(file);
            String name = model.thisClass().asInternalName();
            for (Place place : places(name)) {
                out.add(new Seen(name, place, used(model)));
            }
        }
        return out;
    }

    private static Set<Place> places(String text) {
        Set<Place> out = new HashSet<>();
        Matcher m = NAME.matcher(text);
        while (m.find()) {
            String room = m.group(1) == null ? FACE : m.group(1);
            String chamber = m.group(2) == null ? "" : m.group(2);
            out.add(new Place(room, chamber.replace('/', '.')));
        }
        return out;
    }

    /// Every package that the class names: types used, and types within descriptors and signatures.
    private static Set<Place> used(ClassModel model) {
        Set<Place> out = new HashSet<>();
        for (PoolEntry e : model.constantPool()) {
            switch (e) {
                case ClassEntry c -> out.addAll(places(c.asInternalName()));
                case Utf8Entry u -> {
                    if (u.stringValue().contains("Lorg/postrider/")) {
                        out.addAll(places(u.stringValue()));
                    }
                }
                default -> {}
            }
        }
        return out;
    }

    @Test
    void noRoomUsesWhatItsRowDoesNotAllow() throws IOException {
        Map<String, Room> rooms = table();
        Set<String> wrong = new TreeSet<>();
        for (Seen seen : classes()) {
            String own = seen.place().room();
            Room room = rooms.get(own);
            if (room == null) {
                wrong.add("room " + own + " is not in ARCHITECTURE.md");
                continue;
            }
            for (Place used : seen.uses()) {
                Room other = rooms.get(used.room());
                boolean allowed =
                        used.room().equals(own)
                                || (other != null
                                        && (other.layer() < room.layer()
                                                || room.also().contains(used.room())));
                if (!allowed) {
                    wrong.add(own + " uses " + used.room() + " (" + seen.name() + ")");
                }
            }
        }
        assertEquals(Set.of(), wrong);
    }

    @Test
    void otherRoomsSeeOnlyTheFront() {
        Set<String> wrong = new TreeSet<>();
        for (Seen seen : classes()) {
            for (Place used : seen.uses()) {
                if (!used.front() && !used.room().equals(seen.place().room())) {
                    wrong.add(seen.name() + " uses the chamber " + used);
                }
            }
        }
        assertEquals(Set.of(), wrong);
    }

    /// The front may use its chambers and be used by them; one chamber may use another, never in a
    /// circle.
    @Test
    void noCircleOfChambers() {
        Map<Place, Set<Place>> arrows = new HashMap<>();
        for (Seen seen : classes()) {
            for (Place used : seen.uses()) {
                if (used.room().equals(seen.place().room())
                        && !used.equals(seen.place())
                        && !used.front()
                        && !seen.place().front()) {
                    arrows.computeIfAbsent(seen.place(), p -> new HashSet<>()).add(used);
                }
            }
        }
        Set<String> wrong = new TreeSet<>();
        for (Place from : arrows.keySet()) {
            for (Place to : arrows.get(from)) {
                if (reaches(arrows, to, from, new HashSet<>())) {
                    wrong.add(from + " uses " + to + ", which uses it");
                }
            }
        }
        assertEquals(Set.of(), wrong);
    }

    private static boolean reaches(
            Map<Place, Set<Place>> arrows, Place from, Place to, Set<Place> seen) {
        return from.equals(to)
                || (seen.add(from)
                        && arrows.getOrDefault(from, Set.of()).stream()
                                .anyMatch(next -> reaches(arrows, next, to, seen)));
    }

    @Test
    void everyRoomAndChamberOpensWithItsPage() throws IOException {
        Set<String> wrong = new TreeSet<>();
        for (String room : table().keySet()) {
            if (!room.equals(FACE)
                    && House.MAIN.stream().noneMatch(m -> Files.isDirectory(m.resolve(room)))) {
                wrong.add(room + " is in ARCHITECTURE.md and nowhere else");
            }
        }
        for (Path file : House.sources()) {
            if (!Files.exists(file.resolveSibling("package-info.java"))) {
                wrong.add(House.room(file) + " has no package-info.java");
            }
        }
        assertEquals(Set.of(), wrong);
    }
}
