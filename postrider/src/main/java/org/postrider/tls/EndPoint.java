package org.postrider.tls;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.security.spec.PSSParameterSpec;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// `tls-server-end-point` of a certificate (RFC 5929 4.1): its digest by the hash of its signature,
/// SHA-256 if that is MD5 or SHA-1.
final class EndPoint {
    private EndPoint() {}

    /// Null if the signature has no hash of its own (EdDSA): not defined by the RFC.
    static byte @Nullable [] of(X509Certificate certificate) {
        try {
            String hash = hash(certificate);
            return hash == null
                    ? null
                    : MessageDigest.getInstance(hash).digest(certificate.getEncoded());
        } catch (GeneralSecurityException e) {
            return null;
        }
    }

    private static @Nullable String hash(X509Certificate certificate)
            throws GeneralSecurityException {
        String signature = certificate.getSigAlgName().toUpperCase(Locale.ROOT);
        if (signature.equals("RSASSA-PSS")) {
            return pss(certificate);
        }
        int with = signature.indexOf("WITH");
        if (with < 0) {
            return null;
        }
        return named(signature.substring(0, with));
    }

    private static String named(String hash) {
        return switch (hash.replace("-", "")) {
            case "SHA224" -> "SHA-224";
            case "SHA384" -> "SHA-384";
            case "SHA512" -> "SHA-512";
            default -> "SHA-256";
        };
    }

    private static String pss(X509Certificate certificate) throws GeneralSecurityException {
        byte[] encoded = certificate.getSigAlgParams();
        if (encoded == null) {
            return "SHA-256";
        }
        java.security.AlgorithmParameters parameters =
                java.security.AlgorithmParameters.getInstance("RSASSA-PSS");
        try {
            parameters.init(encoded);
        } catch (java.io.IOException e) {
            throw new GeneralSecurityException(e);
        }
        return named(
                parameters
                        .getParameterSpec(PSSParameterSpec.class)
                        .getDigestAlgorithm()
                        .toUpperCase(Locale.ROOT));
    }
}
