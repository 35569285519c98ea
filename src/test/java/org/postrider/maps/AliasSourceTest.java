package org.postrider.maps;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What postalias makes of the white space and the quotes of a value: seen of Postfix 3.7's.
class AliasSourceTest {
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '~',
            delimiter = '>',
            value = {
                "~b:   c   d,   e  f~ > ~c d, e f~",
                "~a: \"|x  y   z\",  \"q  r\"@x, :include:/a  b~ > ~\"|x  y   z\", \"q  r\"@x,"
                        + " :include:/a b~",
                "~a: \"|x  y\\\"  z  \",  c   d~ > ~\"|x  y\\\"  z  \", c d~",
                "~a: [a   b]   (nested (  c  d)  e)  f   g~ > ~[a   b] (nested (  c  d)  e) f g~",
                "~a: |\"/bin/cmd arg\", x|y, | \"z w\", |/bin/x  y, a\\|b~"
                        + " > ~|\"/bin/cmd arg\", x|y, |\"z w\", |/bin/x y, \"a|b\"~",
                "~d: \"x\" |y \"z\"~ > ~\"x\"|y \"z\"~",
                "~a: \"a\tb\",\tc,\td~ > ~\"a b\", c, d~",
                "~a: \"|x  y\n  z\",\n   c~ > ~\"|x  y  z\", c~",
                "~a: \"|x '\\\\.'\", [b\\\\c], d\\\\e, \"f\\g\"~ >"
                        + " ~\"|x '\\\\.'\", [b\\\\c], \"d\\\\e\", \"fg\"~",
            })
    void aValueIsWrittenAsMailHasIt(String line, String value) {
        List<String> values = new ArrayList<>();
        SourceText.aliases("aliases", line + "\n", values::add, each -> values.add(each.value()));
        assertEquals(List.of(value), values);
    }
}
