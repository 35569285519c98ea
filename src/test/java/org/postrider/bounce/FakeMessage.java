package org.postrider.bounce;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.message.Content;
import org.postrider.message.MemoryContent;
import org.postrider.queue.Attributes;
import org.postrider.queue.Envelope;
import org.postrider.queue.Mark;
import org.postrider.queue.QueueId;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.Recipient;

/// A queued message that is only a value.
public record FakeMessage(QueueId id, Envelope envelope, Content content) implements QueuedMessage {
    public static FakeMessage of(QueueId id, String sender, Recipient... recipients) {
        return new FakeMessage(
                id,
                new Envelope(
                        new Address(sender),
                        List.of(recipients),
                        1_795_219_552_000L,
                        Attributes.NONE),
                content("From: a@b.example\r\nSubject: test\r\n", "\r\nhello\r\nworld\r\n"));
    }

    static Content content(String header, String body) {
        return MemoryContent.of(
                header.getBytes(StandardCharsets.ISO_8859_1),
                body.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Override
    public boolean done(int recipient) {
        return false;
    }

    @Override
    public Mark.@Nullable Reason reason(int recipient) {
        return null;
    }

    @Override
    public long size() {
        return content.facts().size();
    }

    @Override
    public boolean held() {
        return false;
    }

    @Override
    public boolean forcedToExpire() {
        return false;
    }

    @Override
    public boolean delayWarned() {
        return false;
    }
}
