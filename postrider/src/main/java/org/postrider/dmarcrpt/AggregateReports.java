package org.postrider.dmarcrpt;

import java.util.function.Function;
import org.postrider.config.Settings;
import org.postrider.report.DailyReports;
import org.postrider.report.House;
import org.postrider.report.Outbox;
import org.postrider.report.Reporter;
import org.postrider.report.Wanted;
import org.postrider.threads.Work;

/// The mail system's aggregate reports of DMARC ([DailyReports]). Any thread.
public final class AggregateReports implements AutoCloseable {
    private static final DailyReports.Works WORKS =
            new DailyReports.Works(
                    Work.of("dmarcrpt", "counts DMARC results, saves them, sends reports")
                            .onPlatform(),
                    Work.of("dmarcrpt-task", "asks where a domain wants a report, or sends one")
                            .failing("it is tried again")
                            .waiting());

    private final DailyReports<DmarcOutcome> reports;
    private volatile House house;

    /// @param places where a domain wants reports now; blocking
    public AggregateReports(
            DailyReports.World world,
            Settings settings,
            Function<String, Wanted> places,
            Outbox outbox,
            Reporter.Says log) {
        house = house(settings);
        reports =
                new DailyReports<>(
                        world,
                        new DmarcReports(places, outbox, () -> house),
                        WORKS,
                        settings.get(DmarcrptParams.MEMORY),
                        log);
    }

    private static House house(Settings settings) {
        return new House(
                settings.get(DmarcrptParams.ORGANIZATION),
                settings.get(DmarcrptParams.CONTACT),
                settings.get(DmarcrptParams.SENDER));
    }

    /// A reload. What is counted stays.
    public void set(Settings settings) {
        house = house(settings);
        reports.set(settings.get(DmarcrptParams.MEMORY));
    }

    /// Who takes results: the first call begins to count, and no report goes out before [#start].
    public DmarcResults results() {
        Reporter<DmarcOutcome> taker = reports.results();
        return taker == null ? DmarcResults.NONE : outcome -> taker.took(outcome.domain(), outcome);
    }

    /// The server is there: reports can go out.
    public void start() {
        reports.start();
    }

    @Override
    public void close() {
        reports.close();
    }
}
