package org.postrider.tls;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// OpenSSL's cipher list syntax (ciphers(1)) over the suites that the JDK has below TLS 1.3; those
/// of TLS 1.3 are not chosen by such lists.
final class CipherList {
    /// @param name OpenSSL's
    private record Suite(String jdk, String name, String exchange, String auth, int bits) {
        static Suite of(String jdk) {
            String between = jdk.substring("TLS_".length(), jdk.indexOf("_WITH_"));
            boolean anonymous = between.contains("anon");
            String exchange =
                    between.contains("PSK") || between.contains("SRP")
                            ? "other"
                            : between.startsWith("ECDHE") || between.startsWith("ECDH_anon")
                                    ? "kECDHE"
                                    : between.startsWith("DHE") || between.startsWith("DH_anon")
                                            ? "kDHE"
                                            : between.startsWith("ECDH")
                                                    ? "kECDH"
                                                    : between.startsWith("DH") ? "kDH" : "kRSA";
            String auth =
                    anonymous
                            ? "aNULL"
                            : between.contains("ECDSA")
                                    ? "aECDSA"
                                    : between.contains("DSS")
                                            ? "aDSS"
                                            : between.contains("PSK") || between.contains("SRP")
                                                    ? "other"
                                                    : "aRSA";
            int bits =
                    jdk.contains("_NULL_")
                            ? 0
                            : jdk.contains("128") ? 128 : jdk.contains("3DES") ? 112 : 256;
            return new Suite(jdk, TlsConnection.openssl(jdk), exchange, auth, bits);
        }
    }

    /// What OpenSSL has and the JDK does not, one of each kind: a list that chooses one of these
    /// alone is no error, though nothing below TLS 1.3 comes of it.
    private static final List<String> ELSEWHERE =
            Arrays.asList(
                    ("ECDHE_ECDSA_WITH_CAMELLIA_256_CBC_SHA384"
                                    + " ECDHE_RSA_WITH_CAMELLIA_128_CBC_SHA256"
                                    + " DHE_RSA_WITH_CAMELLIA_256_CBC_SHA RSA_WITH_CAMELLIA_128_CBC_SHA"
                                    + " RSA_WITH_CAMELLIA_256_CBC_SHA256 ECDHE_ECDSA_WITH_ARIA_256_GCM_SHA384"
                                    + " ECDHE_RSA_WITH_ARIA_128_GCM_SHA256 DHE_RSA_WITH_ARIA_256_GCM_SHA384"
                                    + " RSA_WITH_ARIA_128_GCM_SHA256 ECDHE_ECDSA_WITH_AES_256_CCM_8"
                                    + " ECDHE_ECDSA_WITH_AES_128_CCM DHE_RSA_WITH_AES_256_CCM"
                                    + " RSA_WITH_AES_128_CCM_8 DH_anon_WITH_AES_256_GCM_SHA384"
                                    + " DH_anon_WITH_CAMELLIA_128_CBC_SHA ECDH_anon_WITH_AES_128_CBC_SHA"
                                    + " PSK_WITH_AES_256_CBC_SHA384 DHE_PSK_WITH_AES_128_GCM_SHA256"
                                    + " ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256 RSA_PSK_WITH_AES_256_CBC_SHA"
                                    + " SRP_SHA_WITH_AES_256_CBC_SHA SRP_SHA_RSA_WITH_AES_128_CBC_SHA"
                                    + " ECDHE_ECDSA_WITH_NULL_SHA ECDHE_RSA_WITH_NULL_SHA RSA_WITH_NULL_SHA256"
                                    + " RSA_WITH_NULL_SHA RSA_WITH_NULL_MD5 ECDH_anon_WITH_NULL_SHA"
                                    + " PSK_WITH_NULL_SHA256 PSK_WITH_CAMELLIA_128_CBC_SHA256")
                            .split(" "));

    /// Words for what neither has any more: they choose nothing, without a warning.
    private static final Set<String> EMPTY =
            Set.of(
                    ("LOW EXP EXPORT EXPORT40 EXPORT56 COMPLEMENTOFDEFAULT MEDIUM FIPS SUITEB128"
                                    + " SUITEB192 GOST kGOST aGOST aGOST01 GOST94 GOST89MAC DES RC2 RC4 IDEA"
                                    + " SEED SSLv2 kKRB5 aKRB5 KRB5 FZA kFZA aFZA eFZA RC5 kDHr kDHd kECDHr"
                                    + " kECDHe aDH aECDH")
                            .split(" "));

    /// Words for what OpenSSL alone has, as an expression for a part of a suite's name in the RFCs.
    private static final Map<String, String> ELSEWHERES =
            Map.ofEntries(
                    Map.entry("PSK", "PSK"),
                    Map.entry("aPSK", "(?<!RSA)_PSK"),
                    Map.entry("kPSK", "TLS_PSK"),
                    Map.entry("kECDHEPSK", "ECDHE_PSK"),
                    Map.entry("kDHEPSK", "TLS_DHE_PSK"),
                    Map.entry("kRSAPSK", "RSA_PSK"),
                    Map.entry("SRP", "SRP"),
                    Map.entry("kSRP", "SRP"),
                    Map.entry("aSRP", "SRP_SHA_WITH"),
                    Map.entry("CAMELLIA", "CAMELLIA"),
                    Map.entry("CAMELLIA128", "CAMELLIA_128"),
                    Map.entry("CAMELLIA256", "CAMELLIA_256"),
                    Map.entry("ARIA", "ARIA"),
                    Map.entry("ARIAGCM", "ARIA"),
                    Map.entry("ARIA128", "ARIA_128"),
                    Map.entry("ARIA256", "ARIA_256"),
                    Map.entry("AESCCM", "CCM"),
                    Map.entry("AESCCM8", "CCM_8"),
                    Map.entry("MD5", "MD5"));

    private static final Map<String, Predicate<Suite>> WORDS =
            Map.ofEntries(
                    Map.entry("ALL", s -> s.bits() > 0),
                    Map.entry("DEFAULT", s -> s.bits() > 0 && !s.auth().equals("aNULL")),
                    Map.entry("COMPLEMENTOFALL", s -> s.bits() == 0),
                    Map.entry("HIGH", s -> s.bits() >= 128),
                    Map.entry("eNULL", s -> s.bits() == 0),
                    Map.entry("NULL", s -> s.bits() == 0),
                    Map.entry("aNULL", s -> s.auth().equals("aNULL")),
                    Map.entry("ADH", s -> s.auth().equals("aNULL") && s.exchange().equals("kDHE")),
                    Map.entry(
                            "AECDH",
                            s -> s.auth().equals("aNULL") && s.exchange().equals("kECDHE")),
                    Map.entry("aRSA", s -> s.auth().equals("aRSA")),
                    Map.entry("aECDSA", s -> s.auth().equals("aECDSA")),
                    Map.entry("ECDSA", s -> s.auth().equals("aECDSA")),
                    Map.entry("aDSS", s -> s.auth().equals("aDSS")),
                    Map.entry("DSS", s -> s.auth().equals("aDSS")),
                    Map.entry("kRSA", s -> s.exchange().equals("kRSA")),
                    Map.entry("RSA", s -> s.exchange().equals("kRSA") || s.auth().equals("aRSA")),
                    Map.entry("kDH", s -> s.exchange().equals("kDH")),
                    Map.entry("kECDH", s -> s.exchange().equals("kECDH")),
                    Map.entry("DH", s -> s.exchange().equals("kDHE")),
                    Map.entry("kDHE", s -> s.exchange().equals("kDHE")),
                    Map.entry("kEDH", s -> s.exchange().equals("kDHE")),
                    Map.entry("DHE", s -> s.exchange().equals("kDHE") && !anonymous(s)),
                    Map.entry("EDH", s -> s.exchange().equals("kDHE") && !anonymous(s)),
                    Map.entry("ECDH", s -> s.exchange().startsWith("kECDH")),
                    Map.entry("kECDHE", s -> s.exchange().equals("kECDHE")),
                    Map.entry("kEECDH", s -> s.exchange().equals("kECDHE")),
                    Map.entry("ECDHE", s -> s.exchange().equals("kECDHE") && !anonymous(s)),
                    Map.entry("EECDH", s -> s.exchange().equals("kECDHE") && !anonymous(s)),
                    Map.entry("AES", s -> s.jdk().contains("AES")),
                    Map.entry("AES128", s -> s.jdk().contains("AES_128")),
                    Map.entry("AES256", s -> s.jdk().contains("AES_256")),
                    Map.entry("AESGCM", s -> s.jdk().contains("GCM")),
                    Map.entry("CHACHA20", s -> s.jdk().contains("CHACHA20")),
                    Map.entry("3DES", s -> s.jdk().contains("3DES")),
                    Map.entry("SHA", s -> s.jdk().endsWith("_SHA")),
                    Map.entry("SHA1", s -> s.jdk().endsWith("_SHA")),
                    Map.entry("SHA256", s -> mac(s) && s.jdk().endsWith("_SHA256")),
                    Map.entry("SHA384", s -> mac(s) && s.jdk().endsWith("_SHA384")),
                    Map.entry("TLSv1.2", CipherList::newest),
                    Map.entry("TLSv1.0", s -> !newest(s)),
                    Map.entry("TLSv1", s -> !newest(s)),
                    Map.entry("SSLv3", s -> !newest(s)));

    private final Consumer<String> unknown;
    private List<Suite> chosen = new ArrayList<>();
    private List<Suite> others;

    private CipherList(List<String> supported, Consumer<String> unknown) {
        this.unknown = unknown;
        others = new ArrayList<>();
        for (String jdk : supported) {
            // There are no DSA keys here.
            if (jdk.contains("_WITH_") && !jdk.contains("_DSS_")) {
                others.add(Suite.of(jdk));
            }
        }
        for (String each : ELSEWHERE) {
            if (!supported.contains("TLS_" + each)) {
                others.add(Suite.of("TLS_" + each));
            }
        }
        others.sort(Comparator.comparingInt(CipherList::rank));
    }

    /// OpenSSL's order: the exchange counts first if it is RSA's, then the cipher, then the key.
    private static int rank(Suite s) {
        int cipher =
                s.jdk().contains("CHACHA20")
                        ? 1
                        : s.jdk().contains("GCM")
                                ? (s.bits() == 256 ? 0 : 2)
                                : (newest(s) ? 3 : 5) + (s.bits() == 256 ? 0 : 1);
        int key = s.exchange().equals("kECDHE") ? (s.auth().equals("aECDSA") ? 0 : 1) : 2;
        return (s.exchange().equals("kRSA") ? 100 : 0) + 10 * cipher + key;
    }

    private static boolean anonymous(Suite s) {
        return s.auth().equals("aNULL");
    }

    /// With a MAC of its own: not an AEAD.
    private static boolean mac(Suite s) {
        return !s.jdk().contains("GCM") && !s.jdk().contains("POLY1305");
    }

    private static boolean newest(Suite s) {
        return !mac(s) || s.jdk().endsWith("SHA256") || s.jdk().endsWith("SHA384");
    }

    /// @param supported the JDK's names, best first
    /// @param unknown gets words that are neither an alias nor look like a suite's name
    /// @return the JDK's names in the list's order: none if OpenSSL alone has what is chosen, null
    ///   if nothing is, which is an error in OpenSSL, TLS 1.3 or not
    static @Nullable List<String> suites(
            String list, List<String> supported, Consumer<String> unknown) {
        CipherList work = new CipherList(supported, unknown);
        for (String word : list.split("[:, ;]+")) {
            if (!word.isEmpty()) {
                work.apply(word);
            }
        }
        return work.chosen.isEmpty()
                ? null
                : work.chosen.stream().map(Suite::jdk).filter(supported::contains).toList();
    }

    private void apply(String word) {
        if (word.startsWith("@")) {
            if (word.equals("@STRENGTH")) {
                chosen.sort(Comparator.comparingInt(Suite::bits).reversed());
            } else if (!word.startsWith("@SECLEVEL=")) {
                unknown.accept(word);
            }
            return;
        }
        char sign = word.charAt(0);
        boolean signed = sign == '!' || sign == '-' || sign == '+';
        Predicate<Suite> named = named(signed ? word.substring(1) : word);
        switch (sign) {
            case '!' -> {
                chosen.removeIf(named);
                others.removeIf(named);
            }
            case '-' -> {
                List<Suite> left = taken(chosen, named);
                left.addAll(others);
                others = left;
            }
            case '+' -> chosen.addAll(taken(chosen, named));
            default -> chosen.addAll(taken(others, named));
        }
    }

    private static List<Suite> taken(List<Suite> from, Predicate<Suite> named) {
        List<Suite> out = new ArrayList<>();
        for (Suite s : from) {
            if (named.test(s)) {
                out.add(s);
            }
        }
        from.removeAll(new HashSet<>(out));
        return out;
    }

    /// `AES128+kECDHE`: all of them at once.
    private Predicate<Suite> named(String words) {
        Predicate<Suite> all = s -> true;
        for (String word : words.split("\\+")) {
            all = all.and(one(word));
        }
        return all;
    }

    private Predicate<Suite> one(String word) {
        Predicate<Suite> known = WORDS.get(word);
        if (known != null) {
            return known;
        }
        boolean suite = word.indexOf('-') > 0 && word.equals(word.toUpperCase(Locale.ROOT));
        boolean named = suite || word.startsWith("TLS_");
        String elsewhere = ELSEWHERES.get(word);
        if (elsewhere != null) {
            Pattern part = Pattern.compile(elsewhere);
            return s -> part.matcher(s.jdk()).find();
        }
        if (!named && !EMPTY.contains(word)) {
            unknown.accept(word);
        }
        return s -> s.name().equals(word) || s.jdk().equals(word);
    }
}
