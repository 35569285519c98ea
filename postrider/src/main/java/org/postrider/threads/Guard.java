package org.postrider.threads;

/// Work on its callers' threads whose state cannot be trusted after a Throwable: the server ends
/// then, says so, and is started again. Any thread.
public final class Guard {
    private final Supervisor supervisor;
    private final Work work;
    private final Tally tally;

    Guard(Supervisor supervisor, Work work, Tally tally) {
        this.supervisor = supervisor;
        this.work = work;
        this.tally = tally;
    }

    /// Runs it. Returns also if it threw.
    public void run(Runnable part) {
        try {
            tally.lastNanos = supervisor.clock().nanos();
            tally.begun = true;
            supervisor.steps().begin(work.name());
            part.run();
        } catch (Throwable e) {
            supervisor.thrown(work, tally, e);
            supervisor.ends(work, e);
        }
    }
}
