package org.postrider.smtpd.session;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.access.Stage;
import org.postrider.address.Address;
import org.postrider.anvil.ClientLimits;
import org.postrider.dnsbl.SessionLists;
import org.postrider.io.Connection;
import org.postrider.io.DeadlineException;
import org.postrider.io.EndedException;
import org.postrider.log.Event;
import org.postrider.log.LogTag;
import org.postrider.log.MailEvent;
import org.postrider.log.SessionEvent;
import org.postrider.log.Trouble;
import org.postrider.maps.TableException;
import org.postrider.peer.Client;
import org.postrider.peer.Endpoint;
import org.postrider.queue.QueueId;
import org.postrider.smtpd.SmtpdReplies;
import org.postrider.smtpd.input.CommandCounts;
import org.postrider.smtpd.input.Party;
import org.postrider.smtpd.input.Place;
import org.postrider.smtpd.input.Resolutions;
import org.postrider.smtpd.input.SessionInput;
import org.postrider.threads.Each;
import org.postrider.tls.TlsConnection;
import org.postrider.wire.NotifyClass;
import org.postrider.wire.Reply;

/// One client's session, from connect to disconnect: what lasts as long as it, and how it ends. The
/// mail under way is an object of its own, [Mail]; the dialogue is [Dialogue], which says what
/// command may come, and [CommandLoop], where it takes effect. Session thread only.
public final class Session {
    public final Service service;
    public final SessionInput in;
    public final Answers answers;
    public final RejectLog rejects;
    public final Place place = new Place();
    public final Greeting greeting;
    public final Pipelining pipelining;
    public final MilterGate milters;
    public final Judge judge;
    public final Resolutions resolutions;
    public final SessionLists lists;

    /// What is counted of this client, null for nothing.
    public final ClientLimits.@Nullable Events events;

    private final LogTag tag;
    private final Transcript transcript;
    private final Endpoint at;
    private Connection connection;
    private @Nullable TlsConnection tls;
    private Party party;
    private State state = new State.Connected();
    private About about = About.NOTHING;

    public Session(Service service, Connection connection, LogTag tag) {
        this.service = service;
        this.connection = connection;
        this.tag = tag;
        in = new SessionInput(connection, service.input, service.clock);
        at = service.arrivals.endpoint(connection);
        party = Party.of(service.arrivals.client(at));
        events =
                at.complaint() == null
                        ? service.arrivals.limits().events(this::peer, this::log)
                        : null;
        judge = new Judge(this, service.bench);
        resolutions = new Resolutions(service.rewrite);
        lists = service.bench.access().lists();
        transcript = new Transcript(this, service.notices);
        answers = new Answers(this, service.answers, transcript);
        rejects = new RejectLog(this);
        greeting = new Greeting(this, service.greeting);
        pipelining = new Pipelining(this, service.forbidPipelining);
        milters = new MilterGate(this, service.milters);
    }

    /// Where the client has connected to: at this end of the connection, or where a proxy before us
    /// says; null where that is no address of the network.
    public @Nullable InetSocketAddress local() {
        InetSocketAddress said = at.local();
        return said == null && connection.local() instanceof InetSocketAddress here ? here : said;
    }

    private void announce() {
        String untrue = at.complaint();
        if (untrue != null) {
            warn(untrue);
        }
        String complaint = peer().complaint();
        if (complaint != null) {
            warn(complaint);
        }
        service.log.event(tag, new SessionEvent.Connect(client()));
        transcript.begins();
    }

    /// From greeting to disconnect. Local trouble and bugs end this session only.
    public void run() {
        CommandCounts counts = service.talk.counts();
        String aborted = null;
        try {
            announce();
            Reply refusal =
                    at.complaint() == null ? null : SmtpdReplies.localError(service.hostname);
            if (refusal == null && events != null) {
                refusal = events.connected();
            }
            if (refusal != null) {
                answers.lastWord(refusal);
            } else if (service.opening.begun(this)) {
                if (answers.open()) {
                    greeting.greet();
                }
                service.talk.run(this, counts);
            }
        } catch (EndedException e) {
            ended(SessionEvent.Cause.STOP);
            answers.lastWord(SmtpdReplies.stopping(service.hostname));
        } catch (DeadlineException e) {
            ended(SessionEvent.Cause.TIMEOUT);
            answers.lastWord(SmtpdReplies.timeout(service.hostname));
            aborted = "timeout";
        } catch (IOException e) {
            ended(SessionEvent.Cause.LOST_CONNECTION);
            aborted = "lost connection";
        } catch (Throwable e) {
            bug(e);
        } finally {
            over(counts, aborted);
        }
    }

    private void ended(SessionEvent.Cause cause) {
        // Clients that leave without QUIT once their mail is taken are nothing to report.
        if (cause == SessionEvent.Cause.LOST_CONNECTION
                && place.command().equals(Place.AFTER_MAIL)) {
            return;
        }
        if (state instanceof State.InChunks) {
            place.more(in.end() - in.start());
        }
        log(new SessionEvent.Ended(cause, place.toString(), client()));
    }

    /// Ours: the session ends, everything else goes on.
    private void bug(Throwable e) {
        Reply sorry = Reply.of(421, 3, 0, service.hostname + " Error: internal error");
        Each.of(
                List.<Runnable>of(
                        () -> service.log.panic(tag, "session with " + client(), e),
                        () -> answers.lastWord(sorry),
                        () -> transcript.happened(NotifyClass.SOFTWARE)),
                Runnable::run);
    }

    /// A fault of ours that the session goes on without.
    public void panic(String text, Throwable e) {
        service.log.panic(tag, text, e);
    }

    /// Gives back what the session held; each part whatever the others do.
    private void over(CommandCounts counts, @Nullable String aborted) {
        // Without a list of them: it may be for want of memory that the session ends.
        try {
            transcript.end(aborted);
        } finally {
            try {
                abandon();
            } finally {
                disconnected(counts);
            }
        }
    }

    private void disconnected(CommandCounts counts) {
        try {
            if (events != null) {
                events.disconnected();
            }
        } finally {
            try {
                log(new SessionEvent.Disconnect(client(), counts.counted()));
            } finally {
                try {
                    if (party.hello().given()) {
                        milters.abort();
                    }
                    milters.close();
                } finally {
                    if (tls != null) {
                        tls.close();
                    }
                }
            }
        }
    }

    /// What it is read from and written to: the client's own, or TLS over it.
    public Connection connection() {
        return connection;
    }

    /// Null outside of TLS.
    public @Nullable TlsConnection tls() {
        return tls;
    }

    /// Who speaks.
    public Party party() {
        return party;
    }

    /// The same one, who has said more of itself; or another (XCLIENT).
    public void party(Party other) {
        party = other;
        if (state instanceof State.Connected || state instanceof State.Greeted) {
            state = between();
        }
    }

    public Client peer() {
        return party.client();
    }

    /// The client as logs and replies have it.
    public String client() {
        Client peer = peer();
        return service.portLogging
                ? peer.nameAndAddress() + ":" + peer.port()
                : peer.nameAndAddress();
    }

    public State state() {
        return state;
    }

    /// Where it stands between mails.
    private State between() {
        return party.hello().given() ? new State.Greeted() : new State.Connected();
    }

    /// The mail under way; null for none.
    public @Nullable Mail mail() {
        return state.mail();
    }

    /// The same, or the one that MAIL asks for.
    @Nullable Mail mailOrAsked() {
        Mail mail = mail();
        return mail == null ? about.mail() : mail;
    }

    /// The sender of that mail; the null address for none.
    public Address sender() {
        Mail mail = mailOrAsked();
        return mail == null ? Address.NULL : mail.sender;
    }

    /// What the command under way is about.
    public About about() {
        return about;
    }

    public void about(About what) {
        about = what;
    }

    /// MAIL is accepted, or all chunks of the mail have come.
    public void inMail(Mail mail) {
        state = new State.InMail(mail);
    }

    /// More chunks of the mail are to come.
    public void inChunks(Mail mail) {
        state = new State.InChunks(mail);
    }

    /// The content that has come is forgotten, and what is still to come of it is skipped.
    public void skipChunks() {
        Mail mail = mail();
        state = new State.SkippingChunks(mail);
        if (mail != null) {
            mail.dropChunks();
        }
    }

    /// The mail under way is over, if there is one: what it took and did not keep is given back.
    public void abandon() {
        Mail mail = mail();
        try {
            if (mail != null) {
                mail.close();
            }
        } finally {
            state = between();
            if (mail != null) {
                milters.abort();
            }
        }
    }

    /// From here on the mail has a queue id.
    ///
    /// @param id null for a mail that goes to a filter before the queue
    public void opened(Mail mail, @Nullable QueueId id) {
        mail.id = id;
        Party.Login login = party.login();
        log(
                new MailEvent.Client(
                        rejects.id(mail),
                        client(),
                        login == null ? null : login.logged(),
                        mail.parameters.auth(),
                        party.forwarded().logged(),
                        spoke()));
    }

    private MailEvent.Spoke spoke() {
        TlsConnection secure = tls;
        return new MailEvent.Spoke(
                party.protocol(),
                party.helo(),
                secure == null ? null : new MailEvent.Tls(secure.protocol(), secure.cipher()));
    }

    /// All that follows goes through TLS; what came before it is forgotten.
    public void secured(TlsConnection secure) {
        connection = secure;
        in.replace(secure);
        abandon();
        tls = secure;
        if (party.hello().given()) {
            milters.abort();
        }
        party(party.anew());
    }

    public void info(String text) {
        service.log.info(tag, text);
    }

    public void warn(String text) {
        service.log.warning(tag, text);
    }

    public void warn(TableException failure) {
        failure.warnings().forEach(each -> log(new Trouble.LookupFailed(each)));
    }

    void fatal(String text) {
        service.log.fatal(tag, text);
    }

    public void log(Event event) {
        service.log.event(tag, event);
    }

    public void send(Reply reply) throws IOException {
        answers.send(reply);
    }

    public void flush() throws IOException {
        answers.flush();
    }

    /// A reply with which the session ends.
    ///
    /// @param about what the postmaster may be told it is
    public void send(Reply reply, NotifyClass about) throws IOException {
        transcript.happened(about);
        send(reply);
    }

    /// A reply that counts as the client's error: it does not speak SMTP as it should.
    public void error(Reply reply) throws IOException {
        answers.error(reply, NotifyClass.PROTOCOL);
    }

    /// A reply that counts as the client's error.
    ///
    /// @param about what the postmaster may be told it is
    public void error(Reply reply, NotifyClass about) throws IOException {
        answers.error(reply, about);
    }

    /// A refusal by rules: logged as Postfix does, counted, sent.
    public void answerReject(Stage stage, Reply reply) throws IOException {
        answerReject(stage, reply, judge.about(reply));
    }

    /// The same.
    ///
    /// @param about what the postmaster may be told it is
    public void answerReject(Stage stage, Reply reply, NotifyClass about) throws IOException {
        Reply said = answers.softened(reply);
        rejects.log("reject", stage, said, judge.rule(reply));
        answers.error(said, about);
    }

    /// The last reply where something of ours cannot be looked up.
    public void dataError() throws IOException {
        Reply last = SmtpdReplies.dataError(service.hostname);
        log(
                new MailEvent.Access(
                        rejects.id(), "reject", place.command(), client(), last.line(), null));
        send(last, NotifyClass.DATA);
    }
}
