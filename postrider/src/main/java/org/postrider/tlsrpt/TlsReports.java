package org.postrider.tlsrpt;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;
import org.postrider.address.Address;
import org.postrider.dns.Resolver;
import org.postrider.report.Day;
import org.postrider.report.Due;
import org.postrider.report.House;
import org.postrider.report.Kind;
import org.postrider.report.Letter;
import org.postrider.report.Outbox;
import org.postrider.report.Report;
import org.postrider.report.Tally;
import org.postrider.report.Wanted;

/// Reports on TLS: JSON of what became of a domain's sessions, by mail or HTTPS (RFC 8460).
///
/// @param house who reports now
record TlsReports(Resolver dns, Outbox outbox, Poster poster, Supplier<House> house)
        implements Kind<TlsResult> {
    private static final Names NAMES =
            new Names(
                    "reports on TLS",
                    "report on TLS with",
                    "sessions",
                    TlsrptParams.MEMORY.name(),
                    "tlsrpt",
                    0x5052_544C_5352_5031L); // PRTLSRP1

    /// Where reports go by HTTPS.
    interface Poster {
        /// Blocking, bounded in time.
        ///
        /// @return the status of the answer
        int post(URI to, byte[] zipped) throws IOException;
    }

    @Override
    public Names names() {
        return NAMES;
    }

    @Override
    public Tally<TlsResult> tally() {
        return new TlsTally();
    }

    @Override
    public Tally<TlsResult> tally(DataInputStream in) throws IOException {
        return TlsTally.read(in);
    }

    @Override
    public long least(TlsResult first) {
        return TlsTally.least(first);
    }

    @Override
    public Wanted wanted(String domain) {
        return TlsrptRecord.of(domain, dns);
    }

    @Override
    public Report report(Due<TlsResult> of) {
        House by = house.get();
        String json = Json.of(of, (TlsTally) of.tally(), by);
        Letter letter = Letter.of(of, by, json.getBytes(StandardCharsets.US_ASCII), form(of, by));
        return place -> send(letter, place);
    }

    private String send(Letter letter, String place) throws IOException {
        Address to = TlsrptRecord.address(place);
        if (to != null) {
            return "queued as " + outbox.mail(letter, to) + " for " + to.text();
        }
        URI uri = TlsrptRecord.https(place);
        int status = uri == null ? 0 : poster.post(uri, letter.zipped());
        if (status / 100 == 2) {
            return "taken by " + place;
        }
        throw new IOException("answered " + status);
    }

    private static Letter.Form form(Due<TlsResult> of, House by) {
        return new Letter.Form(
                List.of(
                        "TLS-Report-Domain: " + of.domain(),
                        "TLS-Report-Submitter: " + by.submitter(),
                        // The very fault that it tells of must not keep it (RFC 8460 3).
                        "TLS-Required: No"),
                "multipart/report; report-type=\"tlsrpt\"",
                "application/tlsrpt+gzip",
                ".json.gz",
                ("This is a report on the TLS of mail from " + by.submitter())
                        + (" to\n" + of.domain() + ", of the day that began at ")
                        + (Day.time(Day.begin(of.day())) + " (RFC 8460).\n"),
                true);
    }
}
