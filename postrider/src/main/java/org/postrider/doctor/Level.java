package org.postrider.doctor;

/// How much a finding matters.
public enum Level {
    OK("ok"),
    /// Some receivers mind, or it could not be found out.
    WARNING("warning"),
    /// Mail is refused, lost or can be forged because of it.
    WRONG("wrong");

    private final String word;

    Level(String word) {
        this.word = word;
    }

    public String word() {
        return word;
    }
}
