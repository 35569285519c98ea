package org.postrider.milter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postrider.config.Catalogue;
import org.postrider.config.MainCf;
import org.postrider.config.ServiceSettings;

/// How milters are named in main.cf, and what becomes of one that nobody understands.
class MiltersTest {
    @TempDir Path temp;

    private Milters milters(String value) throws IOException {
        Path file = temp.resolve("main.cf");
        Files.writeString(file, "smtpd_milters = " + value + "\nmilter_default_action = accept\n");
        ServiceSettings settings =
                ServiceSettings.of(MainCf.read(file), Catalogue.load(), Map.of());
        return Milters.of(
                settings, MilterSockets.nowhere(), settings.get(MilterParams.SMTPD_MILTERS));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "inet:a:1 unix:/b; ",
                "{ inet:a:1, default_action = reject }; milter inet:a:1: unknown option:"
                        + " \"default_action\"",
                "{ inet:a:1, { default_action = reject }, command_timeout=3m, protocol=3 }; ",
                "{ inet:a:1, default_acton=reject }; milter inet:a:1: unknown option:"
                        + " \"default_acton=reject\"",
                "{ inet:a:1, protocol=5 }; milter inet:a:1: bad protocol information: 5",
                "{ }; milter { }: empty milter definition: \"{ }\"",
            })
    void whatCannotBeReadIsNamed(String value, String problem) throws IOException {
        List<String> problems = milters(value).problems();
        assertEquals(problem == null ? List.of() : List.of(problem), problems);
    }

    /// One that cannot even be hung up on leaves no other one open.
    @Test
    void allAreHungUpOnWhateverOneDoes() {
        byte[] agreed = {0, 0, 0, 13, 'O', 0, 0, 0, 6, 0, 0, 1, -1, 0, 0, 0, 0, 0, 0, 0, 1, 'c'};
        List<Said> all = List.of(new Said(agreed, 99, false), new Said(agreed, 99, false));
        all.getFirst().bug = true;
        Iterator<Said> next = all.iterator();
        MilterSockets none = MilterSockets.nowhere();
        MilterSockets sockets =
                new MilterSockets((_, _, _) -> next.next(), none.room(), _ -> 25, none.memory());
        MailFilter filter =
                Milters.of(
                                ServiceSettings.of(
                                        MainCf.empty(temp.resolve("main.cf")),
                                        Catalogue.load(),
                                        Map.of()),
                                sockets,
                                List.of("inet:127.0.0.1:25", "inet:127.0.0.1:26"))
                        .open(_ -> null, _ -> {});
        ClientFacts client = new ClientFacts("x", "192.0.2.1", ClientFacts.Family.INET, 7);
        assertEquals(Answer.GO_ON, filter.connect(client));
        assertThrows(IllegalStateException.class, filter::close);
        assertTrue(all.stream().allMatch(s -> s.closed));
    }

    /// milter_default_action says accept, but nobody knows what was to be done.
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{ inet:a:1, default_acton=reject }",
                "{ }",
                "{ inet:a:1, command_timeout=x }"
            })
    void oneThatCannotBeReadIsNotPassedOver(String value) throws IOException {
        List<String> warnings = new ArrayList<>();
        try (MailFilter filter = milters(value).open(_ -> null, warnings::add)) {
            ClientFacts client = new ClientFacts("x", "192.0.2.1", ClientFacts.Family.INET, 7);
            Answer answer = filter.connect(client);
            assertEquals(451, assertInstanceOf(Answer.Refused.class, answer).reply().code());
            assertEquals(answer, filter.mail(List.of("<a@b.example>")));
        }
        assertEquals(1, warnings.size(), warnings::toString);
    }
}
