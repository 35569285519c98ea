package org.postrider.smtpd;

import org.postrider.cleanup.CleanupService;
import org.postrider.message.ContentWriter;
import org.postrider.queue.QueueId;

/// For sessions that do not come as far as a mail.
final class NoMail implements CleanupService {
    @Override
    public QueueId newId() {
        throw new UnsupportedOperationException();
    }

    @Override
    public ContentWriter content() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Prepared prepare(Submission submission) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Result submit(Submission submission) {
        throw new UnsupportedOperationException();
    }
}
