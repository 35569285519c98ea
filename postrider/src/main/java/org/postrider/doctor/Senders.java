package org.postrider.doctor;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.postrider.dns.AddressText;
import org.postrider.dns.HostName;
import org.postrider.dns.Resolver.Answer;
import org.postrider.dns.Resolver.Mx;
import org.postrider.doctor.Questions.Unsaid;
import org.postrider.maps.Fold;

/// The addresses that mail leaves from: whether they have a name, the name has them, and it is the
/// one of HELO.
final class Senders {
    private static final String PTR = "ptr";
    private static final String HELO = "helo";
    private static final String ADDRESS = "address";

    private final Outgoing outgoing;
    private final Questions questions;
    private final Findings findings;

    /// @param relay whether they are a smart host's
    record Known(List<InetAddress> addresses, boolean relay) {}

    Senders(Examination examination, Questions questions, Findings findings) {
        outgoing = examination.outgoing();
        this.questions = questions;
        this.findings = findings;
    }

    Known check() {
        if (!outgoing.relay().isEmpty()) {
            return relay();
        }
        List<InetAddress> all = outgoing.addresses();
        if (all.isEmpty()) {
            findings.warning(
                    ADDRESS,
                    "no address of this machine can be seen from the Internet"
                            + (outgoing.hidden().isEmpty()
                                    ? ""
                                    : " (" + Exchangers.texts(outgoing.hidden()) + ")")
                            + ": say which one others see by --address, or by proxy_interfaces in"
                            + " main.cf");
        } else {
            findings.ok(
                    ADDRESS,
                    "mail leaves from " + Exchangers.texts(all) + " (" + outgoing.source() + ")");
        }
        helo(all);
        for (InetAddress each : all) {
            name(each);
        }
        return new Known(all, false);
    }

    private void helo(List<InetAddress> all) {
        String helo = outgoing.helo();
        if (!HostName.valid(helo)
                || helo.indexOf('.') < 0
                || Fold.lower(helo).endsWith(".localdomain")) {
            findings.wrong(
                    HELO,
                    "this server calls itself "
                            + helo
                            + ", which is no name that others can look up (myhostname,"
                            + " smtp_helo_name)");
            return;
        }
        try {
            List<InetAddress> found = questions.addresses(helo);
            List<InetAddress> missing = all.stream().filter(a -> !found.contains(a)).toList();
            if (missing.isEmpty() && !found.isEmpty()) {
                findings.ok(HELO, "this server calls itself " + helo + ", which has its address");
            } else if (found.isEmpty()) {
                findings.wrong(
                        HELO,
                        "this server calls itself " + helo + ", which has no address",
                        records(helo, all));
            } else {
                findings.wrong(
                        HELO,
                        "this server calls itself "
                                + helo
                                + ", which has "
                                + Exchangers.texts(found)
                                + " and not "
                                + Exchangers.texts(missing),
                        records(helo, missing));
            }
        } catch (Unsaid e) {
            findings.unknown(HELO, e.why());
        }
    }

    private static String[] records(String helo, List<InetAddress> addresses) {
        return addresses.stream().map(a -> ZoneLine.address(helo, a)).toArray(String[]::new);
    }

    private void name(InetAddress address) {
        String text = AddressText.of(address);
        String helo = outgoing.helo();
        String wanted = ZoneLine.name(address, helo);
        try {
            List<String> names = questions.names(address);
            if (names.isEmpty()) {
                findings.wrong(
                        PTR,
                        text
                                + " has no name (PTR): many receivers refuse its mail; whoever gave"
                                + " the address sets it",
                        wanted);
                return;
            }
            List<String> confirmed = new ArrayList<>();
            for (String each : names.subList(0, Math.min(10, names.size()))) {
                if (questions.addresses(each).contains(address)) {
                    confirmed.add(each);
                }
            }
            boolean same = confirmed.stream().anyMatch(n -> Fold.lower(n).equals(Fold.lower(helo)));
            if (same) {
                findings.ok(PTR, text + " is " + helo + ", forward and back");
            } else if (confirmed.isEmpty()) {
                findings.wrong(
                        PTR,
                        text
                                + " has the name "
                                + names.getFirst()
                                + ", which does not have that address: whoever gave the address"
                                + " sets it",
                        wanted);
            } else {
                findings.warning(
                        PTR,
                        text
                                + " has the name "
                                + confirmed.getFirst()
                                + ", and the server calls itself "
                                + helo
                                + ": strict receivers want them to be the same, and whoever gave"
                                + " the address sets it",
                        wanted);
            }
        } catch (Unsaid e) {
            findings.unknown(PTR, text + ": " + e.why());
        }
    }

    // ---- a smart host

    private Known relay() {
        String relay = outgoing.relay();
        List<InetAddress> all = new ArrayList<>();
        try {
            for (String host : hosts(relay)) {
                all.addAll(questions.addresses(host));
            }
        } catch (Unsaid e) {
            findings.unknown(ADDRESS, "relayhost " + relay + ": " + e.why());
            return new Known(List.of(), true);
        }
        if (all.isEmpty()) {
            findings.wrong(ADDRESS, "relayhost " + relay + " has no address");
            return new Known(List.of(), true);
        }
        findings.ok(
                ADDRESS,
                "mail leaves through relayhost " + relay + ", which is " + Exchangers.texts(all));
        for (InetAddress each : all.subList(0, Math.min(10, all.size()))) {
            relayName(each);
        }
        return new Known(List.copyOf(all), true);
    }

    private void relayName(InetAddress address) {
        String text = AddressText.of(address);
        try {
            for (String each : questions.names(address)) {
                if (questions.addresses(each).contains(address)) {
                    findings.ok(PTR, "the smart host's " + text + " is " + each);
                    return;
                }
            }
            findings.warning(
                    PTR,
                    "the smart host's " + text + " has no name that has it, too; its operator's");
        } catch (Unsaid e) {
            findings.unknown(PTR, text + ": " + e.why());
        }
    }

    /// `[host]:port` is the host itself; `domain` its mail exchangers, else itself.
    private List<String> hosts(String relay) throws Unsaid {
        String host = host(relay);
        if (relay.startsWith("[")) {
            return List.of(host);
        }
        return switch (questions.exchangers(host)) {
            case Answer.Found<Mx> found ->
                    found.records().stream()
                            .map(Mx::host)
                            .filter(h -> !h.isEmpty())
                            .limit(10)
                            .toList();
            case Answer.TryAgain<Mx> again -> throw new Unsaid("DNS: " + again.text());
            case Answer.NoName<Mx> _, Answer.NoData<Mx> _ -> List.of(host);
        };
    }

    /// A relayhost without brackets and port.
    static String host(String relay) {
        if (relay.startsWith("[")) {
            int end = relay.indexOf(']');
            return relay.substring(1, end < 0 ? relay.length() : end);
        }
        int colon = relay.indexOf(':');
        return colon < 0 ? relay : relay.substring(0, colon);
    }
}
