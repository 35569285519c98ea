package org.postrider.doctor;

import java.net.InetAddress;
import java.util.List;
import org.postrider.dns.AddressText;
import org.postrider.doctor.Questions.Unsaid;

/// Lists in DNS of clients that are not wanted (RFC 5782), where they are asked for.
final class DenyLists {
    private static final String LIST = "list";

    private final Examination examination;
    private final Questions questions;
    private final Findings findings;

    DenyLists(Examination examination, Questions questions, Findings findings) {
        this.examination = examination;
        this.questions = questions;
        this.findings = findings;
    }

    void check(Senders.Known known) {
        for (String list : examination.wishes().lists()) {
            for (InetAddress each : known.addresses().stream().limit(10).toList()) {
                try {
                    asked(list, each);
                } catch (Unsaid e) {
                    findings.unknown(LIST, list + ": " + e.why());
                }
            }
        }
    }

    private void asked(String list, InetAddress address) throws Unsaid {
        String text = AddressText.of(address);
        String name = ZoneLine.reversed(address) + "." + list;
        List<InetAddress> found = questions.addresses(name);
        boolean listed = found.stream().anyMatch(a -> a.isLoopbackAddress() && !refusal(a));
        if (listed) {
            List<String> why = questions.texts(name);
            findings.wrong(
                    LIST,
                    text + " is listed by " + list + (why.isEmpty() ? "" : ": " + why.getFirst()));
        } else if (found.isEmpty()) {
            findings.ok(LIST, text + " is not listed by " + list);
        } else {
            findings.warning(
                    LIST,
                    list
                            + " does not say whether it lists "
                            + text
                            + ": it answers "
                            + Exchangers.texts(found)
                            + ", as to who may not ask it by this name server");
        }
    }

    /// Lists answer so to who asks too much, or by a public name server.
    private static boolean refusal(InetAddress answer) {
        byte[] octets = answer.getAddress();
        return octets.length == 4 && (octets[1] & 0xff) == 255 && (octets[2] & 0xff) == 255;
    }
}
