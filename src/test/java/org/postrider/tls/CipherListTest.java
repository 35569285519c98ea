package org.postrider.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Cipher lists choose what the real `openssl ciphers` chooses, in its order, as far as the JDK has
/// the suites.
class CipherListTest {
    private static List<String> supported() throws Exception {
        return List.of(SSLContext.getDefault().getDefaultSSLParameters().getCipherSuites());
    }

    private static List<String> ours(String list) throws Exception {
        List<String> chosen = CipherList.suites(list, supported(), word -> {});
        return chosen == null ? List.of() : chosen.stream().map(TlsConnection::openssl).toList();
    }

    private static List<String> real(String list) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/openssl")), "openssl is not installed");
        Process process = new ProcessBuilder("openssl", "ciphers", list).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        List<String> here = ours("ALL:COMPLEMENTOFALL");
        List<String> both = new ArrayList<>();
        for (String name : out.strip().split(":")) {
            if (here.contains(name)) {
                both.add(name);
            }
        }
        return both;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ALL",
                "HIGH",
                "HIGH:!AES128",
                "HIGH:!aRSA",
                "aNULL:-aNULL:HIGH:MEDIUM:+RC4:@STRENGTH",
                "aNULL:-aNULL:HIGH:!SEED:!IDEA:!3DES:!RC2:!RC4:!RC5:!kDH:!kECDH:!aDSS:!MD5:@STRENGTH",
                "AES128:AES256",
                "AES128:AES256:@STRENGTH",
                "AES256:AES128:+kEECDH",
                "kEDH+AESGCM:ECDHE+AESGCM",
                "CHACHA20:HIGH:!DHE",
                "CHACHA20:-CHACHA20:AESGCM:CHACHA20",
                "HIGH:-ECDHE:ECDHE",
                "ALL:!SHA1:!SHA256:!SHA384",
                "ALL:!TLSv1.2",
                "ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384",
                "ALL:!ECDHE-RSA-AES128-GCM-SHA256:+AES256",
                "ECDHE, DHE; AES256-SHA",
                "DEFAULT:!AESGCM",
            })
    void whatIsChosenIsWhatOpensslChooses(String list) throws Exception {
        assertEquals(real(list), ours(list));
        assertTrue(!ours("ALL").isEmpty());
    }

    @Test
    void unknownWordsAreToldAndAListOfThemIsNone() throws Exception {
        List<String> unknown = new ArrayList<>();
        assertNull(CipherList.suites("NONSENSE", supported(), unknown::add));
        assertEquals(List.of("NONSENSE"), unknown);
        unknown.clear();
        List<String> chosen =
                CipherList.suites("HIGH:!EXPORT:!LOW:!RC4-SHA:!Foo", supported(), unknown::add);
        assertEquals(List.of("Foo"), unknown);
        assertTrue(chosen != null && !chosen.isEmpty());
        assertEquals(List.of(), CipherList.suites("eNULL:!aNULL", supported(), unknown::add));
    }

    /// An empty list is an error in OpenSSL, though it would not keep TLS 1.3 from being spoken;
    /// one of suites that the JDK has not is none.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "eNULL:!kDH:!kECDH:!aDSS:!MD5:!aNULL",
                "eNULL:!kDH:!kECDH:!aDSS:!MD5:!aNULL:!eNULL",
                "aNULL:-aNULL:HIGH:!SEED:!ALL",
                "HIGH:!aNULL:!AES:!CHACHA20",
                "HIGH:!aNULL:!AES:!CHACHA20:!CAMELLIA",
                "HIGH:!aNULL:!AES:!CHACHA20:!CAMELLIA:!ARIA",
                "HIGH:!kRSA:!kECDHE:!kDHE:!PSK:!SRP",
                "HIGH:!kRSA:!kECDHE:!kDHE",
                "HIGH:-HIGH",
                "HIGH:!HIGH",
                "CAMELLIA",
                "CAMELLIA:!kRSA:!kECDHE:!kDHE",
                "ARIA128:!ARIA",
                "AESCCM",
                "AESCCM8:!AES",
                "PSK",
                "kRSAPSK:!aPSK",
                "SRP",
                "aNULL",
                "aNULL:!aNULL",
                "MD5",
                "MD5:!eNULL",
                "NULL-SHA256",
                "RC4",
                "3DES",
                "LOW:EXPORT",
                "NONSENSE",
            })
    void aListOfWhichNothingIsLeftIsAnErrorWhereItIsOneOfOpenssl(String list) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/openssl")), "openssl is not installed");
        Process process =
                new ProcessBuilder("openssl", "ciphers", list).redirectErrorStream(true).start();
        process.getInputStream().readAllBytes();
        boolean fails = process.waitFor() != 0;
        assertEquals(fails, CipherList.suites(list, supported(), word -> {}) == null);
    }
}
