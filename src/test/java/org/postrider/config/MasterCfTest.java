package org.postrider.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Where a service's options end and its command begins (master(5)).
class MasterCfTest {
    private static ServiceLine line(String text) {
        return MasterCf.parse(Path.of("master.cf"), text).services().getFirst();
    }

    /// The command of a pipe(8) service may have a `-o` of its own.
    @Test
    void optionsEndAtTheFirstWordThatIsNone() {
        ServiceLine pipe =
                line(
                        """
                        filter unix - n n - 10 pipe
                          -o recipient_limit=1
                          flags=Rq user=filter null_sender=
                          argv=/usr/sbin/sendmail -oi -f ${sender} -o myhostname=not.ours -- ${recipient}
                        """);
        assertEquals("pipe", pipe.program());
        assertEquals(10, pipe.processLimit());
        assertEquals(Map.of("recipient_limit", "1"), pipe.overrides());
    }

    @Test
    void aCommandMayStandWithoutOptions() {
        ServiceLine pipe =
                line("p unix - n n - - pipe argv=/usr/sbin/sendmail -oi -f ${sender} ${recipient}");
        assertEquals(Map.of(), pipe.overrides());
    }

    @Test
    void aVerboseLineShowsWhatIsSaidWithEverybody() {
        Map<String, String> shown = Map.of("debug_peer_list", "0.0.0.0/0, [::]/0");
        assertEquals(shown, line("smtp inet n - n - - smtpd -v").overrides());
        assertEquals(shown, line("smtp inet n - n - - smtpd -vv").overrides());
        assertEquals(Map.of(), line("smtp inet n - n - - smtpd -vx").overrides());
        assertEquals(Map.of(), line("smtp inet n - n - - smtpd -xv").overrides());
        ServiceLine pipe = line("p unix - n n - - pipe argv=/bin/x -v");
        assertEquals(Map.of(), pipe.overrides());
    }
}
