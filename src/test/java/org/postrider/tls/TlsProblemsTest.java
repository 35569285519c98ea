package org.postrider.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.time.Clock;

/// What `postfix check` says of certificates and keys.
class TlsProblemsTest {
    @TempDir Path temp;

    /// So many days from now.
    private record Later(int days) implements Clock {
        @Override
        public long wallMillis() {
            return System.currentTimeMillis() + days * 86_400_000L;
        }

        @Override
        public long nanos() {
            return System.nanoTime();
        }
    }

    private String file(String name) {
        return temp.resolve(name).toString();
    }

    private List<String> of(int days, String... pairs) {
        return TlsServer.problems(
                TlsServerSettings.of(List.of(), List.of(pairs), ">=TLSv1"), new Later(days));
    }

    private void one(List<String> said, String... parts) {
        assertEquals(1, said.size(), said.toString());
        for (String part : parts) {
            assertTrue(said.getFirst().contains(part), said + " lacks " + part);
        }
    }

    @Test
    void eachIsNamedWithItsFile() throws Exception {
        for (String name : List.of("a", "b")) {
            TlsFixture.openssl(
                    temp,
                    "req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN="
                            + name
                            + " -keyout "
                            + name
                            + ".key -out "
                            + name
                            + ".crt");
        }
        Files.writeString(temp.resolve("junk"), "junk");
        assertEquals(List.of(), of(0, file("a.crt"), file("a.key")));
        one(of(0, file("none"), file("a.key")), file("none"), "No such file");
        one(of(0, file("a.crt"), file("none")), file("none"), "No such file");
        one(of(0, file("a.crt"), file("b.key")), file("a.crt"), "another key");
        one(of(0, file("a.crt"), file("junk")), file("junk"), "no private key");
        one(of(0, file("junk"), file("a.key")), file("junk"), "no certificate");
        one(of(31, file("a.crt"), file("a.key")), file("a.crt"), "CN=a", "expired");
        one(of(-2, file("a.crt"), file("a.key")), file("a.crt"), "not valid before");
        assertEquals(2, of(0, file("none"), file("none"), file("a.crt"), file("b.key")).size());
        one(of(0), "needs a certificate");
        one(
                TlsServer.problems(
                        TlsServerSettings.of(
                                        List.of(), List.of(file("a.crt"), file("a.key")), ">=TLSv1")
                                .with(
                                        new TlsServerSettings.Clients(
                                                true, file("none"), "", false, 9, "sha256")),
                        new Later(0)),
                file("none"));
        one(
                TlsServer.problems(
                        TlsServerSettings.of(
                                        List.of(), List.of(file("a.crt"), file("a.key")), ">=TLSv1")
                                .with(
                                        new TlsServerSettings.Ciphers(
                                                "medium",
                                                "HIGH:Foo",
                                                "tls_medium_cipherlist",
                                                List.of(),
                                                false)),
                        new Later(0)),
                "tls_medium_cipherlist",
                "Foo");
    }
}
