package org.postrider.tls.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.Effort;
import org.postrider.time.Clock;
import org.postrider.tls.ServerProof;
import org.postrider.tls.TlsFixture;
import org.postrider.tls.key.Pem;

/// Chains that a peer makes up.
class AuthoritiesTest {
    private static final String KEY = "ecparam -name prime256v1 -genkey -noout -out ";

    @TempDir Path temp;

    private void openssl(String arguments) throws Exception {
        TlsFixture.openssl(temp, arguments);
    }

    private X509Certificate certificate(String name) {
        return Pem.certificates(temp.resolve(name + ".pem")).getFirst();
    }

    private void authority(String name, String key) throws Exception {
        openssl("req -x509 -key " + key + " -days 30 -subj /CN=" + name + " -out " + name + ".pem");
    }

    /// Signed by another's name and key.
    private void issue(String file, String subject, String by, String key, String extensions)
            throws Exception {
        Files.writeString(temp.resolve("ext"), extensions + "\n");
        openssl(
                "req -new -key k -subj /CN="
                        + subject
                        + " -out csr && openssl x509 -req -in csr -CA "
                        + by
                        + ".pem -CAkey "
                        + key
                        + " -days 30 -extfile ext -out "
                        + file
                        + ".pem");
    }

    private ServerProof.@Nullable Fault fault(
            String file, boolean platform, List<X509Certificate> chain) {
        return new Authorities(
                        file.isEmpty() ? "" : temp.resolve(file + ".pem").toString(),
                        "",
                        platform,
                        9,
                        Authorities.Purpose.SERVER,
                        Clock.system())
                .fault(chain);
    }

    /// Each of them could have been signed by each of the others: thousands of ways, none of which
    /// leads anywhere.
    @Test
    void manyWaysThatLeadNowhereCostNoTime() throws Exception {
        openssl(KEY + "k");
        authority("A", "k");
        authority("B", "k");
        issue("leaf", "mx.hop.example", "A", "k", "subjectAltName=DNS:mx.hop.example");
        List<X509Certificate> chain = new ArrayList<>(List.of(certificate("leaf")));
        for (int i = 0; i < 9; i++) {
            issue(
                    "c" + i,
                    i % 2 == 0 ? "A" : "B",
                    i % 2 == 0 ? "B" : "A",
                    "k",
                    "basicConstraints=critical,CA:TRUE\nsubjectAltName=DNS:n" + i + ".example");
            chain.add(certificate("c" + i));
        }
        // What is loaded at first is loaded.
        fault("", true, chain.subList(0, 2));
        List<String> said = new ArrayList<>();
        long millis =
                Effort.millis(() -> {
                    ServerProof.Fault fault = fault("", true, chain);
                    said.add(fault == null ? "" : fault.reason());
                });
        assertEquals(List.of("unable to get local issuer certificate"), said);
        assertTrue(millis < 1_500, millis + " ms");
    }

    /// An authority between that two others signed: one of both ways leads to who is trusted.
    @Test
    void oneThatTwoHaveSignedIsFoundEitherWay() throws Exception {
        for (String each : List.of("k", "k1", "k2")) {
            openssl(KEY + each);
        }
        authority("one", "k1");
        authority("two", "k2");
        String between = "basicConstraints=critical,CA:TRUE";
        issue("by1", "between", "one", "k1", between);
        issue("by2", "between", "two", "k2", between);
        issue("leaf", "mx.hop.example", "by1", "k", "subjectAltName=DNS:mx.hop.example");
        List<X509Certificate> chain =
                List.of(certificate("leaf"), certificate("by1"), certificate("by2"));
        assertNull(fault("one", false, chain));
        assertNull(fault("two", false, chain));
        assertNull(fault("two", false, List.of(chain.get(0), chain.get(2))));
    }
}
