package org.postrider.dmarcrpt;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.postrider.dmarc.ReportPlace;
import org.postrider.report.Day;
import org.postrider.report.Due;
import org.postrider.report.House;
import org.postrider.report.Kind;
import org.postrider.report.Letter;
import org.postrider.report.Outbox;
import org.postrider.report.Report;
import org.postrider.report.Tally;
import org.postrider.report.Wanted;

/// Aggregate reports of DMARC: XML of what came of a domain's mail, by mail (RFC 9990).
///
/// @param places where a domain wants them now; blocking
/// @param house who reports now
record DmarcReports(Function<String, Wanted> places, Outbox outbox, Supplier<House> house)
        implements Kind<DmarcOutcome> {
    private static final Names NAMES =
            new Names(
                    "reports of DMARC",
                    "report of DMARC on",
                    "messages",
                    DmarcrptParams.MEMORY.name(),
                    "dmarc",
                    0x5052_444D_4152_4331L); // PRDMARC1

    @Override
    public Names names() {
        return NAMES;
    }

    @Override
    public Tally<DmarcOutcome> tally() {
        return new DmarcTally();
    }

    @Override
    public Tally<DmarcOutcome> tally(DataInputStream in) throws IOException {
        return DmarcTally.read(in);
    }

    @Override
    public long least(DmarcOutcome first) {
        return DmarcTally.least(first);
    }

    @Override
    public Wanted wanted(String domain) {
        return places.apply(domain);
    }

    @Override
    public Report report(Due<DmarcOutcome> of) {
        House by = house.get();
        String xml = Feedback.of(of, (DmarcTally) of.tally(), by);
        Letter letter = Letter.of(of, by, xml.getBytes(StandardCharsets.US_ASCII), form(of, by));
        return place -> send(letter, place);
    }

    private String send(Letter letter, String place) throws IOException {
        ReportPlace to = ReportPlace.of(place);
        if (to == null) {
            throw new IOException("is no address");
        }
        long size = letter.encoded();
        if (size > to.most()) {
            // It only grows: it counts as sent.
            return "not sent to "
                    + to.to().text()
                    + ", who takes "
                    + to.most()
                    + " octets: it has "
                    + size;
        }
        return "queued as " + outbox.mail(letter, to.to()) + " for " + to.to().text();
    }

    private static Letter.Form form(Due<DmarcOutcome> of, House by) {
        return new Letter.Form(
                List.of(),
                "multipart/mixed",
                "application/gzip",
                ".xml.gz",
                ("This is a report of " + by.submitter() + " on mail that came in the name of\n")
                        + (of.domain() + ", of the day that began at ")
                        + (Day.time(Day.begin(of.day())) + " (DMARC, RFC 9990).\n"),
                false);
    }
}
