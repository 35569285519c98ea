package org.postrider.doctor;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.dns.AddressText;
import org.postrider.doctor.Questions.Unsaid;
import org.postrider.maps.Fold;
import org.postrider.spf.Spf;
import org.postrider.spf.SpfLimits;
import org.postrider.spf.SpfResult;
import org.postrider.spf.Verdict;

/// SPF of the domain, as a receiver would evaluate it from each address that mail leaves from.
final class SenderPolicy {
    private static final String SPF = "spf";
    private static final String VERSION = "v=spf1";

    /// What operators of smart hosts want to be included, by the ends of their hosts' names.
    private static final Map<String, String> INCLUDES =
            Map.of(
                    ".amazonaws.com", "amazonses.com",
                    ".gmail.com", "_spf.google.com",
                    ".google.com", "_spf.google.com",
                    ".office365.com", "spf.protection.outlook.com",
                    ".protection.outlook.com", "spf.protection.outlook.com",
                    ".sendgrid.net", "sendgrid.net",
                    ".mailgun.org", "mailgun.org");

    /// A smart host is asked where it takes mail, and receivers see where it sends from.
    private static final String OTHERS =
            "; what other addresses the smart host sends from, its operator says: they are added";

    private final Examination examination;
    private final Questions questions;
    private final Findings findings;

    SenderPolicy(Examination examination, Questions questions, Findings findings) {
        this.examination = examination;
        this.questions = questions;
        this.findings = findings;
    }

    void check(Senders.Known senders, Exchangers.Found exchangers) {
        String domain = examination.domain();
        String include = include();
        try {
            List<String> records = records(domain);
            if (records.isEmpty()) {
                findings.wrong(
                        SPF,
                        domain
                                + " has no SPF record: anybody may send in its name, and large"
                                + " receivers refuse its mail"
                                + (senders.relay() && include == null
                                        ? OTHERS + " before -all takes the place of ~all"
                                        : ""),
                        ZoneLine.text(domain, made(senders, exchangers, include)));
                return;
            }
            if (records.size() > 1) {
                findings.wrong(
                        SPF,
                        domain
                                + " has "
                                + records.size()
                                + " SPF records, which count as none (RFC 7208 4.5): one may stay",
                        ZoneLine.text(domain, joined(records)));
                return;
            }
            evaluated(senders, records.getFirst(), include);
        } catch (Unsaid e) {
            findings.unknown(SPF, e.why());
        }
        if (!senders.relay()) {
            helo(senders);
        }
    }

    private List<String> records(String domain) throws Unsaid {
        return questions.texts(domain, VERSION).stream()
                .filter(t -> t.length() == VERSION.length() || t.charAt(VERSION.length()) == ' ')
                .toList();
    }

    /// What the smart host's operator wants; null for no smart host, or one that is not known.
    private @Nullable String include() {
        String host = "." + Fold.lower(Senders.host(examination.outgoing().relay()));
        return INCLUDES.entrySet().stream()
                .filter(e -> host.endsWith(e.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null);
    }

    private static String made(
            Senders.Known senders, Exchangers.Found exchangers, @Nullable String include) {
        Set<String> terms = new LinkedHashSet<>();
        if (!exchangers.hosts().isEmpty()) {
            terms.add("mx");
        }
        if (include != null) {
            terms.add("include:" + include);
        } else {
            senders.addresses().stream()
                    .filter(a -> !exchangers.has(a))
                    .map(SenderPolicy::term)
                    .forEach(terms::add);
        }
        terms.add(senders.relay() && include == null ? "~all" : "-all");
        return VERSION + " " + String.join(" ", terms);
    }

    private static String term(InetAddress address) {
        return (address.getAddress().length == 4 ? "ip4:" : "ip6:") + AddressText.of(address);
    }

    /// The terms of all records; of those that match all the last one, at the end.
    private static String joined(List<String> records) {
        Set<String> terms = new LinkedHashSet<>();
        String last = "-all";
        for (String record : records) {
            for (String term : record.substring(VERSION.length()).strip().split(" +", -1)) {
                if (Fold.lower(term).matches("[-+~?]?all")) {
                    last = term;
                } else if (!term.isEmpty()) {
                    terms.add(term);
                }
            }
        }
        terms.add(last);
        return VERSION + " " + String.join(" ", terms);
    }

    /// Those of mail that comes in, in no more time than is waited for other answers.
    private SpfLimits limits() {
        SpfLimits of = SpfLimits.of(examination.settings());
        Duration time = questions.patience();
        return new SpfLimits(
                of.lookups(),
                of.voidLookups(),
                of.names(),
                time.compareTo(of.time()) < 0 ? time : of.time(),
                of.explanation(),
                of.receiver());
    }

    private SpfResult asked(InetAddress address) {
        Spf spf = new Spf(examination.means().dns(), limits(), examination.means().clock());
        return spf.check(
                address, examination.outgoing().helo(), "postmaster@" + examination.domain());
    }

    private void evaluated(Senders.Known senders, String record, @Nullable String include) {
        String domain = examination.domain();
        List<InetAddress> addresses = senders.addresses();
        List<InetAddress> refused = new ArrayList<>();
        for (InetAddress each : addresses.subList(0, Math.min(10, addresses.size()))) {
            SpfResult result = asked(each);
            String from = " for mail from " + AddressText.of(each);
            switch (result.verdict()) {
                case PASS ->
                        findings.ok(
                                SPF,
                                "pass"
                                        + from
                                        + ": "
                                        + result.reason()
                                        + costs(result)
                                        + (senders.relay() && include == null ? OTHERS : ""));
                case TEMPERROR -> findings.unknown(SPF, result.reason());
                case PERMERROR, NONE -> {
                    findings.wrong(
                            SPF,
                            result.verdict().word()
                                    + from
                                    + ", as for all mail: "
                                    + result.reason()
                                    + costs(result)
                                    + "; the record is: "
                                    + record);
                    return;
                }
                case FAIL, SOFTFAIL, NEUTRAL -> {
                    refused.add(each);
                    String said =
                            result.verdict().word() + from + ": " + result.reason() + costs(result);
                    if (senders.relay()) {
                        relay(record, include, said, refused);
                    } else {
                        findings.wrong(
                                SPF, said, ZoneLine.text(domain, with(record, terms(refused))));
                    }
                }
            }
        }
        if (addresses.isEmpty()) {
            findings.warning(
                    SPF, "there is a record, and no address to evaluate it from: " + record);
        }
        words(record);
    }

    private static List<String> terms(List<InetAddress> addresses) {
        return addresses.stream().map(SenderPolicy::term).toList();
    }

    /// Of a smart host that takes mail at an address from which nobody may send: it need not send
    /// from there.
    private void relay(
            String record, @Nullable String include, String said, List<InetAddress> refused) {
        String domain = examination.domain();
        if (include == null) {
            findings.warning(
                    SPF,
                    said
                            + "; that is right only if the smart host does not send from there, and"
                            + " its operator says from where",
                    ZoneLine.text(domain, with(record, terms(refused))));
            return;
        }
        String term = "include:" + include;
        if (List.of(Fold.lower(record).split(" +", -1)).contains(term)) {
            findings.ok(SPF, "the record has " + term + ", as the smart host's operator wants");
        } else {
            findings.wrong(SPF, said, ZoneLine.text(domain, with(record, List.of(term))));
        }
    }

    private String costs(SpfResult result) {
        SpfLimits limits = limits();
        return " ("
                + result.lookups()
                + " of "
                + limits.lookups()
                + " look-ups, "
                + result.voidLookups()
                + " of "
                + limits.voidLookups()
                + " without answer)";
    }

    /// The record with more terms before all others.
    private static String with(String record, List<String> terms) {
        return VERSION + " " + String.join(" ", terms) + record.substring(VERSION.length());
    }

    private void words(String record) {
        String domain = examination.domain();
        String lower = Fold.lower(record) + " ";
        if (lower.matches("(?s).* \\+?all .*")) {
            findings.wrong(
                    SPF,
                    "the record lets everybody send: " + record,
                    ZoneLine.text(domain, record.replaceAll("(?i) \\+?all(?= |$)", " -all")));
        } else if (!lower.matches("(?s).* [-~?]all .*") && !lower.contains(" redirect=")) {
            findings.warning(
                    SPF,
                    "the record says nothing of other addresses: it ends without all",
                    ZoneLine.text(domain, record.strip() + " -all"));
        } else if (lower.contains(" ?all ")) {
            findings.warning(
                    SPF,
                    "the record says nothing of other addresses: ?all",
                    ZoneLine.text(domain, record.replaceAll("(?i) \\?all(?= |$)", " -all")));
        }
        if (lower.matches("(?s).* [-+~?]?ptr[ :].*")) {
            findings.warning(SPF, "the record uses ptr, which is not to be used (RFC 7208 5.5)");
        }
    }

    /// The name of HELO is an identity of its own, and that of bounces.
    private void helo(Senders.Known senders) {
        String helo = examination.outgoing().helo();
        for (InetAddress each : senders.addresses().stream().limit(10).toList()) {
            SpfResult result =
                    new Spf(examination.means().dns(), limits(), examination.means().clock())
                            .checkHelo(each, helo);
            Verdict verdict = result.verdict();
            String text = "HELO " + helo + ": " + verdict.word() + ": " + result.reason();
            switch (verdict) {
                case PASS -> findings.ok(SPF, text);
                case TEMPERROR -> findings.unknown(SPF, text);
                case NONE -> {
                    if (helo.indexOf('.') > 0) {
                        findings.warning(
                                SPF,
                                "the name of HELO has no SPF record, by which bounces are judged",
                                ZoneLine.text(helo, VERSION + " a -all"));
                    }
                    return;
                }
                default ->
                        findings.wrong(
                                SPF,
                                text,
                                ZoneLine.text(helo, VERSION + " a " + term(each) + " -all"));
            }
        }
    }
}
