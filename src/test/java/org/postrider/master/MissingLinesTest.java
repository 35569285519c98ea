package org.postrider.master;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.config.ConfigException;

/// A line that master.cf lacks is named, with what it is needed for and the line to add.
class MissingLinesTest {
    @TempDir Path temp;

    private List<String> check(String main, String without) throws Exception {
        try (Trial trial = new Trial(temp, 1)) {
            trial.write(main.isEmpty() ? List.of() : List.of(main), lines(without), List.of());
            return Server.check(trial.conf).stream()
                    .filter(l -> l.contains("; add the line"))
                    .map(l -> l.replaceFirst("warning: .*/master\\.cf: ", ""))
                    .toList();
        }
    }

    private static List<String> lines(String without) {
        List<String> lines = new ArrayList<>(Trial.LINES);
        lines.removeIf(l -> l.startsWith(without + " "));
        return lines;
    }

    @Test
    void whatCommandsAskIsMissed() throws Exception {
        assertEquals(List.of(), check("", "none"));
        assertEquals(
                List.of(
                        "no service pickup under public/: mail of sendmail(1) stays in maildrop;"
                                + " add the line \"pickup unix n - n 60 1 pickup\""),
                check("", "pickup"));
        for (String each : List.of("qmgr", "showq", "flush")) {
            List<String> said = check("", each);
            assertEquals(1, said.size(), said.toString());
            assertTrue(said.getFirst().startsWith("no service " + each + " under public/: "));
            assertTrue(said.getFirst().endsWith(" " + each + "\""), said.toString());
        }
    }

    @Test
    void whatIsSwitchedOffOrPrivateIsMeantOrMissed() throws Exception {
        try (Trial trial = new Trial(temp, 1)) {
            List<String> lines = new ArrayList<>(lines("showq"));
            lines.add("showq unix - - n - - showq");
            trial.write(List.of("master_service_disable = pickup/unix"), lines, List.of());
            List<String> said =
                    Server.check(trial.conf).stream().filter(l -> l.contains("add the")).toList();
            assertEquals(1, said.size(), said.toString());
            assertTrue(said.getFirst().contains("no service showq under public/"));
        }
    }

    @Test
    void transportsAreMissedIfMailGoesThere() throws Exception {
        assertEquals(
                List.of(
                        "no service smtp (default_transport): mail for it waits in the queue; add"
                                + " the line \"smtp unix - - n - - smtp\""),
                check("", "smtp"));
        assertEquals(List.of(), check("", "relay"));
        assertTrue(check("relay_domains = a.example", "relay").toString().contains("- smtp\""));
        assertTrue(check("mydestination = a.example", "-").toString().contains("local_transport"));
        assertTrue(check("", "error").toString().contains("error_service_name"));
    }

    @Test
    void withoutWhatTheServerAsksThereIsNoStart() throws Exception {
        for (String each : List.of("cleanup", "rewrite", "bounce")) {
            List<String> said = check("", each);
            assertEquals(1, said.size(), said.toString());
            String add = said.getFirst().replaceFirst(".*; ", "");
            assertTrue(said.getFirst().contains(": the mail system does not start; "));
            try (Trial trial = new Trial(temp, 1)) {
                trial.write(List.of(), lines(each), List.of());
                ConfigException refused = assertThrows(ConfigException.class, trial::start);
                assertTrue(String.valueOf(refused.getMessage()).endsWith(add), add);
            }
        }
        assertEquals(
                List.of(
                        "no service tidy: the mail system does not start; add the line \"tidy unix"
                                + " n - n - 0 cleanup\""),
                check("cleanup_service_name = tidy", "none"));
    }
}
