package org.postrider.dmarcrpt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.zip.GZIPInputStream;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.SchemaFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.address.Address;
import org.postrider.disk.RealDisk;
import org.postrider.dmarcrpt.DmarcOutcome.Evaluated;
import org.postrider.dmarcrpt.DmarcOutcome.Published;
import org.postrider.dmarcrpt.DmarcOutcome.Row;
import org.postrider.dmarcrpt.DmarcOutcome.Signature;
import org.postrider.dmarcrpt.DmarcOutcome.Spf;
import org.postrider.report.Bench;
import org.postrider.report.House;
import org.postrider.report.Letter;
import org.postrider.report.Reporter;
import org.postrider.report.Wanted;
import org.postrider.time.Clock;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/// A day and the aggregate reports of it (RFC 9990), with a clock that the test moves; what is sent
/// is read by the platform's validating reader.
class DmarcReportsTest implements Clock {
    private static final Published POLICY =
            new Published(
                    "treewalk",
                    new Published.Policies("reject", "quarantine", "none"),
                    "0",
                    new Published.Alignment("r", "s"),
                    false);
    private static final Evaluated PASSES = new Evaluated("pass", true, false, "", "");
    private static final Evaluated FORGED = new Evaluated("reject", false, false, "", "");

    @TempDir Path directory;
    private final Map<String, Wanted> wishes = new HashMap<>();
    private final List<String> mails = new ArrayList<>();
    private final List<String> log = new ArrayList<>();
    private long nowMillis = Instant.parse("2026-11-28T10:00:00Z").toEpochMilli();
    private long most = 4 << 20;
    private Bench<DmarcOutcome> reporter;

    @BeforeEach
    void make() {
        wishes.put("d.example", new Wanted.Places(List.of("mailto:r@d.example")));
        start();
    }

    private void start() {
        reporter =
                new Bench<>(
                        new RealDisk(),
                        directory,
                        new DmarcReports(
                                d -> wishes.getOrDefault(d, new Wanted.Not()),
                                this::mail,
                                () -> new House("Us & \"Co\"", "who@s.example", "dmarc@s.example")),
                        most,
                        new Reporter.Outside(
                                (task, after) -> {
                                    try {
                                        task.run();
                                    } catch (IllegalStateException e) {
                                        log.add("bug: " + e.getMessage());
                                    }
                                    after.run();
                                },
                                new SplittableRandom(7),
                                new Reporter.Says(log::add, t -> log.add("warning: " + t))),
                        this);
        reporter.begin();
    }

    private String mail(Letter letter, Address to) {
        if (to.text().startsWith("bug@")) {
            throw new IllegalStateException("of ours");
        }
        mails.add(
                new String(
                        letter.mail("4QID", to, "mx.s.example", "Postfix", nowMillis),
                        StandardCharsets.ISO_8859_1));
        return "4QID";
    }

    @Override
    public long wallMillis() {
        return nowMillis;
    }

    @Override
    public long nanos() {
        return nowMillis * 1_000_000;
    }

    private void until(String instant) {
        long end = Instant.parse(instant).toEpochMilli();
        while (nowMillis < end) {
            long rest = reporter.step() / 1_000_000;
            nowMillis = Math.min(end, nowMillis + Math.max(1, rest));
        }
        while (reporter.step() == 0) {
            // on to the next
        }
    }

    private void took(String domain, String source, Evaluated done, int times) {
        for (int i = 0; i < times; i++) {
            reporter.took(
                    domain,
                    new DmarcOutcome(
                            domain,
                            POLICY,
                            new Row(
                                    source,
                                    done,
                                    "news." + domain,
                                    "bounce." + domain,
                                    List.of(
                                            new Signature(domain, "k<1>", "pass"),
                                            new Signature("other.example", "k2", "fail")),
                                    new Spf("bounce." + domain, "softfail"))));
        }
    }

    /// The report in a mail, found valid.
    private static Element xml(String mail) throws Exception {
        String coded = mail.substring(mail.indexOf("\r\n\r\n", mail.indexOf("filename=")) + 4);
        byte[] zipped =
                Base64.getMimeDecoder().decode(coded.substring(0, coded.indexOf("\r\n\r\n--")));
        String text;
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(zipped))) {
            text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI)
                .newSchema(Path.of("src/test/resources/dmarc/aggregate-report.xsd").toFile())
                .newValidator()
                .validate(new StreamSource(new StringReader(text)));
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        return factory.newDocumentBuilder()
                .parse(new InputSource(new StringReader(text)))
                .getDocumentElement();
    }

    /// Texts of the elements with a path, by their names from the outermost on.
    private static List<String> texts(Element root, String path) {
        List<String> out = new ArrayList<>();
        int slash = path.indexOf('/');
        NodeList all = root.getChildNodes();
        for (int i = 0; i < all.getLength(); i++) {
            if (all.item(i) instanceof Element e
                    && e.getTagName().equals(slash < 0 ? path : path.substring(0, slash))) {
                if (slash < 0) {
                    out.add(e.getTextContent());
                } else {
                    out.addAll(texts(e, path.substring(slash + 1)));
                }
            }
        }
        return out;
    }

    @Test
    void aDayIsReportedByMailElementByElement() throws Exception {
        took("d.example", "192.0.2.9", PASSES, 3);
        took("d.example", "2001:db8::9", FORGED, 2);
        took("d.example", "192.0.2.9", PASSES, 1);
        took("none.example", "192.0.2.9", FORGED, 5);
        until("2026-11-28T23:59:59Z");
        assertEquals(List.of(), mails);
        until("2026-11-29T04:00:00Z");
        assertEquals(1, mails.size());
        String mail = mails.getFirst();
        assertTrue(mail.contains("\r\nFrom: dmarc@s.example\r\nTo: r@d.example\r\n"), mail);
        assertTrue(mail.contains("\r\nSubject: Report Domain: d.example\r\n Submitter: s.example"));
        assertTrue(mail.contains("\r\nAuto-Submitted: auto-generated\r\n"), mail);
        assertTrue(
                mail.matches(
                        "(?s).*filename=\"s\\.example!d\\.example!1795824000!1795910399!"
                                + "[\\w.]+\\.xml\\.gz\".*"),
                mail);
        Element report = xml(mail);
        assertEquals(List.of("Us & \"Co\""), texts(report, "report_metadata/org_name"));
        assertEquals(List.of("1795824000"), texts(report, "report_metadata/date_range/begin"));
        assertEquals(List.of("1795910399"), texts(report, "report_metadata/date_range/end"));
        assertEquals(List.of("d.example"), texts(report, "policy_published/domain"));
        assertEquals(List.of("reject"), texts(report, "policy_published/p"));
        assertEquals(List.of("quarantine"), texts(report, "policy_published/sp"));
        assertEquals(List.of("s"), texts(report, "policy_published/aspf"));
        assertEquals(List.of("4", "2"), texts(report, "record/row/count"));
        assertEquals(List.of("192.0.2.9", "2001:db8::9"), texts(report, "record/row/source_ip"));
        assertEquals(
                List.of("pass", "reject"),
                texts(report, "record/row/policy_evaluated/disposition"));
        assertEquals(
                List.of("news.d.example", "news.d.example"),
                texts(report, "record/identifiers/header_from"));
        assertEquals(
                List.of("k<1>", "k2", "k<1>", "k2"),
                texts(report, "record/auth_results/dkim/selector"));
        assertEquals(
                List.of("softfail", "softfail"), texts(report, "record/auth_results/spf/result"));
    }

    /// What was counted a minute ago outlives a kill -9, and all of it is in the report.
    @Test
    void aRestartKeepsWhatWasSaved() throws Exception {
        took("d.example", "192.0.2.9", PASSES, 3);
        until("2026-11-28T10:02:00Z");
        start();
        took("d.example", "192.0.2.9", PASSES, 2);
        took("d.example", "192.0.2.8", new Evaluated("none", false, false, "other", "why"), 1);
        until("2026-11-29T04:00:00Z");
        Element report = xml(mails.getFirst());
        assertEquals(List.of("5", "1"), texts(report, "record/row/count"));
        assertEquals(List.of("other"), texts(report, "record/row/policy_evaluated/reason/type"));
        assertEquals(List.of("why"), texts(report, "record/row/policy_evaluated/reason/comment"));
    }

    @Test
    void aReportThatIsTooLargeForAPlaceGoesToTheOthers() throws Exception {
        wishes.put(
                "d.example",
                new Wanted.Places(
                        List.of("mailto:small@d.example!300", "mailto:large@d.example!10m")));
        took("d.example", "192.0.2.9", PASSES, 3);
        until("2026-11-30T10:00:00Z");
        assertEquals(1, mails.size());
        assertTrue(mails.getFirst().contains("\r\nTo: large@d.example\r\n"));
        assertTrue(
                log.stream()
                        .anyMatch(l ->
                                l.startsWith(
                                        "report of DMARC on d.example of 2026-11-28: not sent to"
                                                + " small@d.example, who takes 300 octets")),
                log.toString());
    }

    /// Whatever ends the task that sends: what has gone is not sent again.
    @Test
    void aFaultAtOnePlaceSendsNoOtherItsReportTwice() {
        wishes.put(
                "d.example",
                new Wanted.Places(List.of("mailto:r@d.example", "mailto:bug@d.example")));
        took("d.example", "192.0.2.9", PASSES, 1);
        until("2026-11-30T10:00:00Z");
        assertEquals(1, mails.size());
        assertTrue(log.stream().filter(l -> l.equals("bug: of ours")).count() > 3, log.toString());
        assertTrue(log.getLast().endsWith("(mailto:bug@d.example)"), log.toString());
        assertEquals(0, reporter.waiting());
    }

    /// Strangers name the places, too.
    @Test
    void placesAreWithinTheBound() {
        most = 100_000;
        start();
        String longest = "mailto:r@d.example?" + "x".repeat(480);
        for (int i = 0; i < 100; i++) {
            String domain = "d" + i + ".example";
            wishes.put(
                    domain,
                    new Wanted.Places(List.of(longest + 1, longest + 2, longest + 3, longest + 4)));
            took(domain, "192.0.2.9", PASSES, 1);
            long before = reporter.octets();
            reporter.step();
            reporter.step();
            assertTrue(i > 0 || reporter.octets() > before + 2000, "places cost nothing");
            assertTrue(reporter.octets() <= most, () -> reporter.octets() + " octets");
        }
        until("2026-11-29T05:00:00Z");
        assertTrue(mails.size() > 100, mails.size() + " mails");
    }

    /// What cannot be verified now may be in an hour.
    @Test
    void aPlaceThatCannotBeVerifiedIsAskedAgain() {
        wishes.put("d.example", new Wanted.Unknown());
        took("d.example", "192.0.2.9", PASSES, 1);
        until("2026-11-29T04:00:00Z");
        assertEquals(0, mails.size());
        assertEquals(1, reporter.waiting());
        wishes.put("d.example", new Wanted.Places(List.of("mailto:r@d.example")));
        until("2026-11-29T09:00:00Z");
        assertEquals(1, mails.size());
        assertEquals(0, reporter.waiting());
    }

    /// A stranger with many names and addresses fills no memory, and what is left out is told.
    @Test
    void manySourcesAndDomainsStayWithinTheBound() throws Exception {
        for (int i = 0; i < 3000; i++) {
            took("d.example", "192.0.2." + i % 256 + "." + i, FORGED, 1);
        }
        for (int i = 0; i < 256; i++) {
            took("d.example", "10.0.0." + i, FORGED, 1);
        }
        assertTrue(reporter.octets() < 2 << 20, "" + reporter.octets());
        most = 1 << 18;
        start();
        for (int i = 0; i < 256; i++) {
            took("d.example", "10.0." + i / 16 + "." + i, FORGED, 2);
        }
        for (int i = 0; i < 5000; i++) {
            took("d" + i + ".example", "192.0.2.1", FORGED, 1);
        }
        assertTrue(reporter.octets() <= 1 << 18, "" + reporter.octets());
        until("2026-11-29T04:00:00Z");
        Element report = xml(mails.getFirst());
        long counted = texts(report, "record/row/count").stream().mapToLong(Long::parseLong).sum();
        String left = texts(report, "report_metadata/error").toString();
        assertEquals(
                512,
                counted
                        + Long.parseLong(
                                left.replaceAll("\\D", "").isEmpty()
                                        ? "0"
                                        : left.replaceAll("\\D", "")));
        assertTrue(
                log.stream()
                        .anyMatch(l ->
                                l.matches(
                                        "warning: reports of DMARC: \\d+ messages were not counted:"
                                                + " dmarc_report_memory_limit is reached")),
                log.toString());
    }
}
