package org.postrider.cleanup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.address.Address;
import org.postrider.cleanup.CleanupService.Option;
import org.postrider.cleanup.CleanupService.Result;
import org.postrider.dkim.BodyHash;
import org.postrider.dkim.Canonical;
import org.postrider.message.Content;
import org.postrider.message.ContentReceiver;
import org.postrider.message.ContentWriter;
import org.postrider.queue.Attributes;
import org.postrider.queue.Envelope;
import org.postrider.queue.Recipient;

/// Keys, and a cleanup service that signs with them, for the tests of a class.
abstract class SigningDesk {
    static final String HEADER =
            "From: A <a@own.example>\nTo: r@remote.example\nSubject: x\nMessage-ID: <1@x>\n";

    static final List<String> OUT = List.of("r@remote.example");

    @TempDir static Path keys;

    @TempDir Path directory;

    static KeyPair rsa;

    static KeyPair ed;

    @BeforeAll
    static void keys() throws GeneralSecurityException, IOException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        rsa = generator.generateKeyPair();
        ed = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        pem("rsa.pem", rsa, "rw-------");
        pem("ed.pem", ed, "rw-r-----");
        pem("open.pem", rsa, "rw-r--r--");
        pem("written.pem", rsa, "rw--w----");
        generator.initialize(512);
        pem("short.pem", generator.generateKeyPair(), "rw-------");
        KeyPairGenerator elliptic = KeyPairGenerator.getInstance("EC");
        pem("ec.pem", elliptic.generateKeyPair(), "rw-------");
        file("empty.pem", "", "rw-------");
        file("text.pem", "my secret", "rw-------");
        Files.createDirectory(keys.resolve("directory.pem"));
    }

    static void pem(String name, KeyPair pair, String mode) throws IOException {
        String base64 =
                Base64.getMimeEncoder(64, new byte[] {'\n'})
                        .encodeToString(pair.getPrivate().getEncoded());
        file(
                name,
                "-----BEGIN PRIVATE KEY-----\n" + base64 + "\n-----END PRIVATE KEY-----\n",
                mode);
    }

    static void file(String name, String text, String mode) throws IOException {
        Path file = keys.resolve(name);
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    static String key(String domain, String selector, String file) {
        return domain + ":" + selector + ":" + keys.resolve(file);
    }

    static String oneKey() {
        return "dkim_signing_keys = " + key("own.example", "s1", "rsa.pem");
    }

    Desk desk(String... more) {
        return new Desk(directory, more);
    }

    /// `d=/s=` of each signature, from the top.
    static List<String> signatures(Desk desk) {
        List<String> out = new ArrayList<>();
        Matcher m = Pattern.compile("(?ms)^DKIM-Signature:(.*?)\n(?![ \t])").matcher(desk.header());
        while (m.find()) {
            out.add(tag(m.group(1), "d") + "/" + tag(m.group(1), "s"));
        }
        return out;
    }

    static String tag(String field, String name) {
        Matcher m = Pattern.compile("(?s)[;\\s]" + name + "=([^;]*)").matcher(field);
        assertTrue(m.find(), field);
        return m.group(1).replaceAll("\\s", "");
    }

    /// `bh=` of the topmost signature fits the body that is in the queue.
    static void fits(Desk desk, Canonical form) {
        Content content = desk.queue.messages.getLast().content();
        byte[] body = content.inlineBody();
        assertNotNull(body);
        BodyHash hash = new BodyHash(form, BodyHash.SHA256);
        hash.update(body, 0, body.length);
        assertEquals(Base64.getEncoder().encodeToString(hash.digest()), tag(desk.header(), "bh"));
    }

    static Result submit(Desk desk, String sender, String header, String body) {
        return desk.cleanup.submit(
                new CleanupService.Submission(
                        desk.queue.newId(),
                        new Envelope(
                                new Address(sender),
                                OUT.stream().map(r -> Recipient.of(new Address(r))).toList(),
                                1_795_221_434_000L,
                                Attributes.NONE),
                        received(desk, header, body),
                        EnumSet.of(Option.SIGN, Option.MAP, Option.FILTER)));
    }

    /// As a receiver has it: its body was hashed as it came, where mail is signed.
    static Content received(Desk desk, String header, String body) {
        byte[] text = Desk.octets((header + body).replace("\n", "\r\n"));
        try (ContentWriter writer = desk.cleanup.content()) {
            ContentReceiver receiver = new ContentReceiver(writer, false, false, 0);
            int lines = receiver.lines(text, 0, text.length);
            assertEquals(text.length, lines);
            return writer.finish(receiver.finish());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Result.Rejected refused(Result result) {
        Result.Rejected refused = assertInstanceOf(Result.Rejected.class, result);
        assertEquals(
                "451 4.3.0 Error: queue file write error",
                refused.code() + " " + refused.status() + " " + refused.text());
        return refused;
    }

    static void submit(Desk desk, Content content) {
        List<Recipient> to = List.of(Recipient.of(new Address("r@remote.example")));
        Envelope envelope = new Envelope(new Address("a@s.example"), to, 1, Attributes.NONE);
        EnumSet<Option> options = EnumSet.of(Option.SIGN);
        assertInstanceOf(
                Result.Queued.class,
                desk.cleanup.submit(
                        new CleanupService.Submission(
                                desk.queue.newId(), envelope, content, options)));
    }
}
