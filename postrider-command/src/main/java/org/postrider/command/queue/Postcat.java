package org.postrider.command.queue;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.postrider.command.CommandException;
import org.postrider.command.Messages;
import org.postrider.command.OctetOut;
import org.postrider.command.OctetPath;
import org.postrider.command.Options;
import org.postrider.command.Terminal;
import org.postrider.command.ToolConfig;
import org.postrider.config.Reason;
import org.postrider.config.ServiceSettings;
import org.postrider.disk.Reading;
import org.postrider.moving.ShownSubmission;

/// `postcat [-bdefhorv] [-s offset] [file…]` shows Postfix's queue files; `postcat -q [-bdefhov]
/// id…` shows queued messages. What Postfix keeps as records of a queue file is shown in the same
/// order; `-o` counts offsets as if they stood in one.
public final class Postcat {
    private static final String USAGE =
            "usage: postcat [-b (body text)] [-c config_dir] [-d (decimal record type)] [-e"
                    + " (envelope records)] [-h (header text)] [-q (access queue)] [-v] [file(s)...]";

    private final Terminal terminal;
    private final Messages say;
    private @Nullable String configDirectory;
    private boolean envelope;
    private boolean header;
    private boolean body;
    private boolean types;
    private boolean offsets;
    private boolean named;
    private boolean queued;
    private boolean asWritten;
    private long from;
    private boolean verbose;

    public Postcat(Terminal terminal) {
        this.terminal = terminal;
        say = new Messages("postcat", terminal.err());
    }

    public static void main(String[] args) {
        Terminal terminal = Terminal.system();
        int status = new Postcat(terminal).run(args);
        terminal.err().flush();
        System.exit(status);
    }

    /// @return the exit status: 0, or 1 at the first message that cannot be shown
    public int run(String[] args) {
        Options options = new Options("postcat", "bc:defhoqrs:v", args, terminal.err());
        try {
            for (char c = options.next(); c != 0; c = options.next()) {
                option(c, options.argument());
            }
            if (!envelope && !header && !body) {
                envelope = true;
                header = true;
                body = true;
            }
            ServiceSettings settings =
                    ToolConfig.settings(
                            "postcat",
                            1,
                            ToolConfig.directory(configDirectory, terminal),
                            terminal);
            show(options.rest(), settings);
            return 0;
        } catch (CommandException e) {
            say.fatal(String.valueOf(e.getMessage()));
            return e.status();
        } catch (IOException e) {
            say.fatal(Reason.of(e));
            return 1;
        }
    }

    private void option(char c, String argument) {
        switch (c) {
            case 'b' -> body = true;
            case 'c' -> configDirectory = argument;
            case 'd' -> types = true;
            case 'e' -> envelope = true;
            case 'f' -> named = true;
            case 'h' -> header = true;
            case 'o' -> offsets = true;
            case 'q' -> queued = true;
            case 'r' -> asWritten = true;
            case 's' -> from = offset(argument);
            case 'v' -> verbose = true;
            default -> throw new CommandException(1, USAGE);
        }
    }

    private void show(String[] names, ServiceSettings settings) throws IOException {
        if (names.length == 0) {
            view("stdin", standardInput());
        } else if (queued) {
            queued(names, settings);
        } else {
            for (String name : names) {
                view(name, opened(name));
            }
        }
    }

    /// As a file where it is one, for pointers lead back and forth.
    private static ReadableByteChannel standardInput() {
        try {
            return Reading.channel(Path.of("/dev/stdin"));
        } catch (IOException e) {
            return Channels.newChannel(System.in);
        }
    }

    private static ReadableByteChannel opened(String name) {
        try {
            Path file = OctetPath.of(name);
            return ShownSubmission.is(file) ? ShownSubmission.records(file) : Reading.channel(file);
        } catch (IOException e) {
            throw new CommandException(1, "open " + name + ": " + Reason.of(e));
        }
    }

    private void view(String name, ReadableByteChannel in) throws IOException {
        QueueFileView.Wanted wanted =
                new QueueFileView.Wanted(
                        new QueueFileView.Parts(envelope, header, body),
                        new QueueFileView.Columns(named, offsets, types),
                        verbose,
                        asWritten,
                        from);
        try (FileRecords records = new FileRecords(in)) {
            new QueueFileView(name, wanted, new OctetOut(terminal.out()), say).show(records);
        }
    }

    private static long offset(String text) {
        if (!text.matches("[0-9]{1,18}")) {
            throw new CommandException(1, "bad offset: " + text);
        }
        return Long.parseLong(text);
    }

    private void queued(String[] names, ServiceSettings settings) throws IOException {
        Path queue = ToolConfig.enteredQueue(settings, 1);
        try (QueueAccess access = new QueueAccess(settings, queue, say)) {
            for (String name : names) {
                if (!PostfixIds.valid(name)) {
                    throw new CommandException(1, "bad mail queue ID: " + name);
                }
                One one = new One(name, ToolConfig.text(settings, "hash_queue_names", 1));
                String why = shown(access, name, one);
                Path submission = queue.resolve("maildrop").resolve(name);
                if (why != null && Files.isRegularFile(submission, LinkOption.NOFOLLOW_LINKS)) {
                    view("maildrop/" + name, opened(submission.toString()));
                    continue;
                }
                if (why != null) {
                    throw new CommandException(1, "open queue file " + name + ": " + why);
                }
                one.end();
            }
        }
    }

    /// @return why it cannot be shown; null if it was
    private static @Nullable String shown(QueueAccess access, String id, One one) {
        try {
            return access.show(id, one::line) ? null : "No such file or directory";
        } catch (IOException e) {
            return Reason.of(e);
        }
    }

    /// One message on its way to the terminal.
    private final class One {
        private final String id;
        private final String hashed;
        private final OctetOut out = new OctetOut(terminal.out());
        private String path;
        private long offset;
        private boolean inContent;
        private @Nullable IOException fault;

        One(String id, String hashed) {
            this.id = id;
            this.hashed = hashed;
            path = id;
        }

        void line(String line) {
            try {
                tell(line.charAt(0), line.substring(2));
            } catch (IOException e) {
                fault = e;
            }
        }

        private void tell(char kind, String text) throws IOException {
            switch (kind) {
                case 'Q' -> begin(text);
                case 'E' -> {
                    if (envelope) {
                        prefix(type(text)).text(text).octet('\n');
                    }
                    int value = text.indexOf(": ");
                    advance(value < 0 ? text.length() : text.length() - value - 2);
                }
                case 'H', 'B' -> {
                    content();
                    if (kind == 'H' ? header : body) {
                        prefix('N').text(verbose ? "regular_text: " : "").text(text).octet('\n');
                    }
                    advance(text.length());
                }
                default -> {}
            }
        }

        private void begin(String queueName) throws IOException {
            boolean hash = (" " + hashed.replace(',', ' ') + " ").contains(" " + queueName + " ");
            path = queueName + "/" + (hash ? id.charAt(0) + "/" : "") + id;
            if (envelope) {
                out.text("*** ENVELOPE RECORDS " + path + " ***\n");
            }
        }

        private void content() throws IOException {
            if (!inContent) {
                inContent = true;
                marker('M', "MESSAGE CONTENTS");
            }
        }

        void end() throws IOException {
            if (fault != null) {
                throw fault;
            }
            content();
            marker('X', "HEADER EXTRACTED");
            marker('E', "MESSAGE FILE END");
            out.flush();
        }

        private void marker(char type, String what) throws IOException {
            if (envelope) {
                prefix(type).text("*** " + what + " " + path + " ***\n");
            }
            advance(0);
        }

        private OctetOut prefix(char type) throws IOException {
            if (named) {
                out.text(path).text(": ");
            }
            if (offsets) {
                out.right(Long.toString(offset), 9).octet(' ');
            }
            if (types) {
                out.right(Integer.toString(type), 3).octet(' ');
            }
            return out;
        }

        /// A record is its type, its length in groups of seven bits, and its text.
        private void advance(int length) {
            offset += 2 + length + (length > 127 ? 1 : 0) + (length > 16383 ? 1 : 0);
        }

        /// Postfix's record type letters.
        private static char type(String text) {
            int colon = text.indexOf(": ");
            return switch (colon < 0 ? text : text.substring(0, colon)) {
                case "message_size" -> 'C';
                case "message_arrival_time" -> 'T';
                case "sender" -> 'S';
                case "recipient" -> 'R';
                case "done_recipient" -> 'D';
                case "original_recipient" -> 'O';
                case "content_filter" -> 'L';
                case "redirect_to" -> '>';
                case "verp_delimiters" -> 'V';
                default -> 'A';
            };
        }
    }
}
