package org.postrider.command.queue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.command.CommandException;
import org.postrider.command.Messages;
import org.postrider.command.OctetOut;
import org.postrider.command.Options;
import org.postrider.command.Terminal;
import org.postrider.command.ToolConfig;
import org.postrider.command.submit.Submitter;
import org.postrider.config.Reason;
import org.postrider.config.ServiceSettings;
import org.postrider.log.TraceLog;
import org.postrider.maps.Fold;
import org.postrider.master.MasterParams;

/// `posttrace [-jr] id…` and `posttrace [-n count] address|<message-id>`: the whole story of a
/// message, from its arrival to each recipient's last reply, also after it is gone, and which
/// messages an address had to do with. For the superuser and mail_owner.
public final class Posttrace {
    private static final String USAGE =
            "usage: posttrace [-c config_dir] [-jr] queue_id... | posttrace [-c config_dir] [-n"
                    + " count] user@domain|<message-id>...";

    /// Stories that `-r` tells.
    private static final int MOST_RELATED = 100;

    private static final int MOST_LISTED = 1_000_000;

    private final Terminal terminal;
    private final Messages say;
    private final OctetOut out;
    private @Nullable String configDirectory;
    private boolean json;
    private boolean related;
    private int most = 20;

    public Posttrace(Terminal terminal) {
        this.terminal = terminal;
        say = new Messages("posttrace", terminal.err());
        out = new OctetOut(terminal.out());
    }

    /// @return the exit status: 0, or 1 where there is no trace of one, or it cannot be read
    public int run(String[] args) {
        Options options = new Options("posttrace", "c:jn:rv", args, terminal.err());
        try {
            for (char c = options.next(); c != 0; c = options.next()) {
                switch (c) {
                    case 'c' -> configDirectory = options.argument();
                    case 'j' -> json = true;
                    case 'n' -> most = count(options.argument());
                    case 'r' -> related = true;
                    case 'v' -> {}
                    default -> throw new CommandException(1, USAGE);
                }
            }
            String[] wanted = options.rest();
            if (wanted.length == 0) {
                throw new CommandException(1, USAGE);
            }
            return all(wanted);
        } catch (CommandException e) {
            say.fatal(String.valueOf(e.getMessage()));
            return e.status();
        } catch (UncheckedIOException e) {
            say.fatal(Reason.of(e));
            return 1;
        } catch (IOException e) {
            say.fatal(Reason.of(e));
            return 1;
        }
    }

    private static int count(String text) {
        try {
            int n = Integer.parseInt(text);
            if (n > 0 && n <= MOST_LISTED) {
                return n;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new CommandException(1, "a number of messages is expected, not \"" + text + "\"");
    }

    private int all(String[] wanted) throws IOException {
        ServiceSettings settings =
                ToolConfig.settings(
                        "posttrace", 1, ToolConfig.directory(configDirectory, terminal), terminal);
        Submitter user = Submitter.own();
        if (!user.superuser() && !user.name().equals(ToolConfig.text(settings, "mail_owner", 1))) {
            throw new CommandException(1, "use of this command is reserved for the superuser");
        }
        Path data = Path.of(ToolConfig.text(settings, "data_directory", 1));
        boolean found = true;
        try (QueueAccess queue =
                new QueueAccess(settings, ToolConfig.queueDirectory(settings, 1), say)) {
            for (String each : wanted) {
                boolean address = each.indexOf('@') >= 0 || each.startsWith("<");
                if (!address && !PostfixIds.valid(each)) {
                    throw new CommandException(1, "invalid mail queue id: " + each);
                }
                boolean here =
                        address ? listed(each, data) : told(each, data, queue, new HashSet<>());
                if (!here) {
                    say.warning(each + ": " + nothing(settings));
                }
                found &= here;
            }
        } finally {
            out.flush();
        }
        return found ? 0 : 1;
    }

    private static String nothing(ServiceSettings settings) {
        long limit = settings.get(MasterParams.TRACE_SIZE_LIMIT);
        return limit == 0
                ? "no trace of it: none is kept (postrider_trace_size_limit = 0)"
                : "no trace of it (what is older than "
                        + settings.get(MasterParams.TRACE_LIFETIME).toHours()
                        + " hours, or than the last "
                        + limit
                        + " octets, is not kept)";
    }

    /// A message and, where that is asked for, those that have to do with it.
    private boolean told(String id, Path data, QueueAccess queue, Set<String> seen)
            throws IOException {
        Deque<String> left = new ArrayDeque<>(List.of(id));
        boolean found = false;
        while (!left.isEmpty() && seen.size() < MOST_RELATED) {
            String next = left.removeFirst();
            if (!seen.add(next)) {
                continue;
            }
            if (!json && seen.size() > 1) {
                out.octet('\n');
            }
            Story story = new Story(next, this::line);
            if (!json) {
                out.text(next).text(":\n");
            }
            TraceLog.find(data, next, story.lines());
            List<String> now = new ArrayList<>();
            boolean queued = queue.why(next, now::add);
            if (json) {
                summary(story, now);
            } else {
                end(story, now);
            }
            found |= (story.any() || queued) && next.equals(id);
            if (related) {
                left.addAll(story.linked().keySet());
            }
        }
        return found;
    }

    private void line(String kept, String words) {
        try {
            if (json) {
                out.text(kept).octet('\n');
            } else {
                out.text("  ").text(harmless(words)).octet('\n');
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void end(Story story, List<String> now) throws IOException {
        for (Map.Entry<String, Story.Last> each : story.recipients().entrySet()) {
            Story.Last last = each.getValue();
            out.text("  ").text(harmless(each.getKey())).text(": ").text(last.status());
            out.text(" " + last.dsn() + " ");
            out.text(last.attempts() == 1 ? "at " : "after " + last.attempts() + " attempts, at ");
            out.text(last.time()).text(": ").text(harmless(last.reply())).octet('\n');
        }
        for (Map.Entry<String, String> each : story.linked().entrySet()) {
            out.text("  see ").text(each.getKey()).text(": ");
            out.text(harmless(each.getValue())).octet('\n');
        }
        if (!now.isEmpty()) {
            out.text("  now: ").text(harmless(state(now))).octet('\n');
        } else if (story.any()) {
            out.text(
                    story.removed()
                            ? "  now: gone\n"
                            : "  now: not in the queue, and no line says why: a part of its story"
                                    + " is not kept\n");
        }
    }

    private static String state(List<String> now) {
        Map<String, String> facts = facts(now);
        String queue = facts.getOrDefault("queue", "");
        String due = facts.getOrDefault("due", "0");
        int owed = 0;
        for (String each : now) {
            owed += each.startsWith("recipient\t") ? 1 : 0;
        }
        return "in the queue "
                + queue
                + ", owed to "
                + (owed + Integer.parseInt(facts.getOrDefault("more", "0")))
                + (queue.equals("deferred") ? ", next attempt " + at(due) : "")
                + (facts.containsKey("expires") ? ", returned at its next attempt" : "");
    }

    private static String at(String millis) {
        return Story.when(
                Map.of("time", java.time.Instant.ofEpochMilli(Long.parseLong(millis)).toString()));
    }

    private static Map<String, String> facts(List<String> now) {
        Map<String, String> out = new LinkedHashMap<>();
        for (String each : now) {
            int tab = each.indexOf('\t');
            if (tab > 0) {
                out.putIfAbsent(each.substring(0, tab), each.substring(tab + 1));
            }
        }
        return out;
    }

    private void summary(Story story, List<String> now) throws IOException {
        out.text("{\"event\":\"story\",\"queue_id\":").json(story.id());
        out.text(",\"sender\":").json(story.sender());
        out.text(",\"size\":").text(story.size().isEmpty() ? "0" : story.size());
        out.text(",\"recipients\":[");
        String before = "";
        for (Map.Entry<String, Story.Last> each : story.recipients().entrySet()) {
            Story.Last last = each.getValue();
            out.text(before).text("{\"address\":").json(each.getKey());
            out.text(",\"status\":").json(last.status()).text(",\"dsn\":").json(last.dsn());
            out.text(",\"relay\":").json(last.relay()).text(",\"reply\":").json(last.reply());
            out.text(",\"attempts\":" + last.attempts() + "}");
            before = ",";
        }
        out.text("],\"linked\":[");
        before = "";
        for (Map.Entry<String, String> each : story.linked().entrySet()) {
            out.text(before).text("{\"queue_id\":").json(each.getKey());
            out.text(",\"how\":").json(each.getValue()).octet('}');
            before = ",";
        }
        Map<String, String> facts = facts(now);
        out.text("],\"queue\":").json(facts.getOrDefault("queue", ""));
        out.text(",\"due\":").text(facts.getOrDefault("due", "0")).text("}\n");
    }

    /// The latest messages that an address, or a Message-ID, stands in.
    private boolean listed(String wanted, Path data) throws IOException {
        Map<String, String> found =
                new LinkedHashMap<>() {
                    private static final long serialVersionUID = 1;

                    @Override
                    protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
                        return size() > most;
                    }
                };
        String shown = wanted.startsWith("<") ? wanted : wanted.substring(wanted.indexOf('@') + 1);
        TraceLog.find(
                data,
                shown,
                line -> {
                    Map<String, String> of = TraceLine.fields(line);
                    String id = of == null ? null : of.get("queue_id");
                    String how = of == null ? null : role(of, wanted);
                    if (of != null && id != null && how != null) {
                        found.remove(id);
                        found.put(id, Story.when(of) + "  " + id + "  " + how);
                    }
                });
        for (String each : found.values()) {
            out.text(harmless(each)).octet('\n');
        }
        return !found.isEmpty();
    }

    /// What a line has to do with it; null for nothing.
    private static @Nullable String role(Map<String, String> of, String wanted) {
        String recipient = of.getOrDefault("recipient", "");
        if (Fold.same(recipient, wanted)
                || Fold.same(of.getOrDefault("original_recipient", ""), wanted)) {
            return "to=<" + recipient + "> " + of.getOrDefault("status", "");
        }
        if (Fold.same(of.getOrDefault("sender", ""), wanted)) {
            return "from=<" + wanted + ">";
        }
        return of.getOrDefault("message_id", "").equals(wanted) ? "message-id=" + wanted : null;
    }

    /// What strangers wrote does not speak to the terminal.
    private static String harmless(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            out.append(c < ' ' || c == 127 ? '?' : c);
        }
        return out.toString();
    }
}
