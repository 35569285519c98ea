package org.postrider.postscreen;

/// What is known of one client's tests in one session. Sets are bits of [Check]. Session thread
/// only.
final class Results {
    private int todo;
    private int passed;
    private int failed;
    private int done;
    private int skipped;
    private boolean fresh;
    private boolean denied;
    private boolean vetoed;

    /// These are to be made; the client has not passed them ever, or not lately.
    void want(int checks, boolean someNeverPassed) {
        todo |= checks;
        fresh |= someNeverPassed;
    }

    boolean todo(Check check) {
        return (todo & check.bit()) != 0;
    }

    boolean anyTodo(int checks) {
        return (todo & checks) != 0;
    }

    /// Some test was never passed before this session.
    boolean fresh() {
        return fresh;
    }

    void pass(Check check) {
        passed |= check.bit();
    }

    boolean passed(Check check) {
        return (passed & check.bit()) != 0;
    }

    void fail(Check check) {
        failed |= check.bit();
    }

    boolean failed(Check check) {
        return (failed & check.bit()) != 0;
    }

    /// The failure is forgotten.
    void unfail(Check check) {
        failed &= ~check.bit();
    }

    /// What comes of it in this session is known.
    void done(Check check) {
        done |= check.bit();
    }

    boolean isDone(Check check) {
        return (done & check.bit()) != 0;
    }

    /// It is not made again in this session.
    void skip(Check check) {
        skipped |= check.bit();
    }

    /// It is to be made and has not been skipped.
    boolean open(Check check) {
        return todo(check) && (skipped & check.bit()) == 0;
    }

    /// By postscreen_access_list.
    void deny() {
        denied = true;
    }

    /// By postscreen_allowlist_interfaces.
    void veto() {
        vetoed = true;
    }

    boolean anyFailed() {
        return failed != 0 || denied || vetoed;
    }

    /// Tests after the greeting are left.
    boolean deepLeft() {
        return (todo & Check.DEEP) != (passed & Check.DEEP & todo);
    }

    /// All tests after the greeting are made for the log of a client that failed before it.
    void wantAllDeep() {
        todo |= Check.DEEP;
    }

    void wantNoDeep() {
        todo &= ~Check.DEEP;
    }

    /// A failed client has passed nothing.
    void settle() {
        if (anyFailed()) {
            passed = 0;
        }
    }

    boolean anyPassed() {
        return passed != 0;
    }

    boolean allPassed() {
        return passed != 0 && passed == todo;
    }
}
