package org.postrider.tls;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What SCRAM-…-PLUS binds to is the same at both ends.
class ChannelBindingTest {
    @TempDir Path temp;

    @ParameterizedTest
    @CsvSource({
        "TLSv1.3, rsa:2048, -sha384, SHA-384",
        "TLSv1.3, rsa:2048, -sha1, SHA-256",
        "TLSv1.2, rsa:2048, -sha512, SHA-512",
        "TLSv1.2, rsa:2048, -sha256 -sigopt rsa_padding_mode:pss, SHA-256",
    })
    void bothEndsSeeTheSame(String protocol, String key, String digest, String hash)
            throws Exception {
        TlsFixture.openssl(
                temp,
                "req -x509 -newkey "
                        + key
                        + " -keyout k -out c -subj /CN=mx -days 30 -nodes "
                        + digest);
        List<String> pair = List.of(temp.resolve("c").toString(), temp.resolve("k").toString());
        TlsServer server = TlsFixture.server(pair, ">=TLSv1");
        try (TlsFixture.Pair both =
                TlsFixture.connected(server, s -> s.setEnabledProtocols(new String[] {protocol}))) {
            SSLSocket client = both.client();
            TlsConnection ours = both.server();
            byte[] certificate = client.getSession().getPeerCertificates()[0].getEncoded();
            assertArrayEquals(
                    MessageDigest.getInstance(hash).digest(certificate), ours.serverEndPoint());
            assertArrayEquals(
                    certificate, Objects.requireNonNull(ours.ownCertificate()).getEncoded());
            assertNull(ours.peerCertificate());
            if (protocol.equals("TLSv1.3")) {
                assertArrayEquals(
                        ((ExtendedSSLSession) client.getSession())
                                .exportKeyingMaterialData(
                                        "EXPORTER-Channel-Binding", new byte[0], 32),
                        ours.exporter());
            } else {
                assertNull(ours.exporter());
            }
        }
    }

    @Test
    void edwardsCurvesHaveNoEndPoint() throws Exception {
        TlsFixture.openssl(
                temp, "req -x509 -newkey ed25519 -keyout k -out c -subj /CN=mx -days 30 -nodes");
        List<String> pair = List.of(temp.resolve("c").toString(), temp.resolve("k").toString());
        TlsServer server = TlsFixture.server(pair, ">=TLSv1");
        try (TlsFixture.Pair both = TlsFixture.connected(server, _ -> {})) {
            assertNull(both.server().serverEndPoint());
            assertEquals(32, Objects.requireNonNull(both.server().exporter()).length);
        }
    }
}
