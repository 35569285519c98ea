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
}
