package org.postrider.doctor;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.postrider.dns.AddressText;
import org.postrider.dns.Resolver.Answer;
import org.postrider.dns.Resolver.Mx;
import org.postrider.doctor.Questions.Unsaid;
import org.postrider.maps.Fold;

/// The mail exchangers of the domain and their addresses (RFC 5321 5.1, RFC 7505, RFC 2181 10.3).
final class Exchangers {
    private static final String MX = "mx";
    private static final int MOST = 20;

    private final String domain;
    private final String helo;
    private final List<InetAddress> ours;
    private final Questions questions;
    private final Findings findings;

    /// A host that mail for the domain goes to.
    ///
    /// @param meant the name that the record should have: of an alias the host's own
    record Host(String name, String meant, List<InetAddress> addresses) {}

    /// @param hosts in the order of their preference
    record Found(List<Host> hosts) {
        boolean has(InetAddress address) {
            return hosts.stream().anyMatch(h -> h.addresses().contains(address));
        }
    }

    Exchangers(Examination examination, Questions questions, Findings findings) {
        domain = examination.domain();
        helo = examination.outgoing().helo();
        ours =
                examination.outgoing().relay().isEmpty()
                        ? examination.outgoing().addresses()
                        : List.of();
        this.questions = questions;
        this.findings = findings;
    }

    Found check() {
        List<Host> out = new ArrayList<>();
        try {
            switch (questions.exchangers(domain)) {
                case Answer.TryAgain<Mx> again -> findings.unknown(MX, "DNS: " + again.text());
                case Answer.NoName<Mx> _ ->
                        findings.wrong(
                                MX,
                                "the domain " + domain + " does not exist",
                                ZoneLine.exchanger(domain, 10, helo));
                case Answer.NoData<Mx> _ -> byAddress(out);
                case Answer.Found<Mx> found -> records(found.records(), out);
            }
        } catch (Unsaid e) {
            findings.unknown(MX, e.why());
        }
        return new Found(List.copyOf(out));
    }

    private void byAddress(List<Host> out) throws Unsaid {
        List<InetAddress> addresses = questions.addresses(domain);
        if (addresses.isEmpty()) {
            findings.wrong(
                    MX,
                    domain
                            + " has neither mail exchanger nor address: mail for it cannot be"
                            + " delivered, and many receivers refuse mail from it",
                    ZoneLine.exchanger(domain, 10, helo));
            return;
        }
        findings.warning(
                MX,
                domain
                        + " has no mail exchanger: its mail goes to its own address "
                        + texts(addresses),
                ZoneLine.exchanger(domain, 10, domain));
        out.add(new Host(domain, domain, addresses));
    }

    private void records(List<Mx> records, List<Host> out) {
        if (records.isEmpty()) {
            findings.wrong(
                    MX,
                    "none of the mail exchangers of " + domain + " is a host name",
                    ZoneLine.exchanger(domain, 10, helo));
            return;
        }
        List<Mx> sorted = records.stream().sorted(Comparator.comparingInt(Mx::preference)).toList();
        boolean none = sorted.stream().anyMatch(m -> m.host().isEmpty());
        if (none && sorted.size() == 1) {
            findings.ok(MX, domain + " takes no mail (null MX, RFC 7505)");
            return;
        }
        Set<String> seen = new HashSet<>();
        for (Mx each : sorted.subList(0, Math.min(MOST, sorted.size()))) {
            if (each.host().isEmpty()) {
                findings.wrong(
                        MX,
                        "a null MX beside others: mail for "
                                + domain
                                + " is refused by some senders (RFC 7505 3); take it away");
            } else if (!seen.add(Fold.lower(each.host()))) {
                findings.warning(MX, each.host() + " is there twice: take one of them away");
            } else {
                host(each, out);
            }
        }
        if (sorted.size() > MOST) {
            findings.warning(
                    MX, sorted.size() + " mail exchangers; the first " + MOST + " are looked at");
        }
    }

    private void host(Mx mx, List<Host> out) {
        String host = mx.host();
        if (AddressText.octets(host) != null) {
            findings.wrong(
                    MX,
                    "the mail exchanger "
                            + host
                            + " is an address where a host name is wanted (RFC 1035 3.3.9)",
                    ZoneLine.exchanger(domain, mx.preference(), helo));
            return;
        }
        try {
            List<String> alias = questions.alias(host);
            List<InetAddress> addresses = questions.addresses(host);
            if (!alias.isEmpty()) {
                findings.wrong(
                        MX,
                        "the mail exchanger "
                                + host
                                + " is an alias (CNAME) of "
                                + alias.getFirst()
                                + ", which is not allowed (RFC 2181 10.3): name the host itself",
                        ZoneLine.exchanger(domain, mx.preference(), alias.getFirst()));
            }
            if (addresses.isEmpty()) {
                findings.wrong(MX, "the mail exchanger " + host + " has no address", address(host));
                return;
            }
            for (InetAddress each : addresses) {
                if (!Outgoing.isPublic(each)) {
                    findings.wrong(
                            MX,
                            "the mail exchanger "
                                    + host
                                    + " has the address "
                                    + AddressText.of(each)
                                    + ", which cannot be reached from the Internet");
                }
            }
            if (alias.isEmpty() && addresses.stream().allMatch(Outgoing::isPublic)) {
                findings.ok(MX, mx.preference() + " " + host + " has " + texts(addresses));
            }
            out.add(new Host(host, alias.isEmpty() ? host : alias.getFirst(), addresses));
        } catch (Unsaid e) {
            findings.unknown(MX, host + ": " + e.why());
        }
    }

    /// Known where it is this server.
    private String[] address(String host) {
        return Fold.lower(host).equals(Fold.lower(helo))
                ? ours.stream().map(a -> ZoneLine.address(host, a)).toArray(String[]::new)
                : new String[0];
    }

    static String texts(List<InetAddress> addresses) {
        return String.join(", ", addresses.stream().map(AddressText::of).toList());
    }
}
