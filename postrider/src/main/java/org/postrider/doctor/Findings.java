package org.postrider.doctor;

import java.util.List;
import java.util.function.Consumer;

/// Takes findings as they come and remembers the worst.
final class Findings {
    private final Consumer<Finding> out;
    private Level worst = Level.OK;

    Findings(Consumer<Finding> out) {
        this.out = out;
    }

    void ok(String check, String text) {
        add(new Finding(Level.OK, check, text, List.of()));
    }

    void warning(String check, String text, String... records) {
        add(new Finding(Level.WARNING, check, text, List.of(records)));
    }

    void wrong(String check, String text, String... records) {
        add(new Finding(Level.WRONG, check, text, List.of(records)));
    }

    /// DNS, or a server, does not say now.
    void unknown(String check, String text) {
        warning(check, "cannot be found out now: " + text);
    }

    private void add(Finding finding) {
        worst = finding.level().compareTo(worst) > 0 ? finding.level() : worst;
        out.accept(finding);
    }

    Level worst() {
        return worst;
    }
}
