package org.postrider.doctor;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.dns.HostName;
import org.postrider.doctor.Questions.Unsaid;
import org.postrider.maps.Fold;

/// The DMARC record of the domain, or of one above it (RFC 9989 4.10), and where its reports go.
final class DmarcRecord {
    private static final String DMARC = "dmarc";
    private static final String VERSION = "v=DMARC1";
    private static final int MOST_LABELS = 8;
    private static final int MOST_REPORTS = 10;

    private final String domain;
    private final Questions questions;
    private final Findings findings;

    DmarcRecord(Examination examination, Questions questions, Findings findings) {
        domain = examination.domain();
        this.questions = questions;
        this.findings = findings;
    }

    private String proposed() {
        return ZoneLine.text(
                "_dmarc." + domain, VERSION + "; p=none; rua=mailto:postmaster@" + domain);
    }

    void check() {
        try {
            List<String> records = questions.texts("_dmarc." + domain, VERSION);
            if (records.size() > 1) {
                findings.wrong(
                        DMARC,
                        "_dmarc."
                                + domain
                                + " has "
                                + records.size()
                                + " records, which count as none",
                        proposed());
                return;
            }
            String above = records.isEmpty() ? above() : null;
            if (records.isEmpty() && above == null) {
                findings.wrong(
                        DMARC,
                        domain
                                + " has no DMARC record: large receivers want one of who sends"
                                + " much; p=none asks for reports alone, p=quarantine and p=reject"
                                + " for more, when these show that all mail is signed",
                        proposed());
                return;
            }
            String at = above == null ? domain : above;
            record(
                    at,
                    above == null
                            ? records.getFirst()
                            : questions.texts("_dmarc." + above, VERSION).getFirst());
        } catch (Unsaid e) {
            findings.unknown(DMARC, e.why());
        }
    }

    /// The next domain above that has a record; null for none.
    private @Nullable String above() throws Unsaid {
        String[] labels = domain.split("\\.", -1);
        // Of a long name the walk goes on with its last seven labels (RFC 9989 4.10.1).
        int from = labels.length > MOST_LABELS ? labels.length - MOST_LABELS + 1 : 1;
        for (int i = from; i < labels.length; i++) {
            String name = String.join(".", List.of(labels).subList(i, labels.length));
            if (questions.texts("_dmarc." + name, VERSION).size() == 1) {
                return name;
            }
        }
        return null;
    }

    private void record(String at, String record) throws Unsaid {
        TagList tags = TagList.of(record);
        String policy = tags == null ? "" : Fold.lower(tags.tag("p"));
        String sub = tags == null ? "" : Fold.lower(tags.tag("sp"));
        String applied = at.equals(domain) || sub.isEmpty() ? policy : sub;
        String where = "the record at _dmarc." + at;
        if (tags == null || !tags.tag("v").equals("DMARC1")) {
            findings.wrong(DMARC, where + " cannot be read: " + record, proposed());
            return;
        }
        if (!applied.matches("none|quarantine|reject")) {
            findings.wrong(
                    DMARC,
                    where
                            + (applied.isEmpty()
                                    ? " has no policy (p=)"
                                    : " has no such policy: " + applied),
                    proposed());
            return;
        }
        // What else a receiver reads it by has the last word.
        if (org.postrider.dmarc.DmarcRecord.read(record) == null) {
            findings.wrong(DMARC, where + " cannot be read: " + record, proposed());
            return;
        }
        String text = where + " asks for " + applied;
        if (applied.equals("none")) {
            findings.warning(
                    DMARC,
                    text
                            + ": forged mail is let through; p=quarantine or p=reject when reports"
                            + " show that all mail is signed");
        } else {
            findings.ok(DMARC, text);
        }
        for (String tag : List.of("adkim", "aspf")) {
            if (!Fold.lower(tags.tags().getOrDefault(tag, "r")).matches("[rs]")) {
                findings.wrong(DMARC, where + " has neither r nor s for " + tag);
            }
        }
        reports(at, tags);
    }

    private void reports(String at, TagList tags) throws Unsaid {
        String rua = tags.tag("rua");
        if (rua.isEmpty()) {
            findings.warning(
                    DMARC,
                    "no reports are asked for (rua): nobody sees what is forged, or fails",
                    ZoneLine.text(
                            "_dmarc." + at,
                            VERSION
                                    + "; p="
                                    + tags.tag("p")
                                    + "; rua=mailto:postmaster@"
                                    + domain));
            return;
        }
        String[] uris = rua.split(",", -1);
        for (int i = 0; i < uris.length && i < MOST_REPORTS; i++) {
            report(at, uris[i].strip());
        }
    }

    private void report(String at, String uri) throws Unsaid {
        String address =
                uri.length() > 7 && Fold.lower(uri.substring(0, 7)).equals("mailto:")
                        ? uri.substring(7)
                        : "";
        int size = address.indexOf('!');
        address = size < 0 ? address : address.substring(0, size);
        int sign = address.lastIndexOf('@');
        String to = Fold.lower(address.substring(sign + 1));
        if (sign <= 0 || !HostName.valid(to)) {
            findings.wrong(DMARC, "reports go nowhere: " + uri + " is no mailto: with an address");
            return;
        }
        if (to.equals(at) || to.endsWith("." + at) || at.endsWith("." + to)) {
            findings.ok(DMARC, "reports go to " + address);
            return;
        }
        String name = at + "._report._dmarc." + to;
        if (questions.texts(name, VERSION).isEmpty()) {
            findings.wrong(
                    DMARC,
                    "reports to "
                            + address
                            + " are not sent: "
                            + to
                            + " does not say that it wants those of "
                            + at,
                    ZoneLine.text(name, VERSION + ";"));
        } else {
            findings.ok(DMARC, "reports go to " + address + ", and " + to + " wants them");
        }
    }
}
