package org.postrider.smtpd.session;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.bounce.NotifyClasses;
import org.postrider.bounce.Postmaster;
import org.postrider.cleanup.CleanupService;
import org.postrider.config.Settings;
import org.postrider.maps.Fold;
import org.postrider.maps.Tables;
import org.postrider.peer.Client;
import org.postrider.peer.DebugPeers;
import org.postrider.smtpd.input.Texts;
import org.postrider.time.Clock;
import org.postrider.wire.NotifyClass;
import org.postrider.wire.Reply;

/// What was said in a session, mailed to the postmaster where it went wrong in a way that
/// notify_classes names, and logged line by line where the client is in debug_peer_list. Neither
/// content nor credentials are in it. Session thread only.
public final class Transcript {
    /// Lines that are kept; a session that says more is cut there.
    private static final int MOST = 500;

    /// Who hears of what.
    ///
    /// @param kinds those that are mailed
    /// @param aloud whose sessions are logged line by line
    record Terms(Set<NotifyClass> kinds, Postmaster postmaster, DebugPeers aloud) {
        static Terms of(Settings settings, Tables tables, CleanupService cleanup, Clock clock) {
            Set<NotifyClass> kinds = EnumSet.noneOf(NotifyClass.class);
            for (NotifyClass kind : NotifyClass.values()) {
                if (NotifyClasses.has(settings, Fold.lower(kind.name()))) {
                    kinds.add(kind);
                }
            }
            return new Terms(
                    kinds,
                    new Postmaster(settings, cleanup, clock),
                    DebugPeers.of(settings, tables));
        }
    }

    /// A command line, or a reply; written out only where somebody is to read it.
    private record Spoken(@Nullable String heard, @Nullable Reply said) {}

    private final Session s;
    private final Terms terms;
    private final @Nullable List<Spoken> lines;
    private final Set<NotifyClass> happened = EnumSet.noneOf(NotifyClass.class);
    private boolean aloud;

    Transcript(Session session, Terms terms) {
        this.s = session;
        this.terms = terms;
        this.lines = terms.kinds().isEmpty() ? null : new ArrayList<>();
    }

    /// Who the client is has been logged: from now on, what is said is, where it is so asked.
    void begins() {
        Client peer = s.peer();
        aloud = terms.aloud().contains(peer.name(), peer.address(), s::warn);
    }

    /// A command line.
    void heard(String line) {
        add(line, null);
        if (aloud) {
            s.info("< " + s.client() + ": " + s.answers.shown(Texts.discreet(line)));
        }
    }

    /// A reply as it was sent.
    void said(Reply reply) {
        add(null, reply);
        if (aloud) {
            lines(reply).forEach(line -> s.info("> " + s.client() + ": " + line));
        }
    }

    private void add(@Nullable String heard, @Nullable Reply said) {
        if (lines != null && lines.size() < MOST) {
            lines.add(new Spoken(heard, said));
        }
    }

    void happened(NotifyClass kind) {
        happened.add(kind);
    }

    /// A mail has come in well: what was before it is forgotten.
    void forget() {
        happened.clear();
        if (lines != null) {
            lines.clear();
        }
    }

    /// The session is over.
    ///
    /// @param why what ended it, null for its own end
    void end(@Nullable String why) {
        happened.retainAll(terms.kinds());
        List<Spoken> all = lines;
        if (happened.isEmpty() || all == null) {
            return;
        }
        List<String> lines = new ArrayList<>();
        all.forEach(each -> written(each, lines));
        String after = why == null ? "" : "Session aborted, reason: " + why + "\r\n";
        String what = "SMTP server: errors from " + s.client();
        String end = "\r\n" + after;
        String fault =
                happened.contains(NotifyClass.BOUNCE)
                        ? terms.postmaster().tellOfBounce(what, "", lines, end)
                        : terms.postmaster().tell(what, "", lines, end);
        if (fault != null) {
            s.warn(fault);
        }
    }

    /// Of AUTH only the mechanism is told.
    private void written(Spoken spoken, List<String> out) {
        String heard = spoken.heard();
        if (heard != null) {
            out.add("In:  " + s.answers.shown(Texts.discreet(heard)));
        }
        if (spoken.said() != null) {
            lines(spoken.said()).forEach(line -> out.add("Out: " + line));
        }
    }

    private List<String> lines(Reply said) {
        List<String> out = new ArrayList<>();
        for (int i = 0; i < said.lines().size(); i++) {
            boolean last = i + 1 == said.lines().size();
            String status = said.status() == null ? "" : said.status() + " ";
            String text = s.answers.shown(said.lines().get(i));
            out.add(said.code() + (last ? " " : "-") + status + text);
        }
        return out;
    }
}
