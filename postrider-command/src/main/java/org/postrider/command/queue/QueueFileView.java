package org.postrider.command.queue;

import java.io.EOFException;
import java.io.IOException;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.postrider.command.CommandException;
import org.postrider.command.Messages;
import org.postrider.command.OctetOut;
import org.postrider.time.Clock;

/// Shows one of Postfix's queue files, record by record (postcat(1)).
final class QueueFileView {
    /// What is shown, and how.
    ///
    /// @param columns what stands before each record
    /// @param asWritten pointers are not followed
    /// @param from where to begin
    record Wanted(Parts parts, Columns columns, boolean verbose, boolean asWritten, long from) {}

    /// @param named the file's name
    /// @param offsets where it lies in the file
    /// @param types its type as a number
    record Columns(boolean named, boolean offsets, boolean types) {}

    record Parts(boolean envelope, boolean header, boolean body) {}

    private static final int MARK = 'M';
    private static final int EXTRACTED = 'X';
    private static final int END = 'E';
    private static final int POINTER = 'p';
    private static final int LINE = 'N';
    private static final int PART = 'L';

    /// Records that stand behind others: a file that begins with one is none of the queue.
    private static final String NEVER_FIRST = "ENPXefprw";

    /// Records of the envelope; of the content, the parts of a line have no name of their own.
    private static final Map<Integer, String> NAMES =
            Map.ofEntries(
                    Map.entry((int) 'C', "message_size"),
                    Map.entry((int) 'T', "message_arrival_time"),
                    Map.entry((int) 'c', "queue_file_create_time"),
                    Map.entry((int) 'A', "named_attribute"),
                    Map.entry((int) 'F', "sender_fullname"),
                    Map.entry((int) 'I', "content_inspector"),
                    Map.entry((int) 'S', "sender"),
                    Map.entry((int) 'D', "done_recipient"),
                    Map.entry((int) 'R', "recipient"),
                    Map.entry((int) 'O', "original_recipient"),
                    Map.entry((int) '/', "canceled_recipient"),
                    Map.entry((int) 'V', "verp_delimiters"),
                    Map.entry((int) 'W', "warning_message_time"),
                    Map.entry((int) '>', "redirect_to"),
                    Map.entry((int) '<', "dsn_return_flags"),
                    Map.entry((int) 'i', "dsn_envelope_id"),
                    Map.entry((int) 'n', "dsn_notify_flags"),
                    Map.entry((int) 'o', "dsn_original_recipient"),
                    Map.entry((int) 'e', "errors_to"),
                    Map.entry((int) 'f', "flags"),
                    Map.entry((int) 'r', "return_receipt"),
                    Map.entry((int) 'P', "priority"),
                    Map.entry((int) 'K', "killed_record"),
                    Map.entry((int) 'w', "padding"),
                    Map.entry(POINTER, "pointer_record"),
                    Map.entry(LINE, "regular_text"),
                    Map.entry(PART, "content_filter"),
                    Map.entry(MARK, "message_content"),
                    Map.entry(EXTRACTED, "extracted_info"),
                    Map.entry(END, "message_end"));

    private static final Pattern FIELD =
            Pattern.compile("[^\\x00-\\x20:\\x7f]+[ \\t]*:.*", Pattern.DOTALL);
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss uuuu", Locale.ROOT);

    /// The end of the year 9999.
    private static final long LATEST = 253_402_300_799L;

    /// More than any file that Postfix writes has.
    private static final int POINTERS = 1 << 20;

    private final String name;
    private final Wanted wanted;
    private final OctetOut out;
    private final Messages say;
    private boolean inContent;
    private boolean bodyBegun;
    private boolean headerEnded;
    private boolean withinLine;

    /// @param name of the file, for who sees it
    QueueFileView(String name, Wanted wanted, OctetOut out, Messages say) {
        this.name = name;
        this.wanted = wanted;
        this.out = out;
        this.say = say;
    }

    /// @throws CommandException where a record cannot be read
    void show(FileRecords records) throws IOException {
        try {
            if (wanted.from() > 0) {
                records.skip(wanted.from());
            }
            walk(records);
        } catch (EOFException e) {
            out.flush();
            say.warning(name + ": " + e.getMessage());
            throw new CommandException(1, "record read error");
        } finally {
            out.flush();
        }
    }

    private void walk(FileRecords records) throws IOException {
        boolean envelope = wanted.parts().envelope();
        if (wanted.from() == 0) {
            int type = records.peek();
            if (type < 0) {
                return;
            }
            if (!NAMES.containsKey(type) || NEVER_FIRST.indexOf(type) >= 0) {
                say.warning(name + ": input is not a valid queue file");
                return;
            }
        }
        int pointers = 0;
        for (FileRecords.One one = records.next(); one != null; one = records.next()) {
            if (envelope && one.start() == 0) {
                out.text("*** ENVELOPE RECORDS " + name + " ***\n");
            }
            if (one.start() == 0 && one.type() == 'C' && sizes(one, records)) {
                continue;
            }
            if (one.type() == POINTER) {
                plain(one);
                if (!wanted.asWritten() && ++pointers < POINTERS) {
                    follow(one, records);
                }
            } else if (!told(one)) {
                return;
            }
        }
    }

    /// Reads the record of sizes: of the content, and where it begins.
    ///
    /// @return whether that was gone to, as nothing before it is wanted
    private boolean sizes(FileRecords.One sizes, FileRecords records) throws IOException {
        String[] fields = sizes.text().strip().split(" +", -1);
        if (fields.length < 2 || number(fields[0]) <= 0 || number(fields[1]) <= 0) {
            say.warning("invalid size record: " + sizes.text());
            return false;
        }
        if (wanted.parts().envelope() || !records.seek(number(fields[1]))) {
            return false;
        }
        inContent = true;
        return true;
    }

    private void follow(FileRecords.One pointer, FileRecords records) throws IOException {
        long to = number(pointer.text().strip());
        if (to > 0 && !records.seek(to)) {
            throw new CommandException(1, "bad pointer record, or input is not seekable");
        }
    }

    private static long number(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /// @return false where nothing more is wanted
    private boolean told(FileRecords.One one) throws IOException {
        switch (one.type()) {
            case MARK -> {
                inContent = true;
                return marker(one, "MESSAGE CONTENTS");
            }
            case EXTRACTED -> {
                inContent = false;
                return marker(one, "HEADER EXTRACTED");
            }
            case END -> {
                marker(one, "MESSAGE FILE END");
                return false;
            }
            case LINE -> text(one);
            case PART -> {
                if (inContent) {
                    text(one);
                } else {
                    plain(one);
                }
            }
            default -> plain(one);
        }
        return true;
    }

    /// @return whether there is more to show behind it
    private boolean marker(FileRecords.One one, String what) throws IOException {
        if (wanted.parts().envelope()) {
            prefix(one).text("*** " + what + " " + name + " ***\n");
        }
        return wanted.parts().envelope() || one.type() == MARK;
    }

    /// A record whose text is shown with its name. What has a meaning only to programs is not shown
    /// without `-v`.
    private void plain(FileRecords.One one) throws IOException {
        boolean hidden = one.type() == POINTER || one.type() == 'w';
        if (hidden ? !wanted.verbose() || !shown() : !wanted.parts().envelope()) {
            return;
        }
        String text = one.text();
        String label = NAMES.getOrDefault(one.type(), "unknown_record_type");
        if (one.type() == 'A') {
            int equals = text.indexOf('=');
            if (equals <= 0) {
                out.flush();
                say.warning(
                        name
                                + ": malformed attribute: missing "
                                + (equals < 0 ? "'=' after attribute name" : "attribute name")
                                + ": "
                                + text);
                return;
            }
            if (text.startsWith("create_time=")) {
                label = "create_time";
                text = time(text.substring(equals + 1));
            }
        } else if (one.type() == 'T' || one.type() == 'W') {
            text = time(text);
        }
        prefix(one).text(label + ": ").text(text).octet('\n');
    }

    /// Whether something is shown of where the file is.
    private boolean shown() {
        return wanted.parts().envelope() || inContent && contentShown();
    }

    private boolean contentShown() {
        return wanted.parts().body() && bodyBegun || wanted.parts().header() && !headerEnded;
    }

    /// A number of seconds; 0 for what is none, as atol(3).
    private static String time(String text) {
        int end = text.startsWith("-") ? 1 : 0;
        while (end < text.length() && Character.isDigit(text.charAt(end))) {
            end++;
        }
        String digits = text.substring(0, end);
        long seconds = digits.matches("-?[0-9]{1,18}") ? number(digits) : 0;
        return TIME.format(Clock.local(Math.clamp(seconds, -LATEST, LATEST) * 1000));
    }

    /// A line of the content, or a part of one.
    private void text(FileRecords.One one) throws IOException {
        boolean field =
                FIELD.matcher(one.text()).matches()
                        || one.text().startsWith(" ")
                        || one.text().startsWith("\t");
        bodyBegun |= !field;
        headerEnded |= !field && !withinLine;
        withinLine = one.type() == PART;
        if (contentShown()) {
            String label = one.type() == LINE ? "regular_text: " : "unterminated_text: ";
            prefix(one).text(wanted.verbose() ? label : "").text(one.text());
            // A part stands in a line of its own where more is told of it than its text.
            if (one.type() == LINE || wanted.verbose() || wanted.columns().offsets()) {
                out.octet('\n');
            }
        }
    }

    private OctetOut prefix(FileRecords.One one) throws IOException {
        if (wanted.columns().named()) {
            out.text(name).text(": ");
        }
        if (wanted.columns().offsets()) {
            out.right(Long.toString(one.start()), 9).octet(' ');
        }
        if (wanted.columns().types()) {
            out.right(Integer.toString(one.type()), 3).octet(' ');
        }
        return out;
    }
}
