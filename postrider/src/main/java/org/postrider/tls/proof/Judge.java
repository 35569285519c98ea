package org.postrider.tls.proof;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.security.spec.X509EncodedKeySpec;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.maps.Network;
import org.postrider.tls.ServerProof;
import org.postrider.tls.ServerProof.Fault;
import org.postrider.tls.ServerProof.Record;
import org.postrider.tls.ServerProof.Verdict;

/// Finds whether a server's certificate is what its [ServerProof] wants. What cannot be read or
/// computed is content with nothing. Any thread.
public final class Judge {
    private static final Fault NAME =
            new Fault("server ", "num=62:hostname mismatch", "hostname mismatch");
    private static final Fault ADDRESS =
            new Fault("server ", "num=64:IP address mismatch", "IP address mismatch");
    private static final Fault NO_RECORD =
            new Fault(
                    "server ",
                    "num=65:no matching DANE TLSA records",
                    "no matching DANE TLSA records");
    private static final Fault UNUSABLE =
            new Fault(
                    "server ",
                    "num=1:unspecified certificate verification error",
                    "unspecified certificate verification error");

    private Judge() {}

    /// @param chain as it was sent, the server's own first; not empty
    public static Verdict judge(
            ServerProof wanted, List<X509Certificate> chain, Authorities authorities) {
        return switch (wanted) {
            case ServerProof.None _ -> {
                Fault fault = authorities.fault(chain);
                yield new Verdict(fault == null, false, fault, null);
            }
            case ServerProof.Named(List<String> names) -> {
                Fault fault = authorities.fault(chain);
                yield fault == null ? named(chain, names, null) : untrusted(fault);
            }
            case ServerProof.Recorded recorded -> recorded(recorded, chain, authorities);
            case ServerProof.Never(String why) ->
                    untrusted(new Fault("", "external policy failure (" + why + ")", why));
        };
    }

    private static Verdict untrusted(Fault fault) {
        return new Verdict(false, false, fault, null);
    }

    private static Verdict named(
            List<X509Certificate> chain, List<String> names, @Nullable String by) {
        String found = CertificateNames.of(chain.getFirst()).matching(names);
        if (found == null) {
            boolean host = names.stream().anyMatch(n -> Network.literal(n) == null);
            boolean other = CertificateNames.of(chain.getFirst()).matching(hosts(names)) == null;
            return new Verdict(
                    true, false, names.isEmpty() ? UNUSABLE : host && other ? NAME : ADDRESS, null);
        }
        String name = "matched peername: " + found;
        return new Verdict(true, true, null, by == null ? name : name + "\n" + by);
    }

    private static List<String> hosts(List<String> names) {
        return names.stream().filter(n -> Network.literal(n) == null).toList();
    }

    /// A digest of another length than its algorithm's agrees with nothing, and neither does what
    /// is no certificate or key.
    public static boolean usable(Record record) {
        try {
            if (record.digest().isEmpty()) {
                byte[] whole = HexFormat.of().parseHex(record.data());
                return record.selector() == Record.KEY
                        ? key(whole) != null
                        : certificate(whole) != null;
            }
            return 2 * MessageDigest.getInstance(record.digest()).getDigestLength()
                    == record.data().length();
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static Verdict recorded(
            ServerProof.Recorded wanted, List<X509Certificate> chain, Authorities authorities) {
        X509Certificate leaf = chain.getFirst();
        if (wanted.records().stream().noneMatch(Judge::usable)) {
            return untrusted(UNUSABLE);
        }
        for (Record each : wanted.records()) {
            if (each.usage() == Record.LEAF && agrees(each, leaf)) {
                // As in RFC 7671 the certificate's own dates do not count.
                return wanted.leafNamed()
                        ? named(chain, wanted.names(), shown(each, wanted, 0))
                        : new Verdict(true, true, null, shown(each, wanted, 0));
            }
        }
        Set<TrustAnchor> anchors = new HashSet<>();
        Record by = null;
        for (Record each : wanted.records()) {
            if (each.usage() == Record.AUTHORITY) {
                int before = anchors.size();
                anchors(each, chain, anchors);
                by = by == null && anchors.size() > before ? each : by;
            }
        }
        Fault none = noRecord(wanted.records(), chain);
        Fault fault = by == null ? none : authorities.fault(chain, anchors, none);
        return fault == null && by != null
                ? named(chain, wanted.names(), shown(by, wanted, depth(by, chain)))
                : untrusted(fault == null ? none : fault);
    }

    /// As OpenSSL counts it is the authorities' fault where no record is for the server's own.
    private static Fault noRecord(List<Record> records, List<X509Certificate> chain) {
        boolean own = records.stream().anyMatch(r -> r.usage() == Record.LEAF);
        return own || chain.size() == 1
                ? NO_RECORD
                : new Fault("CA ", NO_RECORD.text(), NO_RECORD.reason());
    }

    private static void anchors(Record record, List<X509Certificate> chain, Set<TrustAnchor> into) {
        for (X509Certificate each : chain.subList(1, chain.size())) {
            if (agrees(record, each)) {
                into.add(new TrustAnchor(each, null));
            }
        }
        if (!record.digest().isEmpty()) {
            return;
        }
        byte[] whole = HexFormat.of().parseHex(record.data());
        if (record.selector() == Record.KEY) {
            for (X509Certificate each : chain) {
                PublicKey key = key(whole);
                if (key != null && Chain.signed(each, key)) {
                    into.add(new TrustAnchor(each.getIssuerX500Principal(), key, null));
                }
            }
            return;
        }
        X509Certificate own = certificate(whole);
        if (own != null) {
            into.add(new TrustAnchor(own, null));
        }
    }

    private static @Nullable X509Certificate certificate(byte[] octets) {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(new ByteArrayInputStream(octets));
        } catch (GeneralSecurityException e) {
            return null;
        }
    }

    private static @Nullable PublicKey key(byte[] octets) {
        for (String kind : List.of("RSA", "EC", "EdDSA")) {
            try {
                return KeyFactory.getInstance(kind).generatePublic(new X509EncodedKeySpec(octets));
            } catch (GeneralSecurityException e) {
                // perhaps of another kind
            }
        }
        return null;
    }

    private static boolean agrees(Record record, X509Certificate certificate) {
        try {
            byte[] octets =
                    record.selector() == Record.KEY
                            ? certificate.getPublicKey().getEncoded()
                            : certificate.getEncoded();
            byte[] own =
                    record.digest().isEmpty()
                            ? octets
                            : MessageDigest.getInstance(record.digest()).digest(octets);
            return HexFormat.of().formatHex(own).equals(record.data());
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /// What made the proof content, in Postfix's words. Fingerprints are records of the server's
    /// own certificate without a name, records of files are those that want a name of it, too.
    ///
    /// @param depth of the certificate that agrees
    private static String shown(Record record, ServerProof.Recorded of, int depth) {
        if (of.leafNamed()) {
            return "Matched trust anchor at depth " + depth;
        }
        HexFormat capitals = HexFormat.of().withUpperCase();
        String all = capitals.formatHex(capitals.parseHex(record.data()));
        String data =
                all.length() > 128
                        ? all.substring(0, 64) + "..." + all.substring(all.length() - 64)
                        : all;
        boolean leaf = record.usage() == Record.LEAF;
        if (leaf && of.names().isEmpty()) {
            return "Matched fingerprint: " + data;
        }
        return "Matched DANE "
                + (leaf ? "EE" : "TA")
                + " certificate at depth "
                + depth
                + ": "
                + record.usage()
                + " "
                + record.selector()
                + " "
                + matching(record.digest())
                + " "
                + data;
    }

    /// The number that the DNS has for it; its name for one of tls_dane_digests' own.
    private static String matching(String digest) {
        return switch (digest) {
            case "" -> "0";
            case "SHA-256" -> "1";
            case "SHA-512" -> "2";
            default -> digest;
        };
    }

    /// Which certificate of the chain a record of an authority is for; one that is not sent comes
    /// after them.
    private static int depth(Record record, List<X509Certificate> chain) {
        for (int i = 1; i < chain.size(); i++) {
            if (agrees(record, chain.get(i))) {
                return i;
            }
        }
        return chain.size();
    }
}
