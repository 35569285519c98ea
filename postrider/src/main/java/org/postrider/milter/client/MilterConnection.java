package org.postrider.milter.client;

import java.io.EOFException;
import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.io.Connection;
import org.postrider.io.DeadlineException;
import org.postrider.memory.Budget;
import org.postrider.memory.NoMemoryException;
import org.postrider.milter.Answer;
import org.postrider.milter.Changes;
import org.postrider.milter.ClientFacts;
import org.postrider.milter.FilteredMail;
import org.postrider.milter.MacroLists;
import org.postrider.milter.MacroLists.Stage;
import org.postrider.milter.Macros;
import org.postrider.milter.MilterSockets;
import org.postrider.milter.wire.Event;
import org.postrider.milter.wire.MilterException;
import org.postrider.milter.wire.Packet;
import org.postrider.milter.wire.PacketReader;
import org.postrider.milter.wire.PacketWriter;
import org.postrider.milter.wire.Response;
import org.postrider.wire.Reply;

/// One milter in one client's session: what it was told, and what it has decided. One thread.
public final class MilterConnection implements AutoCloseable {
    /// Packets that it may send for one event, whatever they say: none talks for ever.
    private static final int MOST_PACKETS = 1 << 20;

    private static final Answer REJECTED = MilterTerms.refused(550, 7, 1, "Command rejected");

    private enum State {
        /// Nobody is connected.
        CLOSED,
        /// It hears what happens.
        LISTENING,
        /// It has seen enough of this mail.
        SEEN_MAIL,
        /// It has decided on the session, or failed it: [#settled] is its word on all that follows.
        DECIDED
    }

    private final MilterTerms terms;
    private final MacroLists lists;
    private final MilterSockets sockets;
    private final Consumer<String> warnings;
    private final Map<Stage, List<String>> asked = new EnumMap<>(Stage.class);
    private State state = State.CLOSED;
    private Answer settled = Answer.GO_ON;
    private @Nullable Event skipped;
    private int flags;
    private int version;
    private boolean silentHeaders;
    private @Nullable Connection connection;
    private @Nullable Link link;

    /// What goes to it and comes from it.
    private record Link(PacketReader in, PacketWriter out, Budget.Share memory) {}

    public MilterConnection(
            MilterTerms terms, MacroLists lists, MilterSockets sockets, Consumer<String> warnings) {
        this.terms = terms;
        this.lists = lists;
        this.sockets = sockets;
        this.warnings = warnings;
    }

    /// Its name, as it was written.
    public String name() {
        return terms.name();
    }

    // ---- the session

    public Answer connect(ClientFacts client, Macros macros) {
        if (state == State.CLOSED) {
            open();
        }
        return state == State.DECIDED
                ? settled
                : event(
                        Event.CONNECT,
                        Stage.CONNECT,
                        macros,
                        out -> {
                            out.string(client.name());
                            switch (client.family()) {
                                case INET -> out.octet('4');
                                case INET6 -> out.octet('6');
                                case UNKNOWN -> {
                                    out.octet('U');
                                    return;
                                }
                            }
                            out.twoOctets(client.port()).string(client.address());
                        });
    }

    public Answer helo(String name, Macros macros) {
        return ended() ? settled : event(Event.HELO, Stage.HELO, macros, out -> out.string(name));
    }

    public Answer mail(List<String> argv, Macros macros) {
        return ended() ? settled : event(Event.MAIL, Stage.MAIL, macros, out -> out.strings(argv));
    }

    public Answer rcpt(List<String> argv, Macros macros) {
        return ended() || state == State.SEEN_MAIL
                ? settled
                : event(Event.RCPT, Stage.RCPT, macros, out -> out.strings(argv));
    }

    /// It wants to hear of recipients that are refused.
    public boolean hearsRejected() {
        return state == State.LISTENING && (flags & Offer.RCPT_REJECTED) != 0;
    }

    public Answer data(Macros macros) {
        return ended() || state == State.SEEN_MAIL
                ? settled
                : event(Event.DATA, Stage.DATA, macros, _ -> {});
    }

    public Answer unknown(String line, Macros macros) {
        return ended() || state == State.SEEN_MAIL
                ? settled
                : event(Event.UNKNOWN, Stage.UNKNOWN, macros, out -> out.string(line));
    }

    /// What it has decided before.
    public Answer other() {
        return settled;
    }

    /// The mail is over. What is sent goes out with what follows.
    public void abort() {
        Link l = link;
        if (state == State.CLOSED || state == State.DECIDED || l == null) {
            return;
        }
        state = State.LISTENING;
        skipped = null;
        try {
            l.out().begin('A').end();
        } catch (IOException e) {
            failed(e, null);
        }
    }

    /// The session is over.
    @Override
    public void close() {
        Link l = link;
        if (l != null) {
            try {
                deadline(terms.timeouts().command());
                l.out().begin('Q').end();
                l.out().flush();
            } catch (IOException e) {
                // gone already
            } finally {
                hangUp();
            }
        } else {
            hangUp();
        }
    }

    /// It hears no more commands of this session: nobody is there, or it has had its last word. One
    /// that wants the mail in quarantine has said so of all that follow.
    private boolean ended() {
        return state == State.CLOSED || state == State.DECIDED || !(settled instanceof Answer.GoOn);
    }

    // ---- the content

    /// The content of the mail, and what is to be changed of it.
    public Answer message(FilteredMail mail, Macros macros, Changes changes) throws IOException {
        if (state != State.LISTENING) {
            return settled;
        }
        return new ContentSender(this, mail, macros, changes).send();
    }

    /// It still wants to hear of this mail.
    boolean listens() {
        return state == State.LISTENING;
    }

    boolean leadingSpace() {
        return (flags & Offer.LEADING_SPACE) != 0;
    }

    /// Whether it wants to hear of such an event, and has not heard enough of its kind.
    boolean hears(Event event) {
        return (flags & event.unheard()) == 0 && skipped != event;
    }

    Answer settled() {
        return settled;
    }

    /// Closes it for this session: what it wants makes no sense.
    Answer misconfigured(String warning) {
        warn(warning);
        return decided(terms.misconfigured());
    }

    // ---- connecting

    private void open() {
        String fault = terms.fault();
        if (fault != null) {
            // Nobody knows what it was to be: not even what happens without it.
            warnings.accept("milter " + terms.name() + ": " + fault);
            decided(MilterTerms.MISCONFIGURED);
            return;
        }
        Offer offer = terms.offer();
        if (offer == null) {
            misconfigured("bad protocol information: " + terms.badProtocol());
            return;
        }
        try {
            connection = sockets.connect(terms.name(), terms.timeouts().connect(), warnings);
        } catch (MilterException e) {
            warnings.accept(String.valueOf(e.getMessage()));
            decided(terms.misconfigured());
            return;
        } catch (IOException e) {
            warnings.accept("connect to Milter service " + terms.name() + ": " + reason(e));
            decided(terms.unreached(warnings));
            return;
        }
        Budget.Share memory = sockets.memory().share();
        link = new Link(new PacketReader(connection, memory), new PacketWriter(connection), memory);
        silentHeaders = offer.silentHeaders();
        try {
            agree(offer);
        } catch (MilterException e) {
            unusable(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            failed(e, "SMFIC_OPTNEG");
        }
    }

    private void agree(Offer offer) throws IOException {
        Link l = linked();
        deadline(terms.timeouts().connect());
        l.out().begin('O').number(offer.version()).number(offer.actions());
        l.out().number(offer.protocol()).end();
        l.out().flush();
        Packet said = l.in().read();
        if (said.command() != 'O') {
            throw new MilterException(
                    "unexpected reply \"" + shown(said.command()) + "\" in initial handshake");
        }
        long agreed = said.number(0);
        long actions = said.number(4);
        flags = (int) said.number(8);
        if (agreed > offer.version()) {
            throw new MilterException(
                    "protocol version "
                            + agreed
                            + " conflict with MTA protocol version "
                            + offer.version());
        }
        if ((actions & ~offer.actions()) != 0) {
            throw new MilterException(
                    "request mask 0x"
                            + Long.toHexString(actions)
                            + " conflict with MTA request mask 0x"
                            + Integer.toHexString(offer.actions()));
        }
        if (agreed < 2) {
            warn("unexpected protocol version " + agreed);
        }
        symbols(said);
        // What an older library does not know of it is not told of.
        version = (int) (agreed < 2 ? offer.version() : agreed);
        state = State.LISTENING;
    }

    /// The lists of macros that it asks for.
    private void symbols(Packet said) throws MilterException {
        byte[] octets = said.octets();
        int at = 12;
        for (int n = 0; at < octets.length && n < 100; n++) {
            long stage = said.number(at);
            int start = at + 4;
            int end = start;
            while (end < octets.length && octets[end] != 0) {
                end++;
            }
            if (end == octets.length) {
                throw new MilterException("missing string null termimator");
            }
            String names = new Packet('l', octets).string(start, end);
            if (stage < Stage.UNKNOWN.ordinal()) {
                List<String> list = MacroLists.parsed(names);
                if (!list.isEmpty()) {
                    asked.put(Stage.values()[(int) stage], list);
                }
            } else {
                warn("ignoring unknown macro type " + stage);
            }
            at = end + 1;
        }
    }

    private static char shown(char c) {
        return c > ' ' && c < 127 ? c : '?';
    }

    // ---- events

    /// What belongs to an event, written.
    @FunctionalInterface
    interface Parts {
        void write(PacketWriter out) throws IOException;
    }

    /// Tells it, and hears what it says.
    Answer event(Event event, Stage stage, Macros macros, Parts parts) {
        return event(event, stage, macros, parts, null);
    }

    /// @param changes null where nothing can be changed
    Answer event(
            Event event, Stage stage, Macros macros, Parts parts, @Nullable ChangeReader changes) {
        if (skipped == event) {
            return settled;
        }
        if (state == State.SEEN_MAIL) {
            // HELO and MAIL begin anew.
            state = State.LISTENING;
        }
        try {
            Link l = linked();
            deadline(content(event) ? terms.timeouts().content() : terms.timeouts().command());
            if (event.since() > version) {
                return settled;
            }
            l.out()
                    .begin('D')
                    .octet(event.command())
                    .strings(lists.values(stage, asked.get(stage), macros))
                    .end();
            if ((flags & event.unheard()) != 0) {
                return settled;
            }
            PacketWriter out = l.out().begin(event.command());
            parts.write(out);
            out.end();
            if ((flags & event.unanswered()) != 0 || (event == Event.HEADER && silentHeaders)) {
                if (!content(event)) {
                    out.flush();
                }
                return settled;
            }
            out.flush();
            return heard(event, changes);
        } catch (MilterException e) {
            return whole(changes, unusable(String.valueOf(e.getMessage())));
        } catch (IOException e) {
            return whole(changes, failed(e, event.word()));
        }
    }

    /// What comes of a mail whose milter has failed: half a body lets it go nowhere, whatever is to
    /// happen without the milter.
    private static Answer whole(@Nullable ChangeReader changes, Answer answer) {
        boolean passes = answer instanceof Answer.GoOn || answer instanceof Answer.Hold;
        return passes && changes != null && changes.inBody() ? MilterTerms.UNAVAILABLE : answer;
    }

    private static boolean content(Event event) {
        return switch (event) {
            case HEADER, END_OF_HEADER, BODY, END_OF_BODY -> true;
            case CONNECT, HELO, MAIL, RCPT, DATA, UNKNOWN -> false;
        };
    }

    private Answer heard(Event event, @Nullable ChangeReader changes) throws IOException {
        for (int n = 0; n < MOST_PACKETS; n++) {
            // Each packet has its time: who reports progress may take longer.
            deadline(content(event) ? terms.timeouts().content() : terms.timeouts().command());
            Packet packet = linked().in().read();
            Response response = Response.of(packet.command());
            if (response != null && response.change() && changes != null) {
                changes.read(response, packet);
                continue;
            }
            if (changes != null && response != Response.PROGRESS) {
                changes.bodyEnds();
            }
            switch (response) {
                case REPLY_CODE -> {
                    return replied(event, packet);
                }
                case QUARANTINE -> {
                    settled = new Answer.Hold();
                    if (changes != null) {
                        changes.quarantine(packet);
                    }
                    continue;
                }
                case PROGRESS, CONTINUE, ACCEPT, DISCARD, REJECT, TEMPFAIL, SHUTDOWN, SKIP -> {
                    // They stand alone.
                    if (packet.octets().length > 0) {
                        throw new MilterException(
                                "reply "
                                        + response.word()
                                        + " was followed by "
                                        + packet.octets().length
                                        + " data bytes");
                    }
                    if (response == Response.PROGRESS) {
                        continue;
                    }
                    return decision(event, response);
                }
                case null, default ->
                        throw new MilterException(
                                "unexpected filter response "
                                        + (response == null
                                                ? "(unknown filter reply)"
                                                : response.word())
                                        + " after event "
                                        + event.word());
            }
        }
        throw new MilterException("more than " + MOST_PACKETS + " replies to " + event.word());
    }

    private Answer decision(Event event, Response response) {
        boolean early = event == Event.CONNECT || event == Event.HELO;
        return switch (response) {
            case ACCEPT -> {
                if (early) {
                    yield decided(settled);
                }
                state = State.SEEN_MAIL;
                yield settled;
            }
            case DISCARD -> {
                if (early) {
                    warn("DISCARD action is not allowed for connect or helo");
                    yield settled;
                }
                state = State.SEEN_MAIL;
                yield new Answer.Discard();
            }
            case REJECT -> early ? decided(REJECTED) : REJECTED;
            case TEMPFAIL -> early ? decided(MilterTerms.UNAVAILABLE) : MilterTerms.UNAVAILABLE;
            case SHUTDOWN -> decided(new Answer.Shutdown());
            case SKIP -> {
                skipped = event;
                yield settled;
            }
            default -> settled;
        };
    }

    private Answer replied(Event event, Packet packet) throws MilterException {
        List<String> strings = packet.strings(0, 16);
        String said = strings.isEmpty() ? "" : strings.getFirst();
        Reply reply = Replies.of(said, terms.softBounce());
        if (reply == null) {
            return misconfigured("malformed reply: " + said);
        }
        Answer answer = new Answer.Refused(reply);
        return event == Event.CONNECT || event == Event.HELO ? decided(answer) : answer;
    }

    // ---- its end

    private Link linked() throws EOFException {
        Link l = link;
        if (l == null) {
            throw new EOFException();
        }
        return l;
    }

    private void deadline(long millis) {
        Connection c = connection;
        if (c != null) {
            c.deadline(millis);
        }
    }

    /// Its last word of this session; nothing more is said to it.
    private Answer decided(Answer answer) {
        hangUp();
        state = State.DECIDED;
        settled = answer;
        return answer;
    }

    /// It does not keep to the protocol.
    private Answer unusable(String warning) {
        warn(warning);
        return decided(terms.unreached(warnings));
    }

    private Answer failed(IOException e, @Nullable String event) {
        Link l = link;
        if (e instanceof NoMemoryException) {
            // It is not the milter that fails: what is to happen without one says nothing of this.
            warn(String.valueOf(e.getMessage()));
            return decided(MilterTerms.UNAVAILABLE);
        }
        if (event == null) {
            return unusable("error writing command: " + reason(e));
        }
        return unusable(
                l != null && l.in().headed()
                        ? "EOF while reading data: " + reason(e)
                        : "can't read " + event + " reply packet header: " + reason(e));
    }

    private static String reason(IOException e) {
        return switch (e) {
            case DeadlineException _ -> "Connection timed out";
            case EOFException _ -> "Application error";
            default -> String.valueOf(e.getMessage());
        };
    }

    private void warn(String text) {
        warnings.accept("milter " + terms.name() + ": " + text);
    }

    private void hangUp() {
        Connection c = connection;
        Link l = link;
        connection = null;
        link = null;
        try {
            if (l != null) {
                l.memory().close();
            }
        } finally {
            if (c != null) {
                c.close();
            }
        }
    }
}
