import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import org.postrider.dkim.key.Signing;

/// What a signature with the RSA key of a PEM file (PKCS#8) costs: CPU of this thread, as the
/// server makes it (libcrypto where it is installed) and as the JDK makes it (decision 0056).
public final class SigningCost {
    private static final int ROUNDS = 1500;

    public static void main(String[] args) throws Exception {
        String pem = Files.readString(Path.of(args[0])).replaceAll("-----[A-Z ]+-----|\\s", "");
        PrivateKey jdk =
                KeyFactory.getInstance("RSA")
                        .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem)));
        PrivateKey prepared = Signing.prepared(jdk);
        byte[] data = new byte[1500];
        micros(jdk, data);
        micros(prepared, data);
        System.out.printf("postrider %.1f us%n", micros(prepared, data));
        System.out.printf("jdk %.1f us%n", micros(jdk, data));
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
