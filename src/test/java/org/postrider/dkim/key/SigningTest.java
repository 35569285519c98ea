package org.postrider.dkim.key;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.postrider.Needs;
import org.postrider.threads.Supervisor;
import org.postrider.threads.Work;

/// libcrypto's signatures are the JDK's, octet for octet, and its memory is given back.
class SigningTest {
    private static KeyPair pair(String kind, int bits) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(kind);
        if (bits > 0) {
            generator.initialize(bits);
        }
        return generator.generateKeyPair();
    }

    @Test
    void bothSignAlike() throws Exception {
        Needs.library("libcrypto.so.3");
        Random random = new Random(1);
        for (int bits : new int[] {0, 1024, 2048}) {
            KeyPair pair = bits == 0 ? pair("Ed25519", 0) : pair("RSA", bits);
            PrivateKey prepared = Signing.prepared(pair.getPrivate());
            assertInstanceOf(NativeKey.class, prepared);
            assertSame(prepared, Signing.prepared(prepared));
            assertEquals(Signing.algorithm(pair.getPrivate()), Signing.algorithm(prepared));
            assertEquals(Signing.bits(pair.getPrivate()), Signing.bits(prepared));
            assertEquals(pair.getPublic(), PublicKeys.of(prepared));
            for (int i = 0; i < 20; i++) {
                byte[] data = new byte[random.nextInt(3000)];
                random.nextBytes(data);
                byte[] signature = Signing.sign(prepared, data);
                assertArrayEquals(Signing.sign(pair.getPrivate(), data), signature);
                assertTrue(PublicKeys.verifies(pair.getPublic(), data, signature));
                signature[i] ^= 1;
                assertTrue(!PublicKeys.verifies(pair.getPublic(), data, signature));
            }
        }
    }

    @Test
    void aKeyThatLibcryptoDoesNotTakeIsTheJdks() {
        Needs.library("libcrypto.so.3");
        assertEquals(0, Libcrypto.read(new byte[0]));
        assertEquals(0, Libcrypto.read(new byte[] {0x30, 3, 2, 1, 0}));
    }

    /// A signature that fails is none, and its context is freed: a buffer that is too small.
    @Test
    void aSignatureThatFailsIsNone() throws Exception {
        Needs.library("libcrypto.so.3");
        long key = Libcrypto.read(pair("RSA", 1024).getPrivate().getEncoded());
        try {
            failed(key, 1000);
            // Their contexts would take 30 MB each time; the heap, what it grows by, but once.
            long least = Long.MAX_VALUE;
            for (int round = 0; round < 3 && least >= 15_000; round++) {
                long before = resident();
                failed(key, 60_000);
                least = Math.min(least, resident() - before);
            }
            assertTrue(least < 15_000, least + " kB more");
        } finally {
            Libcrypto.free(key);
        }
    }

    private static void failed(long key, int times) {
        for (int i = 0; i < times; i++) {
            assertNull(Libcrypto.sign(key, 10, true, new byte[10]));
        }
    }

    @Test
    void aKeySignsOnManyThreadsAtOnce() throws Exception {
        KeyPair pair = pair("RSA", 1024);
        PrivateKey prepared = Signing.prepared(pair.getPrivate());
        try (Supervisor threads = Supervisor.alone()) {
            var pool = threads.family(Work.of("signs", "signs in a test").failing("fails")).pool(4);
            List<Future<Boolean>> done = new ArrayList<>();
            for (int t = 0; t < 200; t++) {
                byte[] data = {(byte) t};
                done.add(
                        pool.submit(() ->
                                PublicKeys.verifies(
                                        pair.getPublic(), data, Signing.sign(prepared, data))));
            }
            for (Future<Boolean> each : done) {
                assertTrue(each.get());
            }
            pool.shutdown();
        }
    }

    private static long resident() throws Exception {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        return 0;
    }

    /// Contexts and keys of 2,000 would take more than 4 MB, in each round; what the JVM itself
    /// takes meanwhile it does not take in each.
    @Test
    void memoryOutsideOfTheHeapIsGivenBack() throws Exception {
        Needs.library("libcrypto.so.3");
        byte[] der = pair("RSA", 1024).getPrivate().getEncoded();
        loaded(der, 1000);
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 5; round++) {
            long before = resident();
            loaded(der, 2_000);
            least = Math.min(least, resident() - before);
        }
        assertTrue(least < 2_000, least + " kB more in each round");
    }

    private static void loaded(byte[] der, int times) {
        for (int i = 0; i < times; i++) {
            long key = Libcrypto.read(der);
            if (i % 20 == 0) {
                Libcrypto.sign(key, 128, true, der);
            }
            Libcrypto.free(key);
        }
    }
}
