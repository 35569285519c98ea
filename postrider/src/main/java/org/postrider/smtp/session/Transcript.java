package org.postrider.smtp.session;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Quoting;
import org.postrider.peer.DebugPeers;
import org.postrider.smtp.route.Server;

/// What is said in a session during one mail, from its greeting on if it has just begun, for the
/// postmaster where its server says what no server should (notify_classes: protocol; smtp_chat(3)).
/// Line by line it is logged where the server is in debug_peer_list. Of AUTH only the mechanism is
/// in it, and no content. One thread.
public final class Transcript {
    /// Lines and characters that are kept; a session that says more is cut there.
    private static final int MOST_LINES = 500;

    private static final int MOST_CHARACTERS = 64 << 10;

    /// Who hears of what is said.
    ///
    /// @param postmaster of what no server should say (notify_classes: protocol)
    /// @param log with whom all of it is logged
    record Readers(boolean postmaster, DebugPeers log) {
        /// A session's with that server; null where nobody hears of it.
        @Nullable Transcript transcript(
                Server server, Consumer<String> aloud, Consumer<String> warnings) {
            boolean logged =
                    server.at() instanceof InetSocketAddress at
                            && log.contains(server.name(), at.getAddress(), warnings);
            return postmaster || logged
                    ? new Transcript(postmaster, logged ? aloud : line -> {})
                    : null;
        }
    }

    private final List<String> lines = new ArrayList<>();
    private final boolean kept;
    private final Consumer<String> aloud;
    private int characters;
    private boolean amiss;
    private boolean closed;

    /// What is said is a login's, whatever the server answers.
    private boolean credentials;

    /// @param kept whether somebody is told of what goes amiss
    /// @param aloud each line as it is said: `> text` ours, `< text` the server's
    private Transcript(boolean kept, Consumer<String> aloud) {
        this.kept = kept;
        this.aloud = aloud;
    }

    /// Command lines with their ends.
    void said(CharSequence commands) {
        for (String line : commands.toString().split("\r\n")) {
            boolean secret = credentials;
            boolean login = line.regionMatches(true, 0, "AUTH ", 0, 5);
            credentials |= login;
            int blank = line.indexOf(' ', 5);
            String shown =
                    secret ? "..." : login && blank > 0 ? line.substring(0, blank) + " ..." : line;
            add("Out: ", shown);
            aloud.accept("> " + Quoting.visible(shown));
        }
    }

    /// A line of a reply.
    void heard(String line) {
        add("In:  ", line);
        aloud.accept("< " + Quoting.visible(line));
    }

    /// A login has ended, well or not: lines are commands again.
    void loginIsOver() {
        credentials = false;
    }

    /// What stands in the place of that line (smtp_reply_filter).
    void instead(String line) {
        add("Replaced-by:", "");
        add("     ", line);
    }

    private void add(String who, String line) {
        if (kept && !closed && lines.size() < MOST_LINES && characters < MOST_CHARACTERS) {
            characters += line.length();
            lines.add((who + Quoting.visible(line)).stripTrailing());
        }
    }

    /// The server said what is no reply, or refused with a code that says that this client does not
    /// speak as it should.
    public void amiss() {
        amiss = true;
    }

    /// What follows is not looked at.
    public void close() {
        closed = true;
    }

    /// Whether that is so of a reply that a command did not expect.
    public static boolean amiss(int code) {
        return code < 400 || code > 599 || code == 555 || code >= 500 && code < 510;
    }

    /// All that was said so far, to be told, or nothing; what follows is another mail's.
    ///
    /// @return none where nothing was amiss
    public List<String> taken() {
        List<String> out = amiss ? List.copyOf(lines) : List.of();
        lines.clear();
        characters = 0;
        amiss = false;
        closed = false;
        return out;
    }
}
