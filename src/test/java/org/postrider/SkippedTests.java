package org.postrider;

import java.util.Map;
import java.util.TreeMap;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/// Says at the end of a run which tests were skipped and why, a line a reason: no test is left out
/// in silence.
public final class SkippedTests implements TestExecutionListener {
    private final Map<String, Integer> reasons = new TreeMap<>();

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
        count(test, reason);
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (result.getStatus() == TestExecutionResult.Status.ABORTED) {
            count(
                    test,
                    result.getThrowable().map(Throwable::getMessage).orElse("no reason is given"));
        }
    }

    private void count(TestIdentifier test, String reason) {
        String text = reason.replace("Assumption failed: ", "").replace('\n', ' ');
        String where =
                test.getParentIdObject().map(id -> id.getLastSegment().getValue()).orElse("");
        synchronized (reasons) {
            reasons.merge(where + ": " + text, 1, Integer::sum);
        }
    }

    @Override
    public void testPlanExecutionFinished(TestPlan plan) {
        synchronized (reasons) {
            reasons.forEach(
                    (reason, count) -> System.out.println("skipped: " + count + " of " + reason));
            reasons.clear();
        }
    }
}
