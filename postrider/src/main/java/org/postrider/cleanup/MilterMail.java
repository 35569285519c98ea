package org.postrider.cleanup;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.cleanup.milter.MailEdits;
import org.postrider.message.Content;
import org.postrider.message.ContentAction;
import org.postrider.message.ContentWriter;
import org.postrider.message.HeaderList;
import org.postrider.queue.Dsn;
import org.postrider.queue.Queue;
import org.postrider.queue.Recipient;

/// A mail that milters change, under the settings of its cleanup. One thread.
final class MilterMail implements MailEdits.Mail {
    /// What it is changed by.
    ///
    /// @param checks milter_header_checks; null for none
    /// @param sizeLimit message_size_limit
    record Means(
            SenderStage senders,
            Expansion expansion,
            @Nullable CheckTables checks,
            Queue queue,
            long sizeLimit) {}

    private final Run run;
    private final Means means;

    /// Those there are, to add more; null where that was not asked for since one was removed.
    private Expansion.@Nullable Collector recipients;

    private boolean quarantined;

    MilterMail(Run run, Means means) {
        this.run = run;
        this.means = means;
    }

    boolean quarantined() {
        return quarantined;
    }

    @Override
    public HeaderList header() {
        return run.header();
    }

    @Override
    public Content content() {
        return run.content();
    }

    @Override
    public void content(Content other) {
        run.content(other);
    }

    @Override
    public ContentWriter writer() {
        return run.copy(means.queue().content());
    }

    @Override
    public long sizeLimit() {
        return means.sizeLimit();
    }

    @Override
    public boolean takes(long octets) {
        return run.memory.take(octets);
    }

    @Override
    public ContentAction checked(String field) {
        CheckTables checks = means.checks();
        return checks == null ? ContentAction.KEEP : checks.check(run, field);
    }

    @Override
    public Dsn dsn() {
        return run.attributes.dsn();
    }

    @Override
    public void sender(Address sender, Dsn dsn) {
        run.sender = sender.isNull() ? sender : means.senders().clean(run, sender);
        run.attributes = run.attributes.withDsn(dsn);
    }

    @Override
    public void recipient(Address recipient, int notify, String original) throws IOException {
        Expansion.Collector to = recipients;
        if (to == null) {
            to = means.expansion().collector(run, run.recipients.size());
            to.keep(run.recipients);
            recipients = to;
        }
        String last = run.lastRecipient;
        to.add(recipient, notify, original);
        run.lastRecipient = last;
        run.recipients = to.all();
    }

    /// Recipients that milter_header_checks ask for: they hear of what becomes of it.
    void copies() throws IOException {
        List<String> wanted = List.copyOf(run.bcc);
        run.bcc.clear();
        for (String each : wanted) {
            recipient(new Address(each), 0, "");
        }
    }

    @Override
    public void remove(Address recipient) {
        recipients = null;
        List<Recipient> left = new ArrayList<>(run.recipients);
        left.removeIf(r -> {
            Address given = r.original() == null ? r.address() : r.original();
            return given.text().equals(recipient.text());
        });
        run.recipients = left;
    }

    @Override
    public void quarantine() {
        quarantined = true;
    }

    @Override
    public void warn(String text) {
        run.warn(text);
    }

    @Override
    public void say(String text) {
        run.log.warning(run.tag, text);
    }
}
