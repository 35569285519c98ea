package org.postrider.dmarcrpt;

import org.jspecify.annotations.Nullable;
import org.postrider.dmarcrpt.DmarcOutcome.Evaluated;
import org.postrider.dmarcrpt.DmarcOutcome.Published;
import org.postrider.dmarcrpt.DmarcOutcome.Row;
import org.postrider.report.Day;
import org.postrider.report.Due;
import org.postrider.report.House;

/// A report as RFC 9990 has it: XML in US-ASCII. What is a stranger's cannot end an element.
final class Feedback {
    private final StringBuilder out = new StringBuilder(4096);

    private Feedback() {}

    /// @param by who reports
    static String of(Due<DmarcOutcome> due, DmarcTally tally, House by) {
        Feedback xml = new Feedback();
        xml.report(due, tally, by);
        return xml.out.toString();
    }

    private void report(Due<DmarcOutcome> due, DmarcTally tally, House by) {
        out.append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        out.append("<feedback xmlns=\"urn:ietf:params:xml:ns:dmarc-2.0\">\n");
        text("version", "1.0");
        begin("report_metadata");
        text("org_name", by.organization());
        text("email", by.contact());
        text("report_id", due.id() + "@" + by.submitter());
        begin("date_range");
        text("begin", String.valueOf(Day.begin(due.day())));
        text("end", String.valueOf(Day.end(due.day())));
        end("date_range");
        if (tally.leftOut() > 0) {
            text("error", tally.leftOut() + " messages are in no row: there were too many kinds");
        }
        text("generator", "Postrider");
        end("report_metadata");
        published(due.domain(), tally.published());
        tally.rows().forEach(this::record);
        out.append("</feedback>\n");
    }

    private void published(String domain, @Nullable Published of) {
        begin("policy_published");
        text("domain", domain);
        if (of != null) {
            text("discovery_method", of.discovery());
            text("p", of.policies().p());
            text("sp", of.policies().sp());
            text("np", of.policies().np());
            text("fo", of.fo());
            text("adkim", of.alignment().dkim());
            text("aspf", of.alignment().spf());
            text("testing", of.testing() ? "y" : "n");
        }
        end("policy_published");
    }

    private void record(Row row, Long count) {
        Evaluated done = row.evaluated();
        begin("record");
        begin("row");
        text("source_ip", row.source());
        text("count", String.valueOf(count));
        begin("policy_evaluated");
        text("disposition", done.disposition());
        text("dkim", done.dkim() ? "pass" : "fail");
        text("spf", done.spf() ? "pass" : "fail");
        if (!done.override().isEmpty()) {
            begin("reason");
            text("type", done.override());
            if (!done.comment().isEmpty()) {
                text("comment", done.comment());
            }
            end("reason");
        }
        end("policy_evaluated");
        end("row");
        begin("identifiers");
        text("header_from", row.from());
        text("envelope_from", row.sender());
        end("identifiers");
        begin("auth_results");
        for (DmarcOutcome.Signature each : row.signatures()) {
            begin("dkim");
            text("domain", each.domain());
            text("selector", each.selector());
            text("result", each.result());
            end("dkim");
        }
        if (!row.spf().domain().isEmpty()) {
            begin("spf");
            text("domain", row.spf().domain());
            text("scope", "mfrom");
            text("result", row.spf().result());
            end("spf");
        }
        end("auth_results");
        end("record");
    }

    private void begin(String name) {
        out.append('<').append(name).append(">\n");
    }

    private void end(String name) {
        out.append("</").append(name).append(">\n");
    }

    private void text(String name, String value) {
        out.append('<').append(name).append('>');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                default -> out.append(c < ' ' || c > '~' ? '?' : c);
            }
        }
        out.append("</").append(name).append(">\n");
    }
}
