package org.postrider.doctor;

import java.io.IOException;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.postrider.dns.AddressText;
import org.postrider.dns.Resolver.Answer;
import org.postrider.dns.Resolver.Tlsa;
import org.postrider.io.DeadlineException;
import org.postrider.tls.ServerProof;

/// Port 25 of each mail exchanger: reachable, with STARTTLS, its certificate, and the TLSA records
/// of it (RFC 7672).
final class Ports {
    private static final String PORT = "port25";
    private static final String STARTTLS = "starttls";
    private static final String CERTIFICATE = "certificate";
    private static final String TLSA = "tlsa";
    private static final int MOST = 10;
    private static final Duration SOON = Duration.ofDays(14);

    private final Examination examination;
    private final Questions questions;
    private final Findings findings;

    Ports(Examination examination, Questions questions, Findings findings) {
        this.examination = examination;
        this.questions = questions;
        this.findings = findings;
    }

    void check(Exchangers.Found exchangers) {
        int left = MOST;
        for (Exchangers.Host host : exchangers.hosts()) {
            List<X509Certificate> chain = List.of();
            for (InetAddress each : host.addresses()) {
                if (examination.wishes().connect() && left-- > 0) {
                    List<X509Certificate> heard = greeted(host.name(), each);
                    chain = heard.isEmpty() ? chain : heard;
                }
            }
            records(host.name(), chain);
        }
    }

    private List<X509Certificate> greeted(String host, InetAddress address) {
        int port = examination.wishes().smtpPort();
        String where = host + "[" + AddressText.of(address) + "]:" + port;
        Dialogue.Heard heard;
        try {
            heard =
                    new Dialogue(
                                    examination.means().connector(),
                                    examination.means().clock(),
                                    examination.outgoing().helo())
                            .with(host, address, port);
        } catch (DeadlineException e) {
            findings.wrong(
                    PORT, where + " cannot be reached from here: it does not answer in time");
            return List.of();
        } catch (IOException e) {
            findings.wrong(PORT, where + " cannot be reached from here: " + e.getMessage());
            return List.of();
        }
        findings.ok(PORT, where + " greets: " + heard.banner());
        if (!heard.offered()) {
            findings.wrong(
                    STARTTLS,
                    where
                            + " offers no STARTTLS: mail for the domain goes over the network in"
                            + " clear (smtpd_tls_security_level = may, smtpd_tls_chain_files)");
        } else if (heard.chain().isEmpty()) {
            findings.wrong(STARTTLS, where + " offers STARTTLS, which fails: " + heard.trouble());
        } else {
            findings.ok(STARTTLS, where + " speaks " + heard.protocol());
            certificate(where, host, heard);
        }
        return heard.chain();
    }

    private void certificate(String where, String host, Dialogue.Heard heard) {
        X509Certificate own = heard.chain().getFirst();
        Instant now = Instant.ofEpochMilli(examination.means().clock().wallMillis());
        Instant end = own.getNotAfter().toInstant();
        if (end.isBefore(now)) {
            findings.wrong(CERTIFICATE, "the certificate of " + where + " expired on " + end);
            return;
        }
        if (end.isBefore(now.plus(SOON))) {
            findings.warning(CERTIFICATE, "the certificate of " + where + " expires on " + end);
        }
        ServerProof.Verdict verdict = heard.verdict();
        if (verdict == null) {
            return;
        }
        ServerProof.Fault fault = verdict.fault();
        if (!verdict.trusted()) {
            findings.warning(
                    CERTIFICATE,
                    "no authority vouches for the certificate of "
                            + where
                            + (fault == null ? "" : ": " + fault.reason())
                            + ": enough for most senders, not for MTA-STS");
        } else if (!verdict.matched()) {
            findings.warning(
                    CERTIFICATE, "the certificate of " + where + " does not have the name " + host);
        } else {
            findings.ok(CERTIFICATE, "the certificate of " + where + " is good until " + end);
        }
    }

    // ---- TLSA

    private void records(String host, List<X509Certificate> chain) {
        String name = "_" + examination.wishes().smtpPort() + "._tcp." + host;
        switch (questions.tlsa(name)) {
            case Answer.TryAgain<Tlsa> again -> findings.unknown(TLSA, "DNS: " + again.text());
            case Answer.NoName<Tlsa> _, Answer.NoData<Tlsa> _ -> {
                // DANE is a choice, and one that needs a signed zone.
            }
            case Answer.Found<Tlsa> found -> matched(name, found, chain);
        }
    }

    private void matched(String name, Answer.Found<Tlsa> found, List<X509Certificate> chain) {
        if (!found.secure()) {
            findings.warning(
                    TLSA,
                    name
                            + " has TLSA records, and the name server does not vouch for them:"
                            + " without DNSSEC they count for nothing");
        }
        if (chain.isEmpty()) {
            findings.warning(
                    TLSA, name + " has TLSA records, and there is no certificate to compare");
            return;
        }
        List<String> unmatched = new ArrayList<>();
        for (Tlsa each : found.records()) {
            if (matches(each, chain)) {
                findings.ok(TLSA, name + ": " + text(each) + " is the certificate's");
                return;
            }
            unmatched.add(text(each));
        }
        findings.wrong(
                TLSA,
                name
                        + ": no record is the certificate's ("
                        + String.join(", ", unmatched)
                        + "), so that senders with DANE do not deliver",
                ZoneLine.of(
                        name,
                        "TLSA",
                        "3 1 1 "
                                + digest("SHA-256", chain.getFirst().getPublicKey().getEncoded())));
    }

    private static String text(Tlsa record) {
        String data = record.data();
        return record.usage()
                + " "
                + record.selector()
                + " "
                + record.matching()
                + " "
                + (data.length() > 16 ? data.substring(0, 16) + "..." : data);
    }

    /// Usages 2 and 3, the only ones that count for SMTP (RFC 7672 3.1).
    private static boolean matches(Tlsa record, List<X509Certificate> chain) {
        List<X509Certificate> of =
                switch (record.usage()) {
                    case 2 -> chain;
                    case 3 -> chain.subList(0, 1);
                    default -> List.of();
                };
        return of.stream().anyMatch(c -> record.data().equals(data(record, c)));
    }

    private static String data(Tlsa record, X509Certificate certificate) {
        try {
            byte[] octets =
                    record.selector() == 1
                            ? certificate.getPublicKey().getEncoded()
                            : certificate.getEncoded();
            return switch (record.matching()) {
                case 0 -> HexFormat.of().formatHex(octets);
                case 1 -> digest("SHA-256", octets);
                case 2 -> digest("SHA-512", octets);
                default -> "";
            };
        } catch (GeneralSecurityException e) {
            return "";
        }
    }

    private static String digest(String name, byte[] octets) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(name).digest(octets));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
