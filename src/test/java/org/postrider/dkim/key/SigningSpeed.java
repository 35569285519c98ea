package org.postrider.dkim.key;

import java.lang.management.ManagementFactory;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;

/// What a signature with RSA-2048 costs: CPU of this thread, the JDK's and libcrypto's (decision
/// 0056). Beside it: `openssl speed rsa2048`.
public final class SigningSpeed {
    private static final int ROUNDS = 3000;

    private SigningSpeed() {}

    public static void main(String[] args) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        PrivateKey jdk = generator.generateKeyPair().getPrivate();
        PrivateKey prepared = Signing.prepared(jdk);
        byte[] data = new byte[1500];
        for (int i = 0; i < 4; i++) {
            System.out.printf("JDK %6.1f us%n", micros(jdk, data));
            System.out.printf(
                    "%s %6.1f us%n", prepared.getClass().getSimpleName(), micros(prepared, data));
        }
        KeyPairGenerator ed = KeyPairGenerator.getInstance("Ed25519");
        PrivateKey edKey = ed.generateKeyPair().getPrivate();
        micros(edKey, data);
        System.out.printf("Ed25519 %6.1f us%n", micros(edKey, data));
    }

    private static double micros(PrivateKey key, byte[] data) {
        long from = cpu();
        for (int i = 0; i < ROUNDS; i++) {
            Signing.sign(key, data);
        }
        return (cpu() - from) / 1000.0 / ROUNDS;
    }

    private static long cpu() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }
}
