package org.postrider.config.names;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postrider.config.Catalogue;
import org.postrider.config.Honoured;

/// Lines are found where they are, and the lists are sorted as that needs.
class NameListTest {
    private static final NameList LIST = new NameList("a\t1\na_b\t2\nb\tone\t3\nb\ttwo\t4\nc\t\n");

    @ParameterizedTest
    @CsvSource({"a,1", "a_b,2", "b\tone,3", "b\ttwo,4", "c,''"})
    void aLineIsFoundByItsName(String name, String rest) {
        assertEquals(name + "\t" + rest, LIST.line(name));
    }

    @ParameterizedTest
    @CsvSource({"''", "0", "A", "a_", "a_bc", "ab", "b\tthree", "bb", "cc", "z"})
    void whatIsNotThereIsNotFound(String name) {
        assertNull(LIST.line(name));
        assertNull(new NameList("").line(name));
    }

    @Test
    void linesAreThoseThatBeginSo() {
        assertEquals(List.of("b\tone\t3", "b\ttwo\t4"), LIST.lines("b\t"));
        assertEquals(5, LIST.lines("").size());
        assertEquals(List.of(), LIST.lines("x"));
        assertEquals(List.of("a_b\t2"), LIST.containing("\t2"));
        assertEquals(List.of("a\t1", "a_b\t2"), LIST.containing("a"));
        assertEquals(List.of("b\tone\t3", "b\ttwo\t4"), LIST.containing("b\t").subList(1, 3));
        assertEquals(List.of(), LIST.containing("\t5"));
    }

    /// A line that stands elsewhere than its name says would not be found by its name.
    @Test
    void everyNameOfTheListsIsFound() {
        List<String> lost = new ArrayList<>();
        Catalogue catalogue = Catalogue.load();
        for (Catalogue.Known each : catalogue.all()) {
            if (!each.equals(catalogue.known(each.name()))) {
                lost.add(each.name());
            }
        }
        for (Catalogue.Known each : catalogue.ours()) {
            if (!each.equals(catalogue.own(each.name()))) {
                lost.add(each.name());
            }
        }
        for (Honoured.Kind kind : Honoured.Kind.values()) {
            for (Honoured.Entry each : Honoured.list().entries(kind).values()) {
                if (!each.equals(Honoured.list().entry(kind, each.name()))) {
                    lost.add(kind + " " + each.name());
                }
            }
        }
        assertEquals(List.of(), lost);
        assertEquals(909, Honoured.list().entries(Honoured.Kind.PARAMETER).size(), "of the list");
    }
}
