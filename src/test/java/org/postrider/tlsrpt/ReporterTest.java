package org.postrider.tlsrpt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.util.JSONObjectUtils;
import jakarta.mail.BodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.postrider.dns.Resolver;
import org.postrider.report.Wanted;
import org.postrider.tlsrpt.TlsResult.Policy;
import org.postrider.tlsrpt.TlsResult.Reason;

/// A day and the reports of it (RFC 8460), with a clock that the test moves.
class ReporterTest {
    private static final String RECORD = "v=TLSRPTv1; rua=mailto:reports@d.example";

    @TempDir Path directory;
    private Desk desk;

    @BeforeEach
    void make() {
        desk = new Desk(directory);
        desk.wants("d.example", RECORD);
    }

    private void aDay() {
        desk.took("d.example", Desk.STS, null, "mx1.d.example", 3);
        desk.took("d.example", Desk.STS, Reason.CERTIFICATE_EXPIRED, "mx1.d.example", 2);
        desk.took("d.example", Desk.STS, Reason.STARTTLS_NOT_SUPPORTED, "mx2.d.example", 1);
        desk.took("d.example", Policy.none("d.example"), null, "mx1.d.example", 4);
        desk.steps();
    }

    private static final String DAY =
            """
            {"organization-name":"Sender Inc.",
             "date-range":{"start-datetime":"2026-11-28T00:00:00Z",
                           "end-datetime":"2026-11-28T23:59:59Z"},
             "contact-info":"mailto:admin@s.example",
             "report-id":"ID",
             "policies":[
              {"policy":{"policy-type":"sts",
                         "policy-string":["version: STSv1","mode: testing","mx: *.d.example"],
                         "policy-domain":"d.example",
                         "mx-host":["*.d.example"]},
               "summary":{"total-successful-session-count":3,"total-failure-session-count":3},
               "failure-details":[
                {"result-type":"certificate-expired","sending-mta-ip":"192.0.2.1",
                 "receiving-mx-hostname":"mx1.d.example",
                 "receiving-mx-helo":"helo.mx1.d.example","receiving-ip":"192.0.2.9",
                 "failure-reason-code":"X509_CERTIFICATE_EXPIRED","failed-session-count":2},
                {"result-type":"starttls-not-supported","sending-mta-ip":"192.0.2.1",
                 "receiving-mx-hostname":"mx2.d.example",
                 "receiving-mx-helo":"helo.mx2.d.example","receiving-ip":"192.0.2.9",
                 "failure-reason-code":"X509_STARTTLS_NOT_SUPPORTED","failed-session-count":1}]},
              {"policy":{"policy-type":"no-policy-found","policy-domain":"d.example"},
               "summary":{"total-successful-session-count":4,"total-failure-session-count":0}}]}
            """;

    private static Map<String, Object> parsed(String json) throws Exception {
        return JSONObjectUtils.parse(json);
    }

    private static MimeMessage mail(String text) throws Exception {
        return new MimeMessage(
                jakarta.mail.Session.getInstance(new Properties()),
                new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)));
    }

    private static String json(String mail) throws Exception {
        MimeMultipart parts = (MimeMultipart) mail(mail).getContent();
        try (InputStream in = parts.getBodyPart(1).getInputStream()) {
            return Desk.unzipped(in.readAllBytes());
        }
    }

    @Test
    void aDayIsReportedByMailFieldByField() throws Exception {
        aDay();
        desk.until("2026-11-28T23:59:59Z");
        assertEquals(List.of(), desk.mails);
        desk.until("2026-11-29T04:00:00Z");
        assertEquals(1, desk.mails.size());
        MimeMessage mail = mail(desk.mails.getFirst());
        Map<String, Object> report = parsed(json(desk.mails.getFirst()));
        String id = String.valueOf(report.get("report-id"));
        assertEquals(parsed(DAY.replace("\"ID\"", "\"" + id + "\"")), report);
        assertEquals(
                "Report Domain: d.example Submitter: mail.s.example Report-ID: <" + id + ">",
                mail.getSubject());
        assertEquals("tls@mail.s.example", mail.getFrom()[0].toString());
        assertEquals("reports@d.example", mail.getAllRecipients()[0].toString());
        assertEquals("d.example", mail.getHeader("TLS-Report-Domain", null));
        assertEquals("mail.s.example", mail.getHeader("TLS-Report-Submitter", null));
        assertEquals("No", mail.getHeader("TLS-Required", null));
        assertTrue(mail.isMimeType("multipart/report"));
        assertTrue(mail.getContentType().contains("report-type=\"tlsrpt\""));
        BodyPart zipped = ((MimeMultipart) mail.getContent()).getBodyPart(1);
        assertTrue(zipped.isMimeType("application/tlsrpt+gzip"));
        assertEquals(
                "mail.s.example!d.example!1795824000!1795910399!"
                        + id.substring(0, id.indexOf('@'))
                        + ".json.gz",
                zipped.getFileName());
        assertTrue(desk.mails.getFirst().lines().allMatch(l -> l.length() < 200));
        // It is sent once, and the domain was asked once.
        desk.until("2026-12-01T00:00:00Z");
        assertEquals(1, desk.mails.size());
        assertEquals(List.of("_smtp._tls.d.example"), desk.asked);
        assertEquals(0, desk.reporter.waiting());
    }

    @Test
    void reportsAreSpreadOverTheFirstHours() {
        List<String> hours = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            desk.wants("d" + i + ".example", "v=TLSRPTv1;rua=https://r.example/" + i);
            desk.took("d" + i + ".example", Policy.none("d.example"), null, "mx.x.example", 1);
        }
        desk.until("2026-11-29T05:00:00Z");
        for (String each : desk.posts) {
            hours.add(each.replaceAll(".* at 2026-11-29T(\\d\\d).*", "$1"));
        }
        assertEquals(60, hours.size());
        assertEquals(List.of("00", "01", "02", "03"), hours.stream().distinct().sorted().toList());
    }

    @Test
    void aDomainThatWantsNoneIsNotCounted() {
        desk.took("none.example", Policy.none("none.example"), null, "mx.none.example", 1);
        desk.steps();
        long after = desk.reporter.octets();
        desk.took(
                "none.example",
                Policy.none("none.example"),
                Reason.CERTIFICATE_EXPIRED,
                "mx.none.example",
                50);
        desk.steps();
        assertEquals(after, desk.reporter.octets());
        desk.until("2026-11-30T00:00:00Z");
        assertEquals(List.of("_smtp._tls.none.example"), desk.asked);
        assertEquals(List.of(), desk.mails);
    }

    /// A name server that does not answer is asked again when the day is over.
    @Test
    void theWishOfADomainMayBeFoundLater() throws Exception {
        desk.texts.put("_smtp._tls.d.example", new Resolver.Answer.TryAgain<>("again"));
        aDay();
        desk.until("2026-11-28T20:00:00Z");
        assertEquals(1, desk.asked.size());
        desk.wants("d.example", RECORD);
        desk.until("2026-11-29T04:00:00Z");
        assertEquals(2, desk.asked.size());
        assertTrue(json(desk.mails.getFirst()).contains("\"total-successful-session-count\":3"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    true  | 3
                    false | 0
                    """)
    void aRestartLosesWhatWasNotSaved(boolean saved, int kept) throws Exception {
        desk.took("d.example", Desk.STS, null, "mx1.d.example", 3);
        desk.restarts(saved);
        desk.took("d.example", Desk.STS, null, "mx1.d.example", 4);
        desk.until("2026-11-28T10:02:00Z");
        // What a minute ago was counted outlives a kill -9.
        desk.restarts(false);
        desk.until("2026-11-29T04:00:00Z");
        assertTrue(
                json(desk.mails.getFirst())
                        .contains("\"total-successful-session-count\":" + (kept + 4)),
                json(desk.mails.getFirst()));
    }

    @Test
    void aReportThatWaitsOutlivesARestartUnderItsName() throws Exception {
        desk.wants("d.example", "v=TLSRPTv1; rua=https://r.example/t");
        aDay();
        desk.restarts(true);
        desk.poster = (to, zipped) -> 503;
        desk.until("2026-11-29T06:00:00Z");
        String first = desk.posts.getFirst();
        assertTrue(desk.posts.size() > 2, desk.posts.toString());
        Desk next = new Desk(directory);
        next.nowMillis = desk.nowMillis;
        next.until("2026-11-29T12:00:00Z");
        assertEquals(1, next.posts.size());
        assertEquals(
                first.substring(first.indexOf('{')),
                next.posts.getFirst().substring(next.posts.getFirst().indexOf('{')));
    }

    @Test
    void whatIsNotTakenIsDroppedAfterADay() {
        desk.wants("d.example", "v=TLSRPTv1;rua=https://r.example/a,mailto:r@d.example");
        desk.poster =
                (to, zipped) -> {
                    throw new IOException("timed out");
                };
        aDay();
        desk.until("2026-12-01T00:00:00Z");
        assertEquals(1, desk.mails.size());
        assertTrue(desk.posts.size() > 5 && desk.posts.size() < 20, "" + desk.posts.size());
        assertEquals(
                List.of(
                        "warning: report on TLS with d.example of 2026-11-28 dropped: not taken in"
                                + " 24 hours (https://r.example/a)"),
                desk.log.stream().filter(l -> l.startsWith("warning")).toList());
        assertEquals(0, desk.reporter.waiting());
    }

    /// A thread that breaks off gives its place back, and what it had is tried again.
    @Test
    void aBugInATaskCostsATry() {
        desk.poster =
                (to, zipped) -> {
                    if (desk.posts.size() < 9) {
                        throw new InternalError("struck");
                    }
                    return 200;
                };
        for (int i = 0; i < 5; i++) {
            desk.wants("d" + i + ".example", "v=TLSRPTv1;rua=https://r.example/" + i);
            desk.took("d" + i + ".example", Policy.none("d.example"), null, "mx.x.example", 1);
        }
        desk.until("2026-11-29T12:00:00Z");
        assertEquals(0, desk.reporter.waiting());
        assertEquals(8, desk.log.stream().filter(l -> l.equals("panic")).count());
    }

    @Test
    void mailThatTheQueueDoesNotTakeIsTriedAgain() {
        desk.noMail = "queue file write error";
        aDay();
        desk.until("2026-11-29T05:00:00Z");
        assertEquals(1, desk.reporter.waiting());
        desk.noMail = null;
        desk.until("2026-11-29T12:00:00Z");
        assertEquals(1, desk.mails.size());
        assertEquals(0, desk.reporter.waiting());
    }

    /// Sums stay right whatever is left out, and the memory stays within its limit.
    @Test
    void tenThousandDomainsStayWithinTheBound() throws Exception {
        desk.most = 1 << 18;
        desk.restarts(false);
        for (int n = 0; n < 2; n++) {
            for (int i = 0; i < 10_000; i++) {
                String domain = "d" + i + ".example";
                desk.wants(domain, "v=TLSRPTv1;rua=mailto:r@d.example");
                desk.took(domain, Policy.none(domain), null, "mx." + domain, 1);
                if (i % 100 == 0) {
                    desk.steps();
                }
            }
        }
        for (int i = 0; i < 1000; i++) {
            desk.took(
                    "d1.example",
                    Policy.none("d1.example"),
                    Reason.CERTIFICATE_EXPIRED,
                    "mx" + i + ".d1.example",
                    1);
        }
        desk.steps();
        assertTrue(desk.reporter.octets() <= 1 << 18, "" + desk.reporter.octets());
        desk.until("2026-11-29T04:00:00Z");
        assertTrue(desk.mails.size() > 150 && desk.mails.size() < 1000, "" + desk.mails.size());
        assertTrue(
                desk.log.stream()
                        .anyMatch(l ->
                                l.matches(
                                        "warning: reports on TLS: \\d+ sessions were not counted:"
                                                + " postrider_tlsrpt_memory_limit is reached")),
                desk.log.getFirst());
        String d1 =
                desk.mails.stream()
                        .filter(m -> m.contains("TLS-Report-Domain: d1.example\r\n"))
                        .findFirst()
                        .orElseThrow();
        assertTrue(json(d1).contains("\"total-failure-session-count\":1000"));
        assertTrue(
                json(d1).contains(
                                "{\"result-type\":\"certificate-expired\","
                                        + "\"failed-session-count\":1"),
                json(d1));
    }

    /// Failures of more servers than are told of are summed by their kind.
    @Test
    void detailsBeyondTheLimitAreSummed() throws Exception {
        for (int i = 0; i < 80; i++) {
            desk.took("d.example", Desk.STS, Reason.TLSA_INVALID, "mx" + i + ".d.example", 2);
        }
        desk.restarts(true);
        desk.until("2026-11-29T04:00:00Z");
        String json = json(desk.mails.getFirst());
        assertTrue(json.contains("{\"result-type\":\"tlsa-invalid\",\"failed-session-count\":60}"));
        assertEquals(51, json.split("\"result-type\"", -1).length - 1);
        assertTrue(json.contains("\"total-failure-session-count\":160"));
    }

    @Test
    void aDamagedFileCostsTheCountsAndNotTheStart() throws Exception {
        desk.took("d.example", Desk.STS, null, "mx1.d.example", 3);
        desk.reporter.save();
        Path file = directory.resolve("tlsrpt.counts");
        byte[] octets = Files.readAllBytes(file);
        octets[20] ^= 1;
        Files.write(file, octets);
        desk.restarts(false);
        assertTrue(desk.log.getFirst().endsWith("is damaged: counting begins anew"));
        desk.took("d.example", Desk.STS, null, "mx1.d.example", 1);
        desk.until("2026-11-29T04:00:00Z");
        assertTrue(json(desk.mails.getFirst()).contains("session-count\":1,"));
    }

    /// What a server says cannot leave its string, and a header line of the mail is ours.
    @Test
    void whatServersSayStaysInItsPlace() throws Exception {
        String odd = "x\"},\r\n\\\u0000\u00ff";
        desk.took("d.example", Desk.STS, Reason.VALIDATION_FAILURE, odd, 1);
        desk.until("2026-11-29T04:00:00Z");
        assertTrue(parsed(json(desk.mails.getFirst())).toString().contains("helo." + odd));
        assertFalse(desk.mails.getFirst().contains(odd));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    v=TLSRPTv1; rua=mailto:a@b.example                        | [mailto:a@b.example]
                    v=TLSRPTv1;rua=mailto:a@b.example,https://c.example/x?y=1 | [mailto:a@b.example, https://c.example/x?y=1]
                    v=TLSRPTv1 ; rua=https://c.example ; x=y                  | [https://c.example]
                    v=TLSRPTv2; rua=mailto:a@b.example                        |
                    rua=mailto:a@b.example; v=TLSRPTv1                        |
                    v=TLSRPTv1;                                               |
                    v=TLSRPTv1; rua=http://c.example/                         |
                    v=TLSRPTv1; rua=https://user@c.example/                   |
                    v=TLSRPTv1; rua=https:///x                                |
                    v=TLSRPTv1; rua=https://c.example:65535/x                 | [https://c.example:65535/x]
                    v=TLSRPTv1; rua=https://c.example:65536/x                 |
                    v=TLSRPTv1; rua=https://c.example:0/x,mailto:a@b.example  | [mailto:a@b.example]
                    v=TLSRPTv1; rua=mailto:/cmd@b.example                     |
                    v=TLSRPTv1; rua=mailto:a%0Ab@b.example                    |
                    v=TLSRPTv1; rua=mailto:root                               |
                    v=TLSRPTv1; rua=mailto:@x.example:a@b.example             |
                    v=TLSRPTv1; rua=ftp://c.example/                          |
                    """)
    void aRecordNamesPlacesThatCanBeUsed(String record, String places) {
        assertEquals(
                places == null ? "Not[]" : "Places[uris=" + places + "]",
                TlsrptRecord.read(List.of(record)).toString());
    }

    @Test
    void twoRecordsAreNone() {
        assertEquals(new Wanted.Not(), TlsrptRecord.read(List.of(RECORD, RECORD)));
        assertEquals(
                "Places[uris=[mailto:reports@d.example]]",
                TlsrptRecord.read(List.of("v=spf1 -all", RECORD)).toString());
    }
}
