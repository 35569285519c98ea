package org.postrider.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.address.Address;
import org.postrider.cleanup.Desk;
import org.postrider.maps.TableDirectory;
import org.postrider.rewrite.TrivialRewrite;

/// Whose address probes have, and which addresses are taken for it when mail comes back.
final class ProbeSenderTest {
    @TempDir Path directory;
    private final HandClock clock = new HandClock();

    private ProbeSender sender(String... settings) {
        Desk desk = new Desk(directory, settings);
        TrivialRewrite rewrite =
                new TrivialRewrite(desk.settings, new TableDirectory(clock, "hash"), warning -> {});
        return new ProbeSender(desk.settings, rewrite, clock);
    }

    private static @Nullable String known(ProbeSender sender, String address) {
        Address base = sender.known(new Address(address));
        return base == null ? null : base.text();
    }

    @Test
    void theDefaultIsCompletedAndKnown() {
        ProbeSender sender = sender();
        assertEquals("double-bounce@own.example", sender.now().text());
        assertEquals("double-bounce@own.example", known(sender, "Double-Bounce@OWN.example"));
        assertNull(known(sender, "double-bounce1@own.example"));
        assertNull(known(sender, "double-bounce@other.example"));
        assertNull(known(sender, "double-bounce"));
    }

    @Test
    void nobodyIsKnownWhereNobodyAsks() {
        for (String each : new String[] {"address_verify_sender =", "address_verify_sender = <>"}) {
            ProbeSender sender = sender(each);
            assertEquals(Address.NULL, sender.now());
            assertNull(known(sender, ""));
            assertNull(known(sender, "double-bounce@own.example"));
        }
    }

    @Test
    void theNumberGoesWithTimeAndItsNeighboursAreTaken() {
        ProbeSender sender =
                sender(
                        "address_verify_sender = probe@own.example",
                        "address_verify_sender_ttl = 1000h");
        // As real Postfix had it at that time: 498 of these times since 1970.
        assertEquals("probeJ2@own.example", sender.now().text());
        for (String there : new String[] {"probeJ1", "probeJ2", "probeJ3", "PROBEJ2", "probe"}) {
            assertEquals("probe@own.example", known(sender, there + "@own.example"), there);
        }
        for (String not :
                new String[] {"probeJ0", "probeJ4", "probej2", "probeJ", "probeJ22", "prob"}) {
            assertNull(known(sender, not + "@own.example"), not);
        }
        clock.go(2 * 3_600_000L);
        assertEquals("probeJ4@own.example", sender.now().text());
        assertNull(known(sender, "probeJ2@own.example"));
    }
}
