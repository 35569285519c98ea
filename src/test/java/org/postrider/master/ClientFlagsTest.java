package org.postrider.master;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Words after a client's name in master.cf that mean nothing.
class ClientFlagsTest {
    @TempDir Path temp;

    @Test
    void mailForSuchALineWaitsAndCheckNamesIt() throws Exception {
        try (NextHop hop = new NextHop();
                Trial trial = new Trial(temp.resolve("flags"), hop.port())) {
            trial.write(
                    List.of("transport_maps = inline:{odd.example=odd:}"),
                    List.of("odd unix - - n - - lmtp flags=RZ"));
            String fault = "unknown flags=RZ value \"Z\" in \"RZ\"";
            assertEquals(
                    1,
                    Server.check(trial.conf).stream()
                            .filter(l -> l.contains("master.cf") && l.contains(fault))
                            .count());
            trial.start();
            assertTrue(trial.mail("a@client.example", "b@odd.example").startsWith("250"));
            trial.awaited(fault, l -> l.contains("status=deferred (" + fault + ")"));
            assertTrue(trial.mail("a@client.example", "b@other.example").startsWith("250"));
            trial.awaited("other mail", l -> l.contains("to=<b@other.example>"));
        }
    }
}
