package org.postrider.cleanup.author;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.address.AddressList;
import org.postrider.config.ConfigException;
import org.postrider.config.Settings;
import org.postrider.dkim.BodyHash;
import org.postrider.dkim.Canonical;
import org.postrider.dkim.Signer;
import org.postrider.dkim.SigningKey;
import org.postrider.dkim.SigningKeys;
import org.postrider.dkim.SigningSettings;
import org.postrider.maps.Fold;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;
import org.postrider.message.BodyDigest;
import org.postrider.message.Content;
import org.postrider.message.ContentWriter;
import org.postrider.message.HeaderField;
import org.postrider.message.HeaderKind;
import org.postrider.message.HeaderList;
import org.postrider.message.Headers;
import org.postrider.message.MimeState;
import org.postrider.rewrite.RewriteService;

/// Signs mail with the keys of its author's domain (DKIM, RFC 6376), after all that changes it. A
/// mail that should be signed and cannot be is not taken: it is answered 451, or waits in maildrop.
/// Immutable but for keys that were read; any thread.
public final class Signatures {
    private final Signer signer;
    private final String kind;
    private final KeyChoice choice;
    private final KeyRing ring;
    private final Leaving leaving;
    private final EveryHop everyHop;
    private final boolean inside;
    private final boolean rewritten;
    private final boolean converts;
    private final int tokenLimit;

    /// What contents may have, by settings of others.
    ///
    /// @param mime limits of parts
    /// @param tokens header_address_token_limit
    public record Limits(MimeState.Limits mime, int tokens) {}

    private Signatures(Settings settings, Tables tables, RewriteService rewrite, Limits limits) {
        SigningSettings form = form(settings);
        signer = new Signer(form);
        kind = "dkim " + form.body().word();
        choice = new KeyChoice(settings, tables);
        ring =
                new KeyRing(
                        settings.get(SigningParams.DKIM_KEY_CACHE_LIMIT)
                                + settings.get(SigningParams.DKIM_SIGNING_KEYS).size());
        leaving = new Leaving(rewrite);
        everyHop = new EveryHop(limits.mime(), lineLimit(settings));
        inside = settings.get(SigningParams.DKIM_SIGN_INSIDE);
        rewritten = rewritten(settings);
        converts = settings.get(SigningParams.DKIM_CONVERT_BEFORE_SIGNING);
        tokenLimit = limits.tokens();
    }

    /// What the settings name. Keys are read when mail needs them; [#problems] says which cannot be
    /// used.
    ///
    /// @return null where nothing is signed
    /// @throws ConfigException where a setting is not of its form
    public static @Nullable Signatures of(
            Settings settings, Tables tables, RewriteService rewrite, Limits limits) {
        if (settings.get(SigningParams.DKIM_SIGNING_KEYS).isEmpty()
                && settings.get(SigningParams.DKIM_SIGNING_MAPS).isEmpty()) {
            return null;
        }
        return new Signatures(settings, tables, rewrite, limits);
    }

    /// What is wrong with the settings and the keys of dkim_signing_keys, each with its parameter.
    public static List<String> problems(Settings settings) {
        List<String> out = new ArrayList<>(Sealing.problems(settings));
        try {
            form(settings);
            rewritten(settings);
            out.addAll(unusable(settings, new KeyRing(1)));
        } catch (ConfigException e) {
            out.add(String.valueOf(e.getMessage()));
        }
        return out;
    }

    /// What is wrong with a result of dkim_signing_maps; null for nothing.
    public static @Nullable String fault(String result) {
        if (result.equals("none")) {
            return null;
        }
        try {
            SigningKeys.load(result);
            return null;
        } catch (ConfigException e) {
            return e.getMessage() + "; mail that is signed by it is not taken";
        }
    }

    private static List<String> unusable(Settings settings, KeyRing ring) {
        List<String> out = new ArrayList<>();
        KeyChoice.named(settings)
                .values()
                .forEach(keys ->
                        keys.forEach(each -> {
                            try {
                                ring.key(each);
                            } catch (ConfigException e) {
                                out.add(
                                        SigningParams.DKIM_SIGNING_KEYS.name()
                                                + ": "
                                                + e.getMessage()
                                                + "; mail from "
                                                + each.domain()
                                                + " is not taken until it can be signed");
                            }
                        }));
        return out;
    }

    /// As the SMTP client has it, whose parameter it is.
    private static int lineLimit(Settings settings) {
        String text = String.valueOf(settings.text("smtp_line_length_limit"));
        try {
            return Math.max(0, Integer.parseInt(text));
        } catch (NumberFormatException e) {
            throw new ConfigException("smtp_line_length_limit: no number: " + text);
        }
    }

    private static boolean rewritten(Settings settings) {
        String word = settings.get(SigningParams.DKIM_SIGN_FORWARDED);
        if (!word.equals("no") && !word.equals("rewritten")) {
            throw new ConfigException(
                    SigningParams.DKIM_SIGN_FORWARDED.name()
                            + ": neither no nor rewritten: "
                            + word);
        }
        return word.equals("rewritten");
    }

    /// Mail of others is signed, too, if rules made us its author (dkim_sign_forwarded).
    public boolean rewritten() {
        return rewritten;
    }

    private static SigningSettings form(Settings settings) {
        String[] forms = settings.get(SigningParams.DKIM_CANONICALIZATION).strip().split("/", 2);
        Canonical header = Canonical.of(forms[0]);
        Canonical body = Canonical.of(forms.length < 2 ? "simple" : forms[1]);
        if (header == null || body == null) {
            throw new ConfigException(
                    SigningParams.DKIM_CANONICALIZATION.name()
                            + ": neither relaxed nor simple: "
                            + String.join("/", forms));
        }
        List<String> signed = settings.get(SigningParams.DKIM_SIGNED_HEADERS);
        List<String> more = settings.get(SigningParams.DKIM_OVERSIGNED_HEADERS);
        changing(SigningParams.DKIM_SIGNED_HEADERS.name(), signed);
        changing(SigningParams.DKIM_OVERSIGNED_HEADERS.name(), more);
        try {
            return new SigningSettings(header, body, signed, more, 0, null);
        } catch (IllegalArgumentException e) {
            String which =
                    more.stream()
                                    .anyMatch(each ->
                                            String.valueOf(e.getMessage()).endsWith(": " + each))
                            ? SigningParams.DKIM_OVERSIGNED_HEADERS.name()
                            : SigningParams.DKIM_SIGNED_HEADERS.name();
            throw new ConfigException(which + ": " + e.getMessage());
        }
    }

    /// RFC 6376 5.4.1: what every hop adds or takes away is not signed.
    private static void changing(String parameter, List<String> names) {
        for (String each : names) {
            switch (Fold.lower(each)) {
                case "received", "return-path", "dkim-signature", "authentication-results", "bcc" ->
                        throw new ConfigException(
                                parameter + ": changes on the way, and is not signed: " + each);
                default -> {
                    // stays as it is
                }
            }
        }
    }

    /// Where a content goes whose body is to be hashed as it comes.
    public ContentWriter hashed(ContentWriter to) {
        return new HashedContent(to, signer.bodyHash(), kind);
    }

    /// Signs a mail that is ours.
    ///
    /// @param writer for another content
    /// @param now seconds since 1970
    /// @throws TableException when a table cannot answer
    public void pass(AuthorMail mail, Writer writer, long now) throws IOException {
        List<SigningKey> keys;
        boolean converted;
        try {
            List<SigningKeys.Named> named = choice.of(author(mail.header()), mail.sender().text());
            if (named.isEmpty()) {
                return;
            }
            if (!inside && !leaving.domains(mail)) {
                return;
            }
            converted =
                    converts && everyHop.concerns(mail.content().facts()) && leaving.machine(mail);
            keys = named.stream().map(ring::key).toList();
        } catch (ConfigException e) {
            mail.later("DKIM signature: " + e.getMessage());
            return;
        } catch (TableException e) {
            throw mail.refused(e, SigningParams.DKIM_SIGNING_MAPS.name() + " lookup problem");
        }
        if (converted) {
            Content other = everyHop.of(mail.content(), mail.copy(hashed(writer.open())));
            if (other != null) {
                mail.content(other);
            }
        }
        byte[] hash = bodyHash(mail.content());
        withoutEarlier(mail.header(), keys);
        String fields = signer.sign(keys, mail.header().octets(), hash, now);
        mail.header().prepend(fields.getBytes(StandardCharsets.US_ASCII));
    }

    /// Opens where another content is written to.
    public interface Writer {
        ContentWriter open() throws IOException;
    }

    /// The first address of the first From; empty for none.
    private String author(HeaderList header) {
        byte[] block = header.octets();
        for (int at = 0; at < block.length; ) {
            int end = Headers.headerEnd(block, at);
            if (Headers.named(block, at, end, "from")) {
                int value = at;
                while (block[value] != ':') {
                    value++;
                }
                String text =
                        new String(block, value + 1, end - value - 1, StandardCharsets.ISO_8859_1);
                List<String> found = AddressList.parse(text, tokenLimit).addresses();
                return found.isEmpty() ? "" : found.getFirst();
            }
            at = end;
        }
        return "";
    }

    /// As it was made while the body came, if nothing changed the body since.
    private byte[] bodyHash(Content content) throws IOException {
        BodyDigest known = content.facts().digest();
        if (known != null && known.kind().equals(kind)) {
            return known.octets();
        }
        BodyHash hash = signer.bodyHash();
        byte[] all = content.inlineBody();
        if (all != null) {
            hash.update(all, 0, all.length);
            return hash.digest();
        }
        byte[] chunk = new byte[64 << 10];
        try (InputStream in = content.body()) {
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                hash.update(chunk, 0, n);
            }
        }
        return hash.digest();
    }

    // ---- signatures that the mail has

    /// A signature with one of these keys that the mail had when it came again gives way to the new
    /// one.
    private static void withoutEarlier(HeaderList header, List<SigningKey> keys) {
        HeaderList.Pass all = header.pass();
        for (HeaderField f = all.next(); f != null; f = all.next()) {
            if (f.kind() == HeaderKind.UNKNOWN && f.named("dkim-signature") && ofOne(f, keys)) {
                all.drop();
            }
        }
        all.ends();
    }

    private static boolean ofOne(HeaderField field, List<SigningKey> keys) {
        int value = field.value();
        String text =
                new String(
                        field.block(),
                        value,
                        field.textEnd(value) - value,
                        StandardCharsets.ISO_8859_1);
        String domain = "";
        String selector = "";
        for (String tag : text.split(";", -1)) {
            int equals = tag.indexOf('=');
            String name = equals < 0 ? "" : tag.substring(0, equals).strip();
            if (name.equals("d")) {
                domain = Fold.lower(tag.substring(equals + 1).strip());
            } else if (name.equals("s")) {
                selector = Fold.lower(tag.substring(equals + 1).strip());
            }
        }
        for (SigningKey each : keys) {
            if (each.domain().equals(domain) && Fold.lower(each.selector()).equals(selector)) {
                return true;
            }
        }
        return false;
    }
}
