package org.postrider.cleanup;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.cleanup.milter.MailEdits;
import org.postrider.message.Content;
import org.postrider.message.ContentAction;
import org.postrider.message.ContentWriter;
import org.postrider.message.HeaderList;
import org.postrider.queue.Dsn;
import org.postrider.queue.Recipient;

/// A mail that milters change, under the settings of its cleanup. One thread.
final class MilterMail implements MailEdits.Mail {
    /// What it is changed by.
    ///
    /// @param checks milter_header_checks; null for none
    /// @param contents opens where another content is written to
    /// @param sizeLimit message_size_limit
    record Means(
            SenderStage senders,
            Expansion expansion,
            @Nullable CheckTables checks,
            Supplier<ContentWriter> contents,
            long sizeLimit) {}

    private final Run run;
    private final Means means;

    /// Those there are, to add more; null where that was not asked for since one was removed.
    private Expansion.@Nullable Collector recipients;

    /// Those who are to be taken away, as they were given.
    private final Set<String> removed = new HashSet<>();

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
        return run.copy(means.contents().get());
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
        takeAway();
        Expansion.Collector to = recipients;
        if (to == null) {
            to = means.expansion().collector(run, Expansion.memory(run.recipients));
            to.keep(run.recipients);
            recipients = to;
        }
        to.add(recipient, notify, original);
    }

    /// All that was asked for is done: recipients that milter_header_checks ask for are added, who
    /// hear of what becomes of it.
    void finish() throws IOException {
        List<String> wanted = List.copyOf(run.bcc);
        run.bcc.clear();
        for (String each : wanted) {
            recipient(new Address(each), 0, "");
        }
        takeAway();
        settle();
    }

    @Override
    public void remove(Address recipient) {
        settle();
        removed.add(recipient.text());
    }

    /// Those who were added are there.
    private void settle() {
        Expansion.Collector to = recipients;
        recipients = null;
        if (to != null) {
            to.done();
        }
    }

    /// Those who were removed are not there: many at a time, as each look goes through all.
    private void takeAway() throws IOException {
        if (removed.isEmpty()) {
            return;
        }
        Recipient.Writer left = run.writer(run.memory::take);
        for (Recipient r : run.recipients) {
            Address given = r.original() == null ? r.address() : r.original();
            if (!removed.contains(given.text())) {
                left.add(r);
            }
        }
        removed.clear();
        run.become(left);
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
