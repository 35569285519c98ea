package org.postrider.command.environment;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postrider.config.Catalogue;
import org.postrider.config.HostFacts;
import org.postrider.config.MainCf;
import org.postrider.config.ServiceSettings;

/// import_environment for commands; what 3.12's print stands in cli/37-environment.
class ImportedEnvironmentTest {
    /// 21 January 2007, 18:32:59 UTC.
    private static final long WINTER = 1_169_404_379_000L;

    @TempDir Path temp = Path.of("");

    @ParameterizedTest
    @CsvSource({
        "Asia/Tokyo, 540",
        ":Europe/Berlin, 60",
        "posix/Europe/Berlin, 60",
        "FOO5, -300",
        "foo-3, 180",
        "<+0330>-3:30, 210",
        "GMT-2, 120",
        "Etc/GMT-2, 120",
        "EST5EDT, -300",
        "CET-1CEST, 60",
        "UTC, 0",
        "nosuch, 0",
        "No/such5, 0",
        "'', 0",
        "=x, 0"
    })
    void aZoneIsReadAsTheCLibraryReadsIt(String text, int minutes) {
        assertEquals(minutes * 60_000, ImportedEnvironment.of(text).getOffset(WINTER), text);
    }

    /// What a started server has: what is set counts, what is named stays, the rest goes.
    @ParameterizedTest
    @CsvSource({
        "TZ=Asia/Tokyo, Asia/Tokyo",
        "{ TZ = Asia/Tokyo }, Asia/Tokyo",
        "A TZ B, Europe/Rome",
        "A B=TZ, none",
        "'', none"
    })
    void theServerStartsInTheZoneThatIsSaid(String value, String zone) throws Exception {
        Map<String, String> environment = new HashMap<>(Map.of("TZ", "Europe/Rome", "X", "1"));
        ImportedEnvironment.zone(environment, settings(value), "postfix");
        assertEquals(zone, environment.getOrDefault("TZ", "none"));
        assertEquals("1", environment.get("X"));
    }

    private ServiceSettings settings(String value) throws Exception {
        Path file = temp.resolve("main.cf");
        Files.writeString(file, "import_environment = " + value + "\n");
        MainCf mainCf = MainCf.read(file);
        return ServiceSettings.of(mainCf, Catalogue.load(), HostFacts.names(mainCf));
    }
}
