package org.postrider.tls;

import java.util.List;
import org.postrider.config.Param;

/// The parameters that TLS in server and client share (TLS_README).
public final class TlsParams {
    public static final Param<Boolean> APPEND_DEFAULT_CA =
            Param.bool(
                    "tls_append_default_CA",
                    "no",
                    "Trust the authorities that the Java platform trusts, too.");
    public static final Param<String> HIGH_CIPHERLIST =
            Param.string(
                    "tls_high_cipherlist",
                    "aNULL:-aNULL:HIGH:!SEED:!IDEA:!3DES:!RC2:!RC4:!RC5:!kDH:!kECDH:!aDSS:!MD5:@STRENGTH",
                    "Ciphers of grade high, as OpenSSL writes it; what the JDK has of them.");
    public static final Param<String> MEDIUM_CIPHERLIST =
            Param.string(
                    "tls_medium_cipherlist",
                    "aNULL:-aNULL:HIGH:MEDIUM:!SEED:!IDEA:!3DES:!RC2:!RC4:!RC5:!kDH:!kECDH:!aDSS:!MD5:+RC4:@STRENGTH",
                    "Ciphers of grade medium.");
    public static final Param<String> NULL_CIPHERLIST =
            Param.string(
                    "tls_null_cipherlist",
                    "eNULL:!kDH:!kECDH:!aDSS:!MD5:!aNULL",
                    "Ciphers of grade null: the JDK speaks none of them; below TLS 1.3 no handshake"
                            + " succeeds.");
    public static final Param<List<String>> EECDH_AUTO_CURVES =
            Param.list(
                    "tls_eecdh_auto_curves",
                    "X25519 X448 prime256v1 secp384r1 secp521r1",
                    "Curves of grade auto; those that the JDK has not are passed over.");
    public static final Param<List<String>> FFDHE_AUTO_GROUPS =
            Param.list(
                    "tls_ffdhe_auto_groups",
                    "ffdhe2048 ffdhe3072",
                    "Finite-field groups of the key exchange.");

    private TlsParams() {}
}
