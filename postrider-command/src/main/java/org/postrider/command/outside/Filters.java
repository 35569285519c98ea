package org.postrider.command.outside;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.command.heard.Where;
import org.postrider.config.ServiceSettings;

/// The programs that see the content of a listener's mail: named, and not asked, since there is no
/// content.
public final class Filters {
    private Filters() {}

    /// @return null where there are none
    public static @Nullable Section of(ServiceSettings listener) {
        Where where = new Where(listener);
        List<String> lines = new ArrayList<>();
        named(
                "smtpd_proxy_filter",
                "the content is given to it before the client is answered; its refusal is the"
                        + " client's",
                listener,
                where,
                lines);
        named(
                "content_filter",
                "the mail goes there once it is queued, unless a FILTER result says otherwise",
                listener,
                where,
                lines);
        for (String checks :
                List.of(
                        "header_checks",
                        "mime_header_checks",
                        "nested_header_checks",
                        "body_checks")) {
            named(checks, "asked by cleanup when the content is there", listener, where, lines);
        }
        return lines.isEmpty() ? null : Section.of("filters", "not asked here", lines);
    }

    private static void named(
            String parameter,
            String what,
            ServiceSettings listener,
            Where where,
            List<String> lines) {
        String text = listener.text(parameter);
        // Those that only follow header_checks by default are not named again.
        if (text != null && !text.isBlank() && listener.place(parameter) != null) {
            lines.add(parameter + " = " + text.strip() + " (" + where.of(parameter) + "): " + what);
        }
    }
}
