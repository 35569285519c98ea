package org.postrider.qmgr;

import org.postrider.qmgr.rate.Feedback;

/// Limits to vary in tests: Postfix's defaults otherwise.
final class TestLimits {
    int processes = 100;
    int initial = 5;
    int widest = 20;
    String positive = "1";
    String negative = "1";
    int cohorts = 1;
    long destinationDelay;
    long transportDelay;

    Limits make() {
        return new Limits(
                processes,
                initial,
                widest,
                50,
                Feedback.parse("test", positive),
                Feedback.parse("test", negative),
                cohorts,
                destinationDelay,
                transportDelay,
                5,
                3,
                50,
                3,
                300_000_000_000L);
    }
}
