package org.postrider.master.makers;

import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.config.Settings;
import org.postrider.smtpd.Smtpd;

/// The same SMTP server with `stress=yes`, made when it is first needed. Any thread.
final class StressedSmtpd {
    private final Smtpd calm;
    private final Settings settings;
    private final Function<Settings, Smtpd> maker;
    private final Consumer<String> warnings;
    private @Nullable Smtpd made;

    StressedSmtpd(
            Smtpd calm,
            Settings settings,
            Function<Settings, Smtpd> maker,
            Consumer<String> warnings) {
        this.calm = calm;
        this.settings = settings;
        this.maker = maker;
        this.warnings = warnings;
    }

    /// The calm one where the settings do not allow another.
    synchronized Smtpd get() {
        Smtpd known = made;
        if (known == null) {
            try {
                known = maker.apply(settings.with(Map.of("stress", "yes")));
            } catch (ConfigException e) {
                warnings.accept(e.getMessage() + " (with stress=yes)");
                known = calm;
            }
            made = known;
        }
        return known;
    }
}
