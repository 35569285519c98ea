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

/// Port 25 of each mail exchanger: reachable, with STARTTLS, its certificate, the TLSA records of
/// it (RFC 7672), and whether it takes mail for the domain, and for others. On the ports of
/// submission (RFC 6409, RFC 8314) nobody's mail is taken without a login: there the domain is not
/// asked for.
final class Ports {
    private static final String RCPT = "rcpt";
    private static final String RELAY = "relay";
    private static final String STARTTLS = "starttls";
    private static final String CERTIFICATE = "certificate";
    private static final String TLSA = "tlsa";
    private static final int MOST = 10;
    private static final Duration SOON = Duration.ofDays(14);
    private static final int SUBMISSION = 587;
    private static final int SUBMISSIONS = 465;

    private final Examination examination;
    private final Questions questions;
    private final Findings findings;
    private final int port;

    /// `port25`.
    private final String name;

    Ports(Examination examination, Questions questions, Findings findings) {
        this.examination = examination;
        this.questions = questions;
        this.findings = findings;
        port = examination.wishes().smtpPort();
        name = "port" + port;
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
        String where = host + "[" + AddressText.of(address) + "]:" + port;
        Dialogue.Heard heard;
        try {
            heard =
                    new Dialogue(
                                    examination.means().connector(),
                                    examination.means().clock(),
                                    examination.outgoing().helo(),
                                    asked())
                            .with(host, address, port);
        } catch (DeadlineException e) {
            findings.wrong(
                    name, where + " cannot be reached from here: it does not answer in time");
            return List.of();
        } catch (IOException e) {
            findings.wrong(name, where + " cannot be reached from here: " + e.getMessage());
            return List.of();
        }
        findings.ok(name, where + " greets: " + heard.banner());
        mail(where, heard);
        if (!heard.tls().offered()) {
            findings.wrong(
                    STARTTLS,
                    where
                            + " offers no STARTTLS: mail for the domain goes over the network in"
                            + " clear (smtpd_tls_security_level = may, smtpd_tls_chain_files)");
        } else if (heard.tls().chain().isEmpty()) {
            findings.wrong(
                    STARTTLS, where + " offers STARTTLS, which fails: " + heard.tls().trouble());
        } else {
            findings.ok(STARTTLS, where + " speaks " + heard.tls().protocol());
            certificate(where, host, heard);
        }
        return heard.tls().chain();
    }

    private Dialogue.Asked asked() {
        boolean logins = port == SUBMISSION || port == SUBMISSIONS;
        String postmaster = "postmaster@" + examination.domain();
        return new Dialogue.Asked(
                port == SUBMISSIONS,
                logins ? null : postmaster,
                examination.wishes().stranger(),
                postmaster);
    }

    // ---- whom it takes mail for

    private void mail(String where, Dialogue.Heard heard) {
        Dialogue.Answer own = heard.own();
        if (own != null) {
            own(where, own);
        }
        Dialogue.Answer stranger = heard.stranger();
        if (stranger != null) {
            stranger(where, stranger);
        }
    }

    /// Each domain has a postmaster (RFC 5321 4.5.1), whose mail a server takes that is one of the
    /// domain's.
    private void own(String where, Dialogue.Answer answer) {
        String of = where + ": " + answer.command() + ": ";
        if (answer.taken()) {
            findings.ok(
                    RCPT,
                    where
                            + " takes mail for postmaster@"
                            + examination.domain()
                            + ": "
                            + answer.reply());
        } else if (answer.reply().isEmpty()) {
            findings.unknown(RCPT, of + answer.trouble());
        } else if (answer.command().startsWith("MAIL")) {
            refused(
                    of,
                    answer.reply(),
                    ": no notice of a failed delivery reaches the domain (RFC 5321 6.1)");
        } else {
            refused(
                    of,
                    answer.reply(),
                    ": mail for the domain is not taken here (mydestination,"
                            + " virtual_mailbox_domains, relay_domains)");
        }
    }

    private void refused(String of, String reply, String why) {
        if (later(reply)) {
            findings.unknown(RCPT, of + reply);
        } else {
            findings.wrong(RCPT, of + reply + why);
        }
    }

    /// Servers that put strangers off for a while say 450 or 451; 454 is what Postfix says of a
    /// domain that is none of its own (defer_unauth_destination).
    private static boolean later(String reply) {
        return reply.startsWith("4") && !reply.startsWith("454");
    }

    private void stranger(String where, Dialogue.Answer answer) {
        String reply = answer.reply();
        String of = where + ": " + answer.command() + ": ";
        if (answer.taken()) {
            findings.wrong(
                    RELAY,
                    of
                            + reply
                            + ": an open relay, unless this machine is one that it trusts (run"
                            + " --relay-test from one that it does not)");
        } else if (reply.isEmpty()) {
            findings.unknown(RELAY, of + answer.trouble());
        } else if (later(reply)) {
            findings.unknown(RELAY, of + reply);
        } else {
            findings.ok(RELAY, where + " does not relay for strangers: " + reply);
        }
    }

    // ---- certificates

    private void certificate(String where, String host, Dialogue.Heard heard) {
        X509Certificate own = heard.tls().chain().getFirst();
        Instant now = Instant.ofEpochMilli(examination.means().clock().wallMillis());
        Instant end = own.getNotAfter().toInstant();
        if (end.isBefore(now)) {
            findings.wrong(CERTIFICATE, "the certificate of " + where + " expired on " + end);
            return;
        }
        if (end.isBefore(now.plus(SOON))) {
            findings.warning(CERTIFICATE, "the certificate of " + where + " expires on " + end);
        }
        ServerProof.Verdict verdict = heard.tls().verdict();
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
        String at = "_" + port + "._tcp." + host;
        switch (questions.tlsa(at)) {
            case Answer.TryAgain<Tlsa> again -> findings.unknown(TLSA, "DNS: " + again.text());
            case Answer.NoName<Tlsa> _, Answer.NoData<Tlsa> _ -> {
                // DANE is a choice, and one that needs a signed zone.
            }
            case Answer.Found<Tlsa> found -> matched(at, found, chain);
        }
    }

    private void matched(String at, Answer.Found<Tlsa> found, List<X509Certificate> chain) {
        if (!found.secure()) {
            findings.warning(
                    TLSA,
                    at
                            + " has TLSA records, and the name server does not vouch for them:"
                            + " without DNSSEC they count for nothing");
        }
        if (chain.isEmpty()) {
            findings.warning(
                    TLSA, at + " has TLSA records, and there is no certificate to compare");
            return;
        }
        List<String> unmatched = new ArrayList<>();
        for (Tlsa each : found.records()) {
            if (matches(each, chain)) {
                findings.ok(TLSA, at + ": " + text(each) + " is the certificate's");
                return;
            }
            unmatched.add(text(each));
        }
        findings.wrong(
                TLSA,
                at
                        + ": no record is the certificate's ("
                        + String.join(", ", unmatched)
                        + "), so that senders with DANE do not deliver",
                ZoneLine.of(
                        at,
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
