package org.postrider.pickup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.cleanup.CleanupParams;
import org.postrider.cleanup.CleanupService;
import org.postrider.cleanup.CleanupService.Option;
import org.postrider.config.ConfigParams;
import org.postrider.config.Reason;
import org.postrider.config.Settings;
import org.postrider.disk.Disk;
import org.postrider.disk.ForeignFile;
import org.postrider.log.LogTag;
import org.postrider.log.MailEvent;
import org.postrider.log.MailLog;
import org.postrider.log.QueueEvent;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;
import org.postrider.maps.UserList;
import org.postrider.memory.Budget;
import org.postrider.message.Content;
import org.postrider.message.ContentReceiver;
import org.postrider.message.ContentWriter;
import org.postrider.message.MailDate;
import org.postrider.queue.Attributes;
import org.postrider.queue.Dsn;
import org.postrider.queue.Encoding;
import org.postrider.queue.Envelope;
import org.postrider.queue.Origin;
import org.postrider.queue.QueueException;
import org.postrider.queue.QueueId;
import org.postrider.queue.Recipient;
import org.postrider.queue.Routing;
import org.postrider.threads.Family;
import org.postrider.threads.Supervisor;
import org.postrider.threads.Work;
import org.postrider.time.Clock;
import org.postrider.wire.NotifyClass;

/// Takes what local users left in maildrop. One thread at a time.
public final class Pickup {
    private static final Work WORK =
            Work.of("submission", "takes one file of maildrop, on pickup's thread")
                    .onPlatform()
                    .failing("the file is tried again");

    private static final long UNFINISHED_MILLIS = 24 * 3600 * 1000L;
    private static final int BUFFER = 1 << 16;

    private final Disk disk;
    private final Path maildrop;
    private final Path corrupt;
    private final CleanupService cleanup;
    private final MailLog log;
    private final LogTag tag;
    private final Clock clock;
    private final String received;
    private final long sizeLimit;
    private final String contentFilter;
    private final Set<Option> options = EnumSet.of(Option.LOCAL_REWRITE);

    private final UserList submitters;
    private final LoginSenders senders;
    private final Family files;

    /// What it stands on.
    ///
    /// @param tag `postfix/pickup`
    public record Means(Disk disk, MailLog log, LogTag tag, Supervisor threads, Clock clock) {}

    /// @param cleanup the service of cleanup_service_name
    public Pickup(Settings settings, Tables tables, CleanupService cleanup, Means means) {
        files = means.threads().family(WORK);
        disk = means.disk();
        log = means.log();
        tag = means.tag();
        clock = means.clock();
        this.cleanup = cleanup;
        Path queue = Path.of(settings.get(PickupParams.QUEUE_DIRECTORY));
        maildrop = queue.resolve("maildrop");
        corrupt = queue.resolve("corrupt");
        received =
                "Received: by "
                        + settings.get(ConfigParams.MYHOSTNAME)
                        + " ("
                        + settings.get(PickupParams.MAIL_NAME)
                        + ", from userid ";
        submitters =
                new UserList(
                        PickupParams.AUTHORIZED_SUBMIT_USERS.name(),
                        settings.get(PickupParams.AUTHORIZED_SUBMIT_USERS),
                        tables);
        senders = new LoginSenders(settings, tables);
        sizeLimit = settings.get(CleanupParams.MESSAGE_SIZE_LIMIT);
        contentFilter = settings.get(CleanupParams.CONTENT_FILTER);
        options.addAll(Option.received(settings.get(CleanupParams.RECEIVE_OVERRIDE_OPTIONS)));
    }

    /// One look at every file.
    public void scan() {
        scan(() -> true);
    }

    /// One look at every file. A bug met in one costs that file a look: the others are taken.
    ///
    /// @param goesOn asked before each file; false ends the look
    public void scan(BooleanSupplier goesOn) {
        List<String> names;
        try {
            names = disk.list(maildrop);
        } catch (IOException e) {
            log.warning(tag, "scan maildrop: " + Reason.of(e));
            return;
        }
        AtomicBoolean further = new AtomicBoolean(true);
        for (String name : names) {
            if (!further.get() || !goesOn.getAsBoolean()) {
                return;
            }
            files.guarded(() -> further.set(one(name)));
        }
    }

    private boolean named() {
        return !submitters.anyone() || !senders.anything();
    }

    /// @return false if looking further makes no sense now
    private boolean one(String name) {
        Path path = maildrop.resolve(name);
        try (ForeignFile found = ForeignFile.open(disk, path, named())) {
            if (found.links() != 1) {
                // Anyone may have made the other names, and could put the file back under one of
                // them to have it sent again: it waits until they are gone.
                log.warning(
                        tag,
                        "open input file maildrop/"
                                + name
                                + ": file has "
                                + found.links()
                                + " hard links -- it is not taken before it has one");
                return true;
            }
            if (found.owner() != null && !submitters.has(UserList.name(found.owner()))) {
                aside(path, name, notAllowed(found));
                return true;
            }
            Submitted file = MaildropFile.of(found);
            if (file != null) {
                submit(file, path, found);
            } else if (clock.wallMillis() - found.modifiedMillis() > UNFINISHED_MILLIS) {
                aside(path, name, "unfinished for a day");
            }
        } catch (ForeignFile.NotRegularException e) {
            aside(path, name, String.valueOf(e.getMessage()));
        } catch (NoSuchFileException e) {
            // gone in between
        } catch (MaildropFile.BadFileException e) {
            aside(path, name, String.valueOf(e.getMessage()));
        } catch (TableException e) {
            log.warning(tag, "maildrop/" + name + ": " + e.getMessage() + ", will try again");
        } catch (IOException e) {
            log.warning(tag, "maildrop/" + name + ": " + Reason.of(e));
        } catch (QueueException e) {
            log.warning(tag, "maildrop/" + name + ": " + e.getMessage());
            return e.kind() == QueueException.Kind.FAULT;
        }
        return true;
    }

    /// What sendmail said, too, unless it was passed by.
    private static String notAllowed(ForeignFile found) {
        String user = found.owner() == null ? "unknown" : UserList.name(found.owner());
        return "User " + user + "(" + found.uid() + ") is not allowed to submit mail";
    }

    private void aside(Path path, String name, String why) {
        log.event(tag, new QueueEvent.SetAside("maildrop/" + name, why));
        try {
            disk.makeDirectory(corrupt);
            disk.rename(path, corrupt.resolve("maildrop-" + name));
        } catch (IOException e) {
            log.warning(tag, "maildrop/" + name + ": cannot be set aside: " + Reason.of(e));
        }
    }

    /// What the head of a file says.
    private static final class Head {
        private String sender = "";
        private final Recipient.Writer recipients;
        private Origin origin = Origin.LOCAL;
        private Dsn dsn = Dsn.NONE;
        private Routing routing = Routing.PLAIN;
        private @Nullable Encoding encoding;
        private int notify;

        /// `sendmail -G`: mail of others.
        private boolean remote;

        /// Of the next recipient (RFC 3461 4.2), `rfc822;…`.
        private @Nullable String original;

        Head(Recipient.Writer recipients) {
            this.recipients = recipients;
        }

        Envelope envelope(long now) {
            return new Envelope(
                    new Address(sender),
                    recipients.all(),
                    now,
                    new Attributes(
                            remote ? origin.ofOthers() : origin,
                            null,
                            dsn,
                            routing,
                            encoding,
                            List.of()));
        }
    }

    private void submit(Submitted file, Path path, ForeignFile found) throws IOException {
        try (Budget.Share memory = cleanup.receiving();
                Recipient.Writer recipients = cleanup.recipients(memory)) {
            Head head = head(file, recipients);
            String refused = senders.refusal(login(found), found.uid(), head.sender);
            if (refused != null) {
                throw new MaildropFile.BadFileException(
                        head.sender + "(" + found.uid() + "): " + refused);
            }
            submit(head, file, path, found.uid());
        }
    }

    private static @Nullable String login(ForeignFile found) {
        String name = found.owner() == null ? "unknown" : UserList.name(found.owner());
        return name.equals("unknown") ? null : name;
    }

    private void submit(Head head, Submitted file, Path path, int uid) throws IOException {
        long now = clock.wallMillis();
        QueueId id = cleanup.newId();
        if (!contentFilter.isEmpty()) {
            head.routing = head.routing.withContentFilter(contentFilter);
        }
        try (ContentWriter writer = cleanup.content()) {
            ContentReceiver receiver = new ContentReceiver(writer, false, false, sizeLimit);
            receiver.prepend(
                    (received + uid + ")\r\n\tid " + id + "; " + MailDate.of(now) + "\r\n")
                            .getBytes(StandardCharsets.ISO_8859_1));
            copy(file, receiver);
            boolean tooLarge = receiver.tooLarge();
            Content content = writer.finish(receiver.finish());
            log.event(tag, new MailEvent.Pickup(id.text(), uid, head.sender));
            CleanupService.Result result =
                    tooLarge
                            ? new CleanupService.Result.Rejected(
                                    552,
                                    new org.postrider.dsn.Status(5, 3, 4),
                                    "message file too big",
                                    NotifyClass.BOUNCE)
                            : cleanup.submit(
                                    submission(head, id, now, content, wanted(head, options)));
            if (!settled(head, id, now, content, result)) {
                return;
            }
        }
        disk.delete(path);
    }

    private static Set<Option> wanted(Head head, Set<Option> options) {
        if (!head.remote) {
            return options;
        }
        Set<Option> out = EnumSet.copyOf(options);
        out.remove(Option.LOCAL_REWRITE);
        // What a gateway brings (sendmail -G) somebody else wrote.
        out.remove(Option.SIGN);
        return out;
    }

    private static CleanupService.Submission submission(
            Head head, QueueId id, long now, Content content, Set<Option> options) {
        return new CleanupService.Submission(id, head.envelope(now), content, options);
    }

    /// What is refused for good goes back to the sender by way of the error transport.
    ///
    /// @return the file is no longer needed
    private boolean settled(
            Head head, QueueId id, long now, Content content, CleanupService.Result result) {
        return switch (result) {
            case CleanupService.Result.Queued _, CleanupService.Result.Discarded _ -> true;
            case CleanupService.Result.Rejected r when r.code() < 500 -> {
                log.warning(tag, id + ": " + r.status() + " " + r.text() + ", will try again");
                yield false;
            }
            case CleanupService.Result.Rejected r -> {
                if (head.recipients.size() == 0) {
                    log.warning(tag, id + ": no recipients, message dropped");
                    yield true;
                }
                String text = r.text().startsWith("Error: ") ? r.text().substring(7) : r.text();
                head.routing = head.routing.withContentFilter("error:" + r.status() + " " + text);
                // As in Postfix, whatever he asked for: he has the rest.
                head.dsn = new Dsn(Dsn.Return.HDRS, head.dsn.envelopeId(), head.dsn.report());
                CleanupService.Result second =
                        cleanup.submit(
                                submission(
                                        head,
                                        id,
                                        now,
                                        content,
                                        wanted(
                                                head,
                                                EnumSet.of(
                                                        Option.INTERNAL, Option.LOCAL_REWRITE))));
                yield !(second instanceof CleanupService.Result.Rejected);
            }
        };
    }

    private static Head head(Submitted file, Recipient.Writer recipients) throws IOException {
        Head head = new Head(recipients);
        for (String line = file.line(); line != null; line = file.line()) {
            if (line.indexOf('\r') >= 0 || line.indexOf('\0') >= 0) {
                throw new MaildropFile.BadFileException("line end or NUL in the envelope");
            }
            int space = line.indexOf(' ');
            String name = space < 0 ? line : line.substring(0, space);
            String value = space < 0 ? "" : line.substring(space + 1);
            switch (name) {
                case "sender" -> head.sender = value;
                case "recipient" -> recipient(head, value);
                case "notify" -> head.notify = notify(value);
                case "original_recipient" -> head.original = value;
                case "fullname" -> head.origin = head.origin.withFullName(value);
                case "report" -> head.dsn = head.dsn.withReport(report(value));
                case "rewrite_context" -> head.remote = value.equals("remote");
                case "smtputf8" -> head.routing = head.routing.withSmtputf8();
                case "requiretls" -> head.routing = head.routing.withRequireTls();
                case "encoding", "envelope_id", "ret_flags", "verp_delims" ->
                        attribute(head, name, value);
                default -> {
                    // from another version: not needed for delivery
                }
            }
        }
        return head;
    }

    private static Dsn.Report report(String value) throws IOException {
        return switch (value) {
            case "verify" -> Dsn.Report.VERIFY;
            case "delivery" -> Dsn.Report.DELIVERY;
            default -> throw new MaildropFile.BadFileException("bad report");
        };
    }

    /// A value of the submitter's. What is none is not taken: it would stand in a command to the
    /// next hop.
    private static void attribute(Head head, String name, String value) throws IOException {
        boolean good =
                switch (name) {
                    case "ret_flags" -> value.equals("1") || value.equals("2");
                    case "encoding" -> value.equals("7bit") || value.equals("8bit");
                    case "verp_delims" -> value.length() == 2 && printable(value);
                    default -> printable(value);
                };
        if (!good) {
            throw new MaildropFile.BadFileException("bad " + name);
        }
        switch (name) {
            case "ret_flags" ->
                    head.dsn =
                            new Dsn(
                                    value.equals("1") ? Dsn.Return.FULL : Dsn.Return.HDRS,
                                    head.dsn.envelopeId(),
                                    head.dsn.report());
            case "encoding" ->
                    head.encoding = value.equals("7bit") ? Encoding.SEVEN_BIT : Encoding.EIGHT_BIT;
            case "verp_delims" -> head.routing = head.routing.withVerp(value);
            default -> head.dsn = new Dsn(head.dsn.returned(), value, head.dsn.report());
        }
    }

    private static boolean printable(String value) {
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) < ' ' || value.charAt(i) > 126) {
                return false;
            }
        }
        return true;
    }

    private static void recipient(Head head, String value) throws IOException {
        if (!value.isEmpty()) {
            Recipient r = new Recipient(new Address(value), null, head.notify, head.original);
            head.original = null;
            head.recipients.add(r);
        }
    }

    private static int notify(String value) throws IOException {
        int n = value.length() == 1 ? Character.digit(value.charAt(0), 16) : -1;
        if (n < 0) {
            throw new MaildropFile.BadFileException("bad notify");
        }
        return n;
    }

    private static void copy(Submitted file, ContentReceiver receiver) throws IOException {
        byte[] buffer = new byte[BUFFER];
        int filled = 0;
        // A file with a hole has any size and costs its user nothing: beyond the limit it is not
        // read.
        for (int n = file.content(buffer, 0, BUFFER);
                n >= 0 && !receiver.tooLarge();
                n = file.content(buffer, filled, BUFFER - filled)) {
            filled += n;
            int taken = receiver.lines(buffer, 0, filled);
            if (taken == 0 && filled == BUFFER) {
                receiver.part(buffer, 0, filled);
                taken = filled;
            }
            System.arraycopy(buffer, taken, buffer, 0, filled - taken);
            filled -= taken;
        }
        if (filled > 0) {
            receiver.part(buffer, 0, filled);
        }
    }
}
