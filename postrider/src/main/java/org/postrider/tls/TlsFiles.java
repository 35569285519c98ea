package org.postrider.tls;

import java.nio.file.Path;
import java.security.PrivateKey;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.postrider.config.ConfigException;
import org.postrider.tls.ServerProof.Record;
import org.postrider.tls.key.Pem;
import org.postrider.tls.proof.Judge;

/// What settings name of TLS, as the values that policies are made of.
public final class TlsFiles {
    private TlsFiles() {}

    /// The certificates and public keys of a PEM file as records (smtp_tls_trust_anchor_file): each
    /// vouches for others and for itself.
    ///
    /// @throws ConfigException if the file cannot be read or has none
    public static List<Record> anchors(Path file) {
        List<Record> out = new ArrayList<>();
        for (Pem.Anchor each : Pem.anchors(file)) {
            int selector = each.certificate() ? Record.CERTIFICATE : Record.KEY;
            String data = HexFormat.of().formatHex(each.octets());
            out.add(new Record(Record.AUTHORITY, selector, "", data));
            out.add(new Record(Record.LEAF, selector, "", data));
        }
        return out;
    }

    /// The first private key of a PEM file: PKCS#8, PKCS#1 or SEC1, not encrypted.
    ///
    /// @throws ConfigException if the file cannot be read or has none
    public static PrivateKey key(Path file) {
        return Pem.key(file);
    }

    /// Whether a certificate could agree with a record: the digest has its length, the whole is a
    /// certificate or a key.
    public static boolean usable(Record record) {
        return Judge.usable(record);
    }

    /// The JDK's name of a digest.
    ///
    /// @param name as settings have it: md5, sha256 …
    /// @throws ConfigException if there is none of that name
    public static String digest(String name) {
        return PeerCertificate.algorithm(name);
    }
}
