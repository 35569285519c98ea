package org.postrider.smtpd;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.postrider.peer.Client;
import org.postrider.peer.ClientAttributes;

/// The lines of an EHLO reply, in Postfix's order.
record Ehlo(Session s, Smtpd d, Set<String> discarded, Transaction t) {
    List<String> lines() {
        List<String> out = new ArrayList<>();
        out.add(d.hostname);
        offer(out, "PIPELINING", "PIPELINING");
        offer(out, "SIZE", d.sizeLimit > 0 ? "SIZE " + d.sizeLimit : "SIZE");
        if (!d.vrfyDisabled) {
            offer(out, "VRFY", "VRFY");
        }
        offer(out, "ETRN", "ETRN");
        if (d.tls != null && t.tls == null) {
            offer(out, "STARTTLS", "STARTTLS");
        }
        List<String> mechanisms = discarded.contains("AUTH") ? List.of() : d.sasl.offered(s);
        if (!mechanisms.isEmpty()) {
            String list = String.join(" ", mechanisms);
            out.add("AUTH " + list);
            if (d.sasl.broken) {
                out.add("AUTH=" + list);
            }
        }
        Client client = t.client;
        if (d.verpClients.contains(client.name(), client.address())) {
            out.add("XVERP");
        }
        if (d.xclientHosts.contains(client.name(), client.address())) {
            offer(out, "XCLIENT", "XCLIENT " + String.join(" ", ClientAttributes.XCLIENT));
        }
        if (d.xforwardHosts.contains(client.name(), client.address())) {
            offer(out, "XFORWARD", "XFORWARD " + String.join(" ", ClientAttributes.XFORWARD));
        }
        offer(out, "ENHANCEDSTATUSCODES", "ENHANCEDSTATUSCODES");
        offer(out, "8BITMIME", "8BITMIME");
        offer(out, "DSN", "DSN");
        if (d.smtputf8) {
            offer(out, "SMTPUTF8", "SMTPUTF8");
        }
        offer(out, "CHUNKING", "CHUNKING");
        if (d.requireTls && t.tls != null) {
            offer(out, "REQUIRETLS", "REQUIRETLS");
        }
        return out;
    }

    private void offer(List<String> out, String keyword, String line) {
        if (!discarded.contains(keyword)) {
            out.add(line);
        }
    }
}
