package org.postrider.showq;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.address.Address;
import org.postrider.bounce.FakeMessage;
import org.postrider.cleanup.Desk;
import org.postrider.log.LogTag;
import org.postrider.queue.Attributes;
import org.postrider.queue.Encoding;
import org.postrider.queue.Envelope;
import org.postrider.queue.Named;
import org.postrider.queue.NewMessage;
import org.postrider.queue.QueueId;
import org.postrider.queue.Recipient;
import org.postrider.time.Clock;

/// `postsuper -r`: what is taken along into the new message.
class RequeueTest {
    @TempDir Path directory;

    @Test
    void whatANewerVersionSaidOfTheMailIsStillSaidOfIt() throws IOException {
        Attributes known = Named.of("rewrite_context", "local", "redirect_to", "x@y.example");
        Attributes newer =
                new Attributes(
                        known.origin(),
                        null,
                        known.dsn(),
                        known.routing(),
                        Encoding.EIGHT_BIT,
                        List.of(
                                new Attributes.Unknown.Tagged(77, "\u0000\u00ff"),
                                new Attributes.Unknown.Named("of_a_newer_version", "yes")));
        FakeMessage plain =
                FakeMessage.of(
                        new QueueId("ABC"),
                        "s@a.example",
                        Recipient.of(new Address("r@x.example")));
        Envelope envelope = plain.envelope().withAttributes(newer);
        FakeMessage message = new FakeMessage(plain.id(), envelope, plain.content());
        Desk desk = new Desk(directory);
        requeue(desk, message);
        NewMessage made = desk.queue.messages.getLast();
        assertEquals(newer.unknown(), made.envelope().attributes().unknown());
        assertNull(made.envelope().routing().redirectTo(), "a decision of before");
        assertEquals(Encoding.EIGHT_BIT, made.envelope().attributes().encoding());
    }

    private static void requeue(Desk desk, FakeMessage message) throws IOException {
        new CleanupRequeue(
                        desk.cleanup,
                        desk.queue,
                        desk.log,
                        new CleanupRequeue.By(
                                new LogTag("postfix/pickup", 1), "mx.own.example (Postfix", 1),
                        Clock.system(),
                        desk.settings)
                .requeue(message);
    }

    /// What a filter gave back and what an alias sent on is local, and nobody knows any more who
    /// wrote it: no From of ours gets our signature by going through the queue again.
    @Test
    void onlyMailThatWasOursToSignIsSignedAgain() throws IOException, GeneralSecurityException {
        String key =
                Base64.getMimeEncoder()
                        .encodeToString(
                                KeyPairGenerator.getInstance("Ed25519")
                                        .generateKeyPair()
                                        .getPrivate()
                                        .getEncoded());
        Path file =
                Files.createFile(
                        directory.resolve("key.pem"),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rw-------")));
        Files.writeString(
                file, "-----BEGIN PRIVATE KEY-----\n" + key + "\n-----END PRIVATE KEY-----\n");
        Desk desk = new Desk(directory, "dkim_signing_keys = b.example:s:" + file);
        FakeMessage plain =
                FakeMessage.of(
                        new QueueId("ABC"),
                        "a@b.example",
                        Recipient.of(new Address("r@x.example")));
        for (String signed : List.of("dkim_sign=yes", "", "dkim_sign=no")) {
            Attributes attributes =
                    signed.isEmpty()
                            ? Named.of("rewrite_context", "local", "sasl_username", "u")
                            : Named.of(
                                    "rewrite_context", "local", "dkim_sign", signed.substring(10));
            Envelope envelope = plain.envelope().withAttributes(attributes);
            requeue(desk, new FakeMessage(plain.id(), envelope, plain.content()));
            NewMessage made = desk.queue.messages.getLast();
            boolean has =
                    new String(made.content().header(), StandardCharsets.ISO_8859_1)
                            .startsWith("DKIM-Signature:");
            assertEquals(signed.endsWith("yes"), has, signed);
            assertEquals(has, made.envelope().origin().ours());
        }
    }
}
