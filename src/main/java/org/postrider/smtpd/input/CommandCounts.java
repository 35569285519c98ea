package org.postrider.smtpd.input;

import java.util.Locale;
import org.postrider.log.LogEvent;

/// How often each command came and succeeded, for the disconnect line. Session thread only.
public final class CommandCounts {
    private final int[] tried = new int[LogEvent.COUNTED.size()];
    private final int[] succeeded = new int[LogEvent.COUNTED.size()];

    public void tried(String verb) {
        tried[LogEvent.COUNTED.indexOf(verb.toLowerCase(Locale.ROOT))]++;
    }

    public void succeeded(String verb) {
        succeeded[LogEvent.COUNTED.indexOf(verb.toLowerCase(Locale.ROOT))]++;
    }

    /// ` ehlo=1 mail=1/2 commands=2/3`; the second number where it is another, or there were none.
    public String text() {
        StringBuilder text = new StringBuilder();
        int good = 0;
        int all = 0;
        for (int i = 0; i < tried.length; i++) {
            good += succeeded[i];
            all += tried[i];
            if (tried[i] > 0) {
                text.append(' ').append(LogEvent.COUNTED.get(i)).append('=').append(succeeded[i]);
                if (succeeded[i] != tried[i]) {
                    text.append('/').append(tried[i]);
                }
            }
        }
        text.append(" commands=").append(good);
        boolean whole = good == all && all > 0;
        return (whole ? text : text.append('/').append(all)).toString();
    }
}
