package org.postrider.master.check;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.config.Param;
import org.postrider.config.ServiceSettings;
import org.postrider.dmarcrpt.DmarcrptParams;
import org.postrider.master.Configuration;
import org.postrider.smtp.SmtpTlsParams;
import org.postrider.tls.TlsFiles;
import org.postrider.tlsrpt.TlsrptParams;

/// Settings of reports on TLS and of DMARC that nobody would miss before a night has passed without
/// them.
final class ReportChecks {
    private ReportChecks() {}

    static List<String> all(Configuration configuration) {
        ServiceSettings settings = configuration.settings();
        List<String> out = new ArrayList<>();
        if (settings.get(DmarcrptParams.REPORTING)) {
            add(out, settings, DmarcrptParams.SENDER, address(settings.get(DmarcrptParams.SENDER)));
        }
        if (!settings.get(SmtpTlsParams.TLSRPT_ENABLE.smtp())) {
            return out;
        }
        add(out, settings, TlsrptParams.SENDER, address(settings.get(TlsrptParams.SENDER)));
        add(out, settings, TlsrptParams.CAFILE, file(settings.get(TlsrptParams.CAFILE)));
        return out;
    }

    private static void add(
            List<String> out, ServiceSettings settings, Param<String> param, @Nullable String why) {
        if (why != null) {
            String where = settings.origin(param.name());
            out.add((where == null ? "" : where + ": ") + param.name() + ": " + why);
        }
    }

    private static @Nullable String address(String text) {
        int at = text.lastIndexOf('@');
        return at > 0 && at < text.length() - 1 && text.chars().noneMatch(c -> c <= ' ')
                ? null
                : "not an address: \"" + text + "\"; reports name it as their sender";
    }

    private static @Nullable String file(String name) {
        if (name.isEmpty()) {
            return null;
        }
        try {
            TlsFiles.anchors(Path.of(name));
            return null;
        } catch (ConfigException | InvalidPathException e) {
            return e.getMessage() + ": no report on TLS goes out by HTTPS";
        }
    }
}
