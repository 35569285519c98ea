package org.postrider.cleanup.author;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.config.Settings;
import org.postrider.dkim.ArcResult;
import org.postrider.dkim.ArcSealer;
import org.postrider.dkim.BodyHash;
import org.postrider.dkim.SigningKey;
import org.postrider.dkim.SigningKeys;
import org.postrider.dkim.SigningSettings;
import org.postrider.message.Content;
import org.postrider.rewrite.RewriteService;

/// Adds a set to the ARC chain of a stranger's mail that leaves again (RFC 8617), after all that
/// changes it: whoever gets it hears what was known of it when it came. A mail that should be
/// sealed and cannot be is not taken. Immutable but for the key that was read; any thread.
public final class Sealing {
    private final ArcSealer sealer = new ArcSealer(SigningSettings.DEFAULT);
    private final SigningKeys.Named named;
    private final KeyRing ring = new KeyRing(1);
    private final Leaving leaving;

    private Sealing(SigningKeys.Named named, RewriteService rewrite) {
        this.named = named;
        leaving = new Leaving(rewrite);
    }

    /// Null where nothing is sealed; a key that cannot be used is said at once.
    ///
    /// @param warnings gets a line of it
    /// @throws ConfigException if arc_sealing_key is not of its form
    public static @Nullable Sealing of(
            Settings settings, RewriteService rewrite, Consumer<String> warnings) {
        SigningKeys.Named named = named(settings);
        if (named == null) {
            return null;
        }
        problems(settings).forEach(warnings);
        return new Sealing(named, rewrite);
    }

    private static SigningKeys.@Nullable Named named(Settings settings) {
        List<SigningKeys.Named> all =
                SigningKeys.parse(settings.get(SigningParams.ARC_SEALING_KEY));
        if (all.size() > 1) {
            throw new ConfigException(SigningParams.ARC_SEALING_KEY.name() + ": one key is wanted");
        }
        return all.isEmpty() ? null : all.getFirst();
    }

    /// What is wrong with the key, for `postfix check`.
    static List<String> problems(Settings settings) {
        try {
            SigningKeys.Named named = named(settings);
            if (named != null) {
                new KeyRing(1).key(named);
            }
            return List.of();
        } catch (ConfigException e) {
            return List.of(
                    SigningParams.ARC_SEALING_KEY.name()
                            + ": "
                            + e.getMessage()
                            + "; mail of strangers that leaves again is not taken");
        }
    }

    /// Seals a mail.
    ///
    /// @param chain what came of its ARC chain
    /// @param results the value of Authentication-Results, unfolded
    /// @param now seconds since 1970
    /// @throws org.postrider.maps.TableException when a table of domains cannot answer
    public void pass(AuthorMail mail, ArcResult chain, String results, long now)
            throws IOException {
        if (!leaving.domains(mail)) {
            return;
        }
        SigningKey key;
        try {
            key = ring.key(named);
        } catch (ConfigException e) {
            mail.later("ARC seal: " + e.getMessage());
            return;
        }
        String fields =
                sealer.seal(key, mail.header().octets(), hash(mail.content()), chain, results, now);
        if (!fields.isEmpty()) {
            mail.header().prepend(fields.getBytes(StandardCharsets.US_ASCII));
        }
    }

    private byte[] hash(Content content) throws IOException {
        BodyHash hash = sealer.bodyHash();
        byte[] chunk = new byte[64 << 10];
        try (InputStream in = content.body()) {
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                hash.update(chunk, 0, n);
            }
        }
        return hash.digest();
    }
}
