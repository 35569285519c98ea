package org.postrider.smtp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postrider.address.Address;
import org.postrider.config.ConfigException;
import org.postrider.queue.Envelope;
import org.postrider.queue.Named;
import org.postrider.queue.Recipient;

/// What the words after a client's name in master.cf mean; how they act in the mail is played
/// beside real Postfix in src/test/twin/lmtp.case.
class DeliveryFlagsTest {
    @ParameterizedTest
    @CsvSource({
        "flags=DORX, true, true, true, true",
        "flags=, false, false, false, false",
        "-v -o a=flags=D flags=R, false, false, true, false",
        "flags=D FLAGS=X, false, false, false, true",
    })
    void whatTheyMean(
            String words, boolean delivered, boolean original, boolean path, boolean last) {
        assertEquals(
                new DeliveryFlags(delivered, original, path, last),
                DeliveryFlags.of(List.of(words.split(" "))));
    }

    @ParameterizedTest
    @CsvSource({
        "flags=RZ, 'unknown flags=RZ value \"Z\" in \"RZ\"'",
        "flags=d, 'unknown flags=d value \"d\" in \"d\"'",
        "flags=R user=x, unknown attribute name: user=x",
    })
    void whatIsNoneIsNamed(String words, String text) {
        List<String> all = List.of(words.split(" "));
        assertEquals(
                text,
                assertThrows(ConfigException.class, () -> DeliveryFlags.of(all)).getMessage());
    }

    /// An address is written by a stranger, and its line end would begin a field of his own.
    @Test
    void anAddressStaysOneLine() {
        Recipient to =
                new Recipient(
                        new Address("r\r\nX-Own: 1@t.example"),
                        new Address("o\n\n.\n@t.example"),
                        0,
                        null);
        Envelope envelope = new Envelope(new Address("s\rt@x"), List.of(to), 0, Named.of(Map.of()));
        String fields =
                new String(
                        new DeliveryFlags(true, true, true, false).fields(envelope, to),
                        StandardCharsets.ISO_8859_1);
        assertEquals(3, fields.split("\r\n", -1).length - 1, fields);
        assertEquals(3, fields.chars().filter(c -> c == '\n').count(), fields);
        assertEquals(3, fields.chars().filter(c -> c == '\r').count(), fields);
    }
}
