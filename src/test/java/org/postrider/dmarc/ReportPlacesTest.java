package org.postrider.dmarc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postrider.report.Wanted;

/// Where reports may go (RFC 7489 7.1, RFC 9990): what a stranger's record names, and who agrees.
class ReportPlacesTest {
    private static String shown(Wanted wanted) {
        return switch (wanted) {
            case Wanted.Places(List<String> uris) -> String.join(" ", uris);
            case Wanted.Not _ -> "none";
            case Wanted.Unknown _ -> "unknown";
        };
    }

    private static Records zone(String rua, String agreed) {
        Records out = new Records();
        out.add("_dmarc.d.example TXT v=DMARC1; p=reject; rua=" + rua);
        if (agreed != null && !agreed.isEmpty()) {
            for (String each : agreed.split(" / ")) {
                out.add("d.example._report._dmarc." + each);
            }
        }
        return out;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    mailto:a@d.example                       |                                                          | mailto:a@d.example
                    mailto:a@sub.d.example                   |                                                          | mailto:a@sub.d.example
                    mailto:a@d.example!10m                   |                                                          | mailto:a@d.example!10m
                    mailto:a@victim.example                  |                                                          | none
                    mailto:a@r.example                       | r.example TXT v=DMARC1                                   | mailto:a@r.example
                    mailto:a@r.example                       | r.example TXT v=DMARC1;                                  | mailto:a@r.example
                    mailto:a@r.example                       | r.example TXT v=spf1 -all                                | none
                    mailto:a@r.example                       | r.example TXT v=DMARC1; rua=mailto:b@r.example           | mailto:b@r.example
                    mailto:a@r.example                       | r.example TXT v=DMARC1; rua=mailto:b@victim.example      | none
                    mailto:a@r.example                       | r.example TXT v=DMARC1; rua=mailto:b@r.example; rua=x    | none
                    mailto:a@r.example                       | r.example ? x                                            | unknown
                    mailto:a@victim.example,mailto:b@d.example | victim.example TXT v=DMARC2                            | mailto:b@d.example
                    https://d.example/x,mailto:a@d.example   |                                                          | mailto:a@d.example
                    mailto:a@d.example?cc=x@y.example        |                                                          | mailto:a@d.example?cc=x@y.example
                    mailto:"a"@d.example                     |                                                          | none
                    mailto:root                              |                                                          | none
                    """)
    void whoIsOfAnotherOrganizationMustAgree(String rua, String agreed, String places) {
        assertEquals(places, shown(new Dmarc(zone(rua, agreed), null).reports("d.example")));
    }

    /// The whole record comes with at most four places, and no more is asked than they need.
    @Test
    void manyPlacesAreFour() {
        StringBuilder rua = new StringBuilder("mailto:a@r0.example");
        for (int i = 1; i < 8; i++) {
            rua.append(",mailto:a@r").append(i).append(".example");
        }
        Records zone = zone(rua.toString(), "");
        for (int i = 0; i < 8; i++) {
            zone.add("d.example._report._dmarc.r" + i + ".example TXT v=DMARC1");
        }
        Wanted wanted = new Dmarc(zone, null).reports("d.example");
        assertEquals(4, shown(wanted).split(" ").length, shown(wanted));
        assertTrue(zone.asked.size() < 24, zone.asked.toString());
    }

    @ParameterizedTest
    @CsvSource({
        "mailto:a@d.example!10, 10",
        "mailto:a@d.example!10k, 10240",
        "mailto:a@d.example!10M, 10485760",
        "mailto:a@d.example!2g, 2147483648",
        "mailto:a@d.example!999999999999t, 9223372036854775807",
        "mailto:a@d.example, 9223372036854775807"
    })
    void sizesAreRead(String uri, long most) {
        ReportPlace place = ReportPlace.of(uri);
        assertEquals(most, place == null ? -1 : place.most());
    }
}
