package org.postrider.control;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.control.ControlReply.Result;
import org.postrider.control.ControlRequest.Selection;
import org.postrider.showq.Filter;
import org.postrider.showq.FilterException;
import org.postrider.showq.QueueAction;

/// The form of requests and replies on the wire. Every line ends in LF and holds octets as Latin-1;
/// within a word of a request, TAB, LF and `\` are written `\t`, `\n` and `\\`. Any thread.
public final class ControlCodec {
    /// The most octets of a request, its LF included.
    public static final int LONGEST_REQUEST = 1 << 20;

    /// The most octets of one line of a reply, its LF included. A longer one is cut.
    public static final int LONGEST_LINE = 1 << 20;

    static final String ALL = "ALL";
    static final String WHERE = "WHERE";
    static final String DRY = "dry";

    private ControlCodec() {}

    /// One line, its LF included.
    ///
    /// @throws IllegalArgumentException for [ControlRequest.Unknown], which nobody asks, and for a
    ///   request that is too long
    public static byte[] encode(ControlRequest request) {
        StringBuilder line = new StringBuilder();
        for (String word : request.words()) {
            line.append(line.isEmpty() ? "" : "\t").append(escaped(word));
        }
        byte[] octets = line.append('\n').toString().getBytes(StandardCharsets.ISO_8859_1);
        if (octets.length > LONGEST_REQUEST) {
            throw new IllegalArgumentException("a request of " + octets.length + " octets");
        }
        return octets;
    }

    /// @param line without its LF
    /// @return [ControlRequest.Unknown] for what is no request
    public static ControlRequest decode(String line) {
        List<String> words = new ArrayList<>();
        for (String word : line.split("\t", -1)) {
            words.add(plain(word));
        }
        String verb = words.getFirst();
        List<String> rest = words.subList(1, words.size());
        QueueAction action = QueueAction.of(verb);
        try {
            if (action != null) {
                return new ControlRequest.Act(action, selection(rest));
            }
            if (verb.equals("list") && rest.size() == 1) {
                return new ControlRequest.Listed(Filter.parse(rest.getFirst()));
            }
        } catch (FilterException e) {
            return new ControlRequest.Unknown(e.line());
        }
        return switch (verb) {
            case "status" -> alone(rest, new ControlRequest.Status());
            case "threads" -> alone(rest, new ControlRequest.Threads());
            case "stop" -> alone(rest, new ControlRequest.Stop());
            case "abort" -> alone(rest, new ControlRequest.Abort());
            case "reload" -> alone(rest, new ControlRequest.Reload());
            case "flush" -> alone(rest, new ControlRequest.Flush());
            case "flush-site" ->
                    rest.size() == 1 ? new ControlRequest.FlushSite(rest.getFirst()) : malformed();
            case "suspend" ->
                    rest.size() == 1 ? new ControlRequest.Suspend(rest.getFirst()) : malformed();
            case "resume" ->
                    rest.size() == 1 ? new ControlRequest.Resume(rest.getFirst()) : malformed();
            case "verify" ->
                    rest.size() == 2
                            ? new ControlRequest.Verify(rest.getFirst(), rest.getLast())
                            : malformed();
            case "screened" ->
                    rest.size() == 1 ? new ControlRequest.Screened(rest.getFirst()) : malformed();
            case "suspended" -> alone(rest, new ControlRequest.Suspended());
            case "show" ->
                    rest.size() == 1 ? new ControlRequest.Show(rest.getFirst()) : malformed();
            case "why" -> rest.size() == 1 ? new ControlRequest.Why(rest.getFirst()) : malformed();
            default -> new ControlRequest.Unknown("unknown request: " + verb);
        };
    }

    private static Selection selection(List<String> words) throws FilterException {
        if (words.size() >= 3 && words.getFirst().equals(WHERE)) {
            return new Selection.Where(
                    words.subList(3, words.size()),
                    Filter.parse(words.get(2)),
                    words.get(1).equals(DRY));
        }
        return !words.isEmpty() && words.getFirst().equals(ALL)
                ? new Selection.Queues(words.subList(1, words.size()))
                : new Selection.Ids(words);
    }

    private static ControlRequest alone(List<String> rest, ControlRequest request) {
        return rest.isEmpty() ? request : malformed();
    }

    private static ControlRequest malformed() {
        return new ControlRequest.Unknown("malformed request");
    }

    private static String escaped(String word) {
        return word.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n");
    }

    private static String plain(String word) {
        if (word.indexOf('\\') < 0) {
            return word;
        }
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            if (c != '\\' || i + 1 == word.length()) {
                out.append(c);
                continue;
            }
            char next = word.charAt(++i);
            out.append(next == 't' ? '\t' : next == 'n' ? '\n' : next);
        }
        return out.toString();
    }

    /// One line, its LF included; a text of several lines becomes several.
    public static byte[] encode(ControlReply reply) {
        String text =
                switch (reply) {
                    case ControlReply.Line line -> lines(line.text());
                    case ControlReply.End end -> "=\t" + end.result().status() + "\n";
                };
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String lines(String text) {
        StringBuilder out = new StringBuilder();
        for (String each : text.split("\n", -1)) {
            int length = Math.min(each.length(), LONGEST_LINE - 2);
            out.append('+').append(each, 0, length).append('\n');
        }
        return out.toString();
    }

    /// @param line without its LF
    /// @return null for what is no part of a reply
    public static @Nullable ControlReply decodeReply(String line) {
        if (line.startsWith("+")) {
            return new ControlReply.Line(line.substring(1));
        }
        if (line.startsWith("=\t")) {
            for (Result each : Result.values()) {
                if (line.substring(2).equals(Integer.toString(each.status()))) {
                    return new ControlReply.End(each);
                }
            }
        }
        return null;
    }
}
