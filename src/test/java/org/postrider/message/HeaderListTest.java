package org.postrider.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What nobody changes keeps its octets; what is found by name is what milters and DKIM mean.
class HeaderListTest {
    private static final String BLOCK =
            "Received: a\r\n\tby b\r\nX-A : odd\r\nTo: one\r\nSubject: s\u00e9\r\n  folded\r\nto: two\r\n"
                    + "TO:three\r\n";

    private static byte[] octets(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String text(byte[] octets) {
        return new String(octets, StandardCharsets.ISO_8859_1);
    }

    private static HeaderList list() {
        return new HeaderList(octets(BLOCK));
    }

    private static List<String> fields(HeaderList list) {
        List<String> out = new ArrayList<>();
        for (int i = 0; i < list.size(); i++) {
            out.add(text(list.field(i).octets()));
        }
        return out;
    }

    @Test
    void aListThatNobodyChangedIsItsBlock() {
        byte[] block = octets(BLOCK);
        HeaderList list = new HeaderList(block);
        assertEquals(6, list.size());
        HeaderList.Pass pass = list.pass();
        int seen = 0;
        while (pass.next() != null) {
            seen++;
        }
        pass.ends();
        assertEquals(6, seen);
        assertSame(block, list.octets());
        assertEquals(BLOCK, String.join("", fields(list)));
    }

    @ParameterizedTest
    @CsvSource({
        "to, 1, 2, 5", "to, 2, 4, 4", "to, 3, 5, 2", "to, 4, -1, -1",
        "x-a, 1, 1, 1", "received, 1, 0, 0", "by, 1, -1, -1", "t, 1, -1, -1"
    })
    void theNthOfANameFromTheTopAndFromTheBottom(String name, int nth, int top, int bottom) {
        assertEquals(top, list().find(name, nth));
        assertEquals(bottom, list().findLast(name, nth));
    }

    @Test
    void aFieldHasItsExactOctetsAndItsParts() {
        HeaderField odd = list().field(1);
        assertEquals("X-A", odd.name());
        assertEquals("X-A : odd\r\n", text(odd.octets()));
        assertEquals(HeaderKind.TO, list().field(5).kind());
        HeaderField subject = list().field(3);
        assertEquals("Subject: s\u00e9\r\n  folded\r\n", text(subject.octets()));
        assertEquals("Subject:", text(subject.block()).substring(subject.from(), subject.value()));
        assertThrows(IndexOutOfBoundsException.class, () -> list().field(6));
        assertThrows(IndexOutOfBoundsException.class, () -> list().field(-1));
    }

    @Test
    void changesByNumberLeaveTheRestAsItWas() {
        HeaderList list = list();
        list.insert(1, octets("I: 1\r\n"));
        list.change(list.find("to", 2), octets("To: other\r\n\tfold\r\n"));
        list.remove(list.findLast("to", 1));
        list.append(octets("Last: 1\r\n"));
        list.prepend(octets("First: 1\r\n"));
        list.insert(99, octets("Z: 1\r\n"));
        list.insert(-1, octets("A: 1\r\n"));
        assertEquals(
                "A: 1\r\nFirst: 1\r\nReceived: a\r\n\tby b\r\nI: 1\r\nX-A : odd\r\nTo: one\r\n"
                        + "Subject: s\u00e9\r\n  folded\r\nTo: other\r\n\tfold\r\nLast: 1\r\nZ: 1\r\n",
                text(list.octets()));
        assertEquals(10, list.size());
    }

    @Test
    void aPassPutsBeforeInTheStreamAndInTheStead() {
        HeaderList list = list();
        HeaderList.Pass pass = list.pass();
        for (HeaderField f = pass.next(); f != null; f = pass.next()) {
            switch (f.name()) {
                case "X-A" -> pass.drop();
                case "Subject" -> {
                    pass.drop();
                    pass.put(octets("Subject: other\r\n"));
                }
                case "to" -> pass.put(octets("Before: 1\r\n"));
                default -> {}
            }
        }
        pass.put(octets("Added: 1\r\n"));
        pass.ends();
        assertEquals(
                "Received: a\r\n\tby b\r\nTo: one\r\nSubject: other\r\nBefore: 1\r\nto: two\r\n"
                        + "TO:three\r\nAdded: 1\r\n",
                text(list.octets()));
    }

    @Test
    void anEmptyHeaderTakesFields() {
        HeaderList list = new HeaderList(new byte[0]);
        assertEquals(0, list.size());
        HeaderList.Pass pass = list.pass();
        assertEquals(null, pass.next());
        pass.put(octets("A: 1\r\n"));
        pass.ends();
        list.append(octets("B: 2\r\n"));
        assertEquals(List.of("A: 1\r\n", "B: 2\r\n"), fields(list));
    }

    /// The same changes on a plain list of texts, many times over.
    @Test
    void anyRowOfChangesIsThatOfAPlainList() {
        SplittableRandom random = new SplittableRandom(11);
        for (int round = 0; round < 300; round++) {
            List<String> plain = new ArrayList<>(fields(list()));
            HeaderList list = list();
            for (int step = 0; step < 20; step++) {
                String field = "N" + random.nextInt(5) + ": " + step + "\r\n";
                int at = random.nextInt(plain.size() + 1);
                switch (random.nextInt(4)) {
                    case 0 -> {
                        list.insert(at, octets(field));
                        plain.add(at, field);
                    }
                    case 1 -> {
                        if (at < plain.size()) {
                            list.change(at, octets(field));
                            plain.set(at, field);
                        }
                    }
                    case 2 -> {
                        if (at < plain.size() && plain.size() > 1) {
                            list.remove(at);
                            plain.remove(at);
                        }
                    }
                    default -> walk(list, plain, random.nextLong());
                }
            }
            assertEquals(plain, fields(list));
        }
    }

    private static void walk(HeaderList list, List<String> plain, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<String> out = new ArrayList<>();
        HeaderList.Pass pass = list.pass();
        for (String old : plain) {
            pass.next();
            if (random.nextInt(5) == 0) {
                pass.put(octets("P: 1\r\n"));
                out.add("P: 1\r\n");
            }
            if (random.nextInt(5) == 0 && !out.isEmpty()) {
                pass.drop();
            } else {
                out.add(old);
            }
        }
        assertEquals(null, pass.next());
        pass.ends();
        plain.clear();
        plain.addAll(out);
    }
}
