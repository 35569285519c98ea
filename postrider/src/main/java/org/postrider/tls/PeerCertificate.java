package org.postrider.tls;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.tls.proof.Chain;

/// A peer's certificate and what it is worth.
///
/// @param fault why it is not trusted; null if it is
/// @param commonName of the subject, printable; empty if it has none
/// @param issuer its common name, else its organization; empty if it has neither
/// @param fingerprint of the certificate (smtpd_tls_fingerprint_digest), upper case with colons
/// @param keyFingerprint of its public key
public record PeerCertificate(
        X509Certificate certificate,
        @Nullable String fault,
        String commonName,
        String issuer,
        String fingerprint,
        String keyFingerprint) {
    /// rfc822Name (RFC 5280 4.2.1.6).
    private static final Integer MAIL_ADDRESS = 1;

    private static final Integer HOST = 2;
    private static final Integer ADDRESS = 7;

    /// Characters of a name that are shown, as of a subject.
    private static final int LONGEST = 255;

    /// Any certificate, whatever it is worth.
    ///
    /// @param digest of its fingerprints, as settings have it
    /// @throws ConfigException if there is no such digest
    public static PeerCertificate of(X509Certificate certificate, String digest) {
        return of(certificate, (ServerProof.Fault) null, algorithm(digest));
    }

    /// The whole subject as OpenSSL has it: `/O=Twin/CN=Twin CA`.
    public String subjectLine() {
        return Chain.oneLine(certificate.getSubjectX500Principal());
    }

    /// The whole issuer in the same form.
    public String issuerLine() {
        return Chain.oneLine(certificate.getIssuerX500Principal());
    }

    static PeerCertificate of(
            X509Certificate leaf, ServerProof.@Nullable Fault fault, String algorithm) {
        String issuer = part(leaf.getIssuerX500Principal(), "CN");
        try {
            return new PeerCertificate(
                    leaf,
                    fault == null ? null : fault.reason(),
                    part(leaf.getSubjectX500Principal(), "CN"),
                    issuer.isEmpty() ? part(leaf.getIssuerX500Principal(), "O") : issuer,
                    digest(leaf.getEncoded(), algorithm),
                    digest(leaf.getPublicKey().getEncoded(), algorithm));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// The first mail address among the alternative names, null for none.
    public @Nullable String mailAddress() {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            for (List<?> name : names == null ? List.<List<?>>of() : names) {
                if (MAIL_ADDRESS.equals(name.getFirst()) && name.get(1) instanceof String text) {
                    return printable(text);
                }
            }
        } catch (CertificateParsingException e) {
            // a name that cannot be read is none
        }
        return null;
    }

    /// The hosts and addresses among the alternative names, printable, the beginning of long ones.
    public List<String> hosts() {
        List<String> out = new ArrayList<>();
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            for (List<?> name : names == null ? List.<List<?>>of() : names) {
                boolean wanted = HOST.equals(name.getFirst()) || ADDRESS.equals(name.getFirst());
                if (wanted && name.get(1) instanceof String text) {
                    out.add(printable(text.substring(0, Math.min(LONGEST, text.length()))));
                }
            }
        } catch (CertificateParsingException e) {
            // a name that cannot be read is none
        }
        return out;
    }

    public boolean trusted() {
        return fault == null;
    }

    /// The JDK's name of a digest.
    ///
    /// @throws ConfigException if there is none of that name
    static String algorithm(String name) {
        String jdk =
                name.equalsIgnoreCase("md5")
                        ? "MD5"
                        : name.toUpperCase(java.util.Locale.ROOT)
                                .replaceFirst("^SHA-?([0-9]+)$", "SHA-$1")
                                .replace("SHA-3-", "SHA3-");
        try {
            MessageDigest.getInstance(jdk);
            return jdk;
        } catch (GeneralSecurityException e) {
            throw new ConfigException("Digest algorithm \"" + name + "\" not found");
        }
    }

    private static String digest(byte[] octets, String algorithm) throws GeneralSecurityException {
        return HexFormat.ofDelimiter(":")
                .withUpperCase()
                .formatHex(MessageDigest.getInstance(algorithm).digest(octets));
    }

    /// The first such part of a name, as it stands in the certificate.
    private static String part(X500Principal name, String type) {
        try {
            for (Rdn rdn : new LdapName(name.getName(X500Principal.RFC2253)).getRdns()) {
                if (rdn.getType().equalsIgnoreCase(type) && rdn.getValue() instanceof String s) {
                    return printable(s);
                }
            }
        } catch (InvalidNameException e) {
            // a name that cannot be read is none
        }
        return "";
    }

    private static String printable(String text) {
        char[] out = text.toCharArray();
        for (int i = 0; i < out.length; i++) {
            if (out[i] < ' ' || out[i] > '~') {
                out[i] = '?';
            }
        }
        return new String(out);
    }

    /// As a comment of a header may have it: parentheses balanced, no quoting.
    public static String comment(String text) {
        char[] out = text.toCharArray();
        int[] open = new int[out.length];
        int depth = 0;
        for (int i = 0; i < out.length; i++) {
            if (out[i] == '\\' || out[i] == ')' && depth == 0) {
                out[i] = '?';
            } else if (out[i] == '(') {
                open[depth++] = i;
            } else if (out[i] == ')') {
                depth--;
            }
        }
        for (int at : Arrays.copyOf(open, depth)) {
            out[at] = '?';
        }
        return new String(out);
    }
}
