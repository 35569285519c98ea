package org.postrider.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The warning is the one that the installed Postfix gives (posttls-finger -L).
class TlsLogLevelTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    0                 | 0 | []
                    1                 | 1 | []
                    4                 | 4 | []
                    none              | 0 | []
                    Routine           | 1 | []
                    debug             | 2 | []
                    ssl-expert        | 3 | []
                    ssl-developer     | 4 | []
                    summary, peercert | 2 | []
                    routine,odd       | 1 | [unknown smtp_tls_loglevel value "odd" in "routine,odd"]
                    2,trace           | 2 | [smtp_tls_loglevel: no trace of TLS is written by this version]
                    odd               | 0 | [unknown smtp_tls_loglevel value "odd" in "odd"]
                    """)
    void numbersAndWordsAreLevels(String text, int level, String warning) {
        List<String> said = new ArrayList<>();
        assertEquals(level, TlsLogLevel.of("smtp_tls_loglevel", text, said::add));
        assertEquals(warning, said.toString());
    }
}
