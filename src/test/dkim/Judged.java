import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.postrider.dkim.ArcSealer;
import org.postrider.dkim.BodyHash;
import org.postrider.dkim.Canonical;
import org.postrider.dkim.DkimResult;
import org.postrider.dkim.KeyLookup;
import org.postrider.dkim.Signer;
import org.postrider.dkim.SigningKey;
import org.postrider.dkim.SigningKeys;
import org.postrider.dkim.SigningSettings;
import org.postrider.dkim.Verification;
import org.postrider.dkim.VerifyLimits;
import org.postrider.dns.SystemResolver;
import org.postrider.time.Clock;

/// Signs and verifies the mails of a directory with this program's classes, for `judges`: `sign
/// FROM TO KEYS` (forms by the number of the mail), `seal FROM TO KEY`, `verify FROM`.
final class Judged {
    /// A machine that does much else has its answers late, which is not what is judged.
    private static final VerifyLimits PATIENT =
            new VerifyLimits(10, 32_768, 4096, 1024, Duration.ofSeconds(60), false);

    private Judged() {}

    public static void main(String[] args) throws IOException {
        List<Path> mails;
        try (var files = Files.list(Path.of(args[1]))) {
            mails = files.sorted().toList();
        }
        for (int i = 0; i < mails.size(); i++) {
            byte[] mail = Files.readAllBytes(mails.get(i));
            int body = bodyAt(mail);
            byte[] header = Arrays.copyOf(mail, body);
            if (args[0].equals("verify")) {
                verify(mails.get(i).getFileName().toString(), header, mail);
                continue;
            }
            List<SigningKey> keys = SigningKeys.load(args[3]);
            String fields =
                    args[0].equals("sign")
                            ? signed(i, keys, header, mail)
                            : sealed(keys, header, mail);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.writeBytes(fields.getBytes(StandardCharsets.ISO_8859_1));
            out.writeBytes(mail);
            Files.write(Path.of(args[2]).resolve(mails.get(i).getFileName()), out.toByteArray());
        }
    }

    private static int bodyAt(byte[] mail) {
        int line = 0;
        for (int i = 1; i < mail.length; i++) {
            if (mail[i] == '\n' && mail[i - 1] == '\r') {
                if (i - 1 == line) {
                    return line;
                }
                line = i + 1;
            }
        }
        return mail.length;
    }

    private static String signed(int number, List<SigningKey> keys, byte[] header, byte[] mail) {
        SigningSettings all = SigningSettings.DEFAULT;
        Canonical[] forms = Canonical.values();
        Signer signer =
                new Signer(
                        new SigningSettings(
                                forms[number & 1],
                                forms[number >> 1 & 1],
                                all.signed(),
                                all.oversigned(),
                                0,
                                null));
        BodyHash hash = signer.bodyHash();
        hash.update(mail, header.length, mail.length - header.length);
        return signer.sign(keys, header, hash.digest(), Clock.system().wallMillis() / 1000);
    }

    private static Verification heard(byte[] header, byte[] mail) {
        SystemResolver dns = new SystemResolver(Path.of("/etc/resolv.conf"), 53, Clock.system());
        Verification out =
                Verification.begin(KeyLookup.inTurn(dns, Clock.system()), PATIENT, header)
                        .withArc();
        out.body(mail, header.length, mail.length - header.length);
        return out;
    }

    private static String sealed(List<SigningKey> keys, byte[] header, byte[] mail) {
        Verification heard = heard(header, mail);
        heard.end();
        ArcSealer sealer = new ArcSealer(SigningSettings.DEFAULT);
        BodyHash hash = sealer.bodyHash();
        hash.update(mail, header.length, mail.length - header.length);
        return sealer.seal(
                keys.getFirst(),
                header,
                hash.digest(),
                heard.arc(),
                "mx.sender.example; spf=pass smtp.mailfrom=ann@sender.example; arc="
                        + heard.arc().verdict().word(),
                Clock.system().wallMillis() / 1000);
    }

    private static void verify(String name, byte[] header, byte[] mail) {
        Verification heard = heard(header, mail);
        List<String> out = new ArrayList<>();
        for (DkimResult each : heard.end()) {
            out.add(
                    each.verdict().word()
                            + (each.reason().isEmpty() ? "" : " (" + each.reason() + ")"));
        }
        System.out.println(
                name
                        + "\t"
                        + String.join(", ", out)
                        + "\t"
                        + heard.arc().verdict().word()
                        + " "
                        + heard.arc().reason());
    }
}
