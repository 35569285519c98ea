package org.postrider.spf;

/// Ends a check without an answer of the record: temperror, permerror, or none. Never leaves the
/// room.
final class SpfException extends Exception {
    private final Verdict verdict;

    SpfException(Verdict verdict, String reason) {
        super(reason, null, false, false);
        this.verdict = verdict;
    }

    static SpfException permanent(String reason) {
        return new SpfException(Verdict.PERMERROR, reason);
    }

    Verdict verdict() {
        return verdict;
    }

    String reason() {
        return String.valueOf(getMessage());
    }
}
