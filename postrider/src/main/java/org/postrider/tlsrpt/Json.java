package org.postrider.tlsrpt;

import java.util.List;
import java.util.Map;
import org.postrider.report.Day;
import org.postrider.report.Due;
import org.postrider.report.House;
import org.postrider.tlsrpt.TlsResult.Policy;

/// A report as RFC 8460 4.4 has it. What servers said comes in as octets; none of them can end a
/// string.
final class Json {
    private final StringBuilder out = new StringBuilder(1024);

    private Json() {}

    /// @param by who reports
    static String of(Due<TlsResult> due, TlsTally tally, House by) {
        Json json = new Json();
        json.report(due, tally, by);
        return json.out.toString();
    }

    private void report(Due<TlsResult> due, TlsTally tally, House by) {
        out.append('{');
        text("organization-name", by.organization());
        out.append(",\"date-range\":{");
        text("start-datetime", Day.time(Day.begin(due.day())));
        out.append(',');
        text("end-datetime", Day.time(Day.end(due.day())));
        out.append("},");
        text("contact-info", by.contact());
        out.append(',');
        text("report-id", due.id() + "@" + by.submitter());
        out.append(",\"policies\":[");
        String between = "";
        for (Map.Entry<Policy, TlsTally.Counts> each : tally.policies().entrySet()) {
            out.append(between);
            policy(each.getKey(), each.getValue());
            between = ",";
        }
        out.append("]}");
    }

    private void policy(Policy policy, TlsTally.Counts counts) {
        out.append("{\"policy\":{");
        text("policy-type", policy.kind().word());
        texts("policy-string", policy.strings());
        out.append(',');
        text("policy-domain", policy.domain());
        texts("mx-host", policy.mxHosts());
        out.append("},\"summary\":{");
        number("total-successful-session-count", counts.kept);
        out.append(',');
        number("total-failure-session-count", counts.failed);
        out.append('}');
        if (counts.failed > 0) {
            out.append(",\"failure-details\":[");
            String between = "";
            for (Map.Entry<TlsTally.Detail, Long> each : counts.details().entrySet()) {
                out.append(between);
                detail(each.getKey(), each.getValue());
                between = ",";
            }
            out.append(']');
        }
        out.append('}');
    }

    private void detail(TlsTally.Detail detail, long count) {
        out.append('{');
        text("result-type", detail.reason().word());
        known("sending-mta-ip", detail.session().sendingIp());
        known("receiving-mx-hostname", detail.session().mxHostname());
        known("receiving-mx-helo", detail.session().mxHelo());
        known("receiving-ip", detail.session().receivingIp());
        known("failure-reason-code", detail.code());
        out.append(',');
        number("failed-session-count", count);
        out.append('}');
    }

    private void number(String name, long value) {
        string(name);
        out.append(':').append(value);
    }

    private void text(String name, String value) {
        string(name);
        out.append(':');
        string(value);
    }

    private void known(String name, String value) {
        if (!value.isEmpty()) {
            out.append(',');
            text(name, value);
        }
    }

    private void texts(String name, List<String> values) {
        if (values.isEmpty()) {
            return;
        }
        out.append(',');
        string(name);
        out.append(":[");
        for (int i = 0; i < values.size(); i++) {
            out.append(i == 0 ? "" : ",");
            string(values.get(i));
        }
        out.append(']');
    }

    private void string(String value) {
        out.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ' || c > '~') {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }
}
