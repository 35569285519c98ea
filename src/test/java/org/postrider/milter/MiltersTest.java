package org.postrider.milter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
