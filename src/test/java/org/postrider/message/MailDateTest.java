package org.postrider.message;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Dates of headers, as strftime(3) writes Postfix's `%a, %e %b %Y %H:%M:%S`, the offset and
/// tzname.
class MailDateTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    2026-11-20T23:01:02Z | UTC | Fri, 20 Nov 2026 23:01:02 +0000 (UTC)
                    2026-12-01T00:00:00Z | UTC | Tue,  1 Dec 2026 00:00:00 +0000 (UTC)
                    2026-12-09T23:59:59Z | Etc/UTC | Wed,  9 Dec 2026 23:59:59 +0000 (UTC)
                    2026-12-01T00:00:00Z | Europe/Berlin | Tue,  1 Dec 2026 01:00:00 +0100 (CET)
                    2026-07-10T10:00:00Z | Europe/Berlin | Fri, 10 Jul 2026 12:00:00 +0200 (CEST)
                    2026-01-10T10:00:00Z | Europe/London | Sat, 10 Jan 2026 10:00:00 +0000 (GMT)
                    2026-07-10T10:00:00Z | Europe/London | Fri, 10 Jul 2026 11:00:00 +0100 (BST)
                    2026-07-10T10:00:00Z | America/New_York | Fri, 10 Jul 2026 06:00:00 -0400 (EDT)
                    2026-07-10T10:00:00Z | Asia/Kolkata | Fri, 10 Jul 2026 15:30:00 +0530 (IST)
                    2026-07-10T10:00:00Z | America/Sao_Paulo | Fri, 10 Jul 2026 07:00:00 -0300 (-03)
                    2026-07-10T10:00:00Z | Asia/Kathmandu | Fri, 10 Jul 2026 15:45:00 +0545 (+0545)
                    """)
    void isPostfixs(String at, String zone, String wanted) {
        assertEquals(wanted, MailDate.of(Instant.parse(at).toEpochMilli(), ZoneId.of(zone)));
    }
}
