package org.postrider;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectPackage;

import java.io.PrintWriter;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/// The tests of one room and its chambers, for `bin/test ROOM`. Ends with 1 if one fails or there
/// is none.
final class OneRoom {
    private OneRoom() {}

    public static void main(String[] args) {
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        Launcher launcher = LauncherFactory.create();
        launcher.execute(
                LauncherDiscoveryRequestBuilder.request()
                        .selectors(selectPackage("org.postrider." + args[0]))
                        .build(),
                listener);
        TestExecutionSummary summary = listener.getSummary();
        summary.printFailuresTo(new PrintWriter(System.out, true), 20);
        long failed = summary.getTotalFailureCount();
        System.out.printf(
                "%s: %d tests, %d failed, %d skipped, %d s%n",
                args[0],
                summary.getTestsFoundCount(),
                failed,
                summary.getTestsSkippedCount() + summary.getTestsAbortedCount(),
                (summary.getTimeFinished() - summary.getTimeStarted()) / 1000);
        System.exit(failed == 0 && summary.getTestsFoundCount() > 0 ? 0 : 1);
    }
}
