package org.postrider.smtpd;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.access.Stage;
import org.postrider.anvil.ClientLimits;
import org.postrider.io.Connection;
import org.postrider.io.DeadlineException;
import org.postrider.io.EndedException;
import org.postrider.log.LogEvent;
import org.postrider.log.LogTag;
import org.postrider.maps.TableException;
import org.postrider.peer.Endpoint;
import org.postrider.queue.QueueId;
import org.postrider.threads.Each;
import org.postrider.tls.TlsConnection;
import org.postrider.wire.Reply;

/// One client's session, from connect to disconnect: what it is made of, and how it ends. Its
/// dialogue is [Dialogue], which says what command may come, and [CommandLoop], where it takes
/// effect. Session thread only.
final class Session {
    final Smtpd d;
    Connection connection;
    final LogTag tag;
    final SessionInput in;
    final Transaction t;
    final Judge judge;
    final Transcript transcript;
    final Answers answers;
    final RejectLog rejects;
    final Place place = new Place();
    final Greeting greeting;
    final Pipelining pipelining;
    final MilterGate milters;

    /// What is counted of this client, null for nothing.
    final ClientLimits.@Nullable Events events;

    private final @Nullable String proxyComplaint;

    Session(Smtpd d, Connection connection, LogTag tag) {
        this.d = d;
        this.connection = connection;
        this.tag = tag;
        in = new SessionInput(connection, d.lineLimit, new Patience(d.patience, d.clock));
        Endpoint at = Endpoint.of(connection, d.upstream);
        proxyComplaint = at.complaint();
        t = new Transaction(d.names.client(at.address(), at.port(), d.lookUpNames));
        events = proxyComplaint == null ? d.limits.events(() -> t.client, this::warn) : null;
        judge = new Judge(this);
        transcript = new Transcript(this);
        answers = new Answers(this);
        rejects = new RejectLog(this);
        greeting = new Greeting(this);
        pipelining = new Pipelining(this);
        milters = new MilterGate(this);
    }

    private void announce() {
        if (proxyComplaint != null) {
            warn(proxyComplaint);
        }
        String complaint = t.client.complaint();
        if (complaint != null) {
            warn(complaint);
        }
        d.log.event(tag, new LogEvent.Connect(client()));
    }

    /// From greeting to disconnect. Local trouble and bugs end this session only.
    void run() {
        CommandCounts counts = new CommandCounts();
        String aborted = null;
        try {
            announce();
            Reply refusal = proxyComplaint == null ? null : SmtpdReplies.localError(d.hostname);
            if (refusal == null && events != null) {
                refusal = events.connected();
            }
            if (refusal != null) {
                answers.lastWord(refusal);
            } else if (!d.tlsWrapped || d.handshake.wrapped(this)) {
                if (answers.open()) {
                    greeting.greet();
                }
                new CommandLoop(this, counts).run();
            }
        } catch (EndedException e) {
            info("ended by a stop after " + place + " from " + client());
            answers.lastWord(SmtpdReplies.stopping(d.hostname));
        } catch (DeadlineException e) {
            info("timeout after " + place + " from " + client());
            answers.lastWord(SmtpdReplies.timeout(d.hostname));
            aborted = "timeout";
        } catch (IOException e) {
            info("lost connection after " + place + " from " + client());
            aborted = "lost connection";
        } catch (Throwable e) {
            bug(e);
        } finally {
            over(counts, aborted);
        }
    }

    /// Ours: the session ends, everything else goes on.
    private void bug(Throwable e) {
        Reply sorry = Reply.of(421, 3, 0, d.hostname + " Error: internal error");
        Each.of(
                List.<Runnable>of(
                        () -> d.log.panic(tag, "session with " + client(), e),
                        () -> answers.lastWord(sorry),
                        () -> transcript.happened(Transcript.Kind.SOFTWARE)),
                Runnable::run);
    }

    /// Gives back what the session held; each part whatever the others do.
    private void over(CommandCounts counts, @Nullable String aborted) {
        List<Runnable> parts = new ArrayList<>();
        parts.add(() -> transcript.end(aborted));
        parts.add(this::abandon);
        if (events != null) {
            parts.add(events::disconnected);
        }
        parts.add(() -> d.log.event(tag, new LogEvent.Disconnect(client(), counts.text())));
        parts.add(() -> {
            if (t.tls != null) {
                t.tls.close();
            }
        });
        Each.of(parts, Runnable::run);
    }

    /// The client as logs and replies have it.
    String client() {
        return d.portLogging
                ? t.client.nameAndAddress() + ":" + t.client.port()
                : t.client.nameAndAddress();
    }

    void info(String text) {
        d.log.info(tag, text);
    }

    void warn(String text) {
        d.log.warning(tag, text);
    }

    void warn(TableException failure) {
        failure.warnings().forEach(this::warn);
    }

    void send(Reply reply) throws IOException {
        answers.send(reply);
    }

    void flush() throws IOException {
        answers.flush();
    }

    /// A reply that counts as the client's error.
    void error(Reply reply) throws IOException {
        answers.error(reply);
    }

    /// A refusal by rules: logged as Postfix does, counted, sent.
    void answerReject(Stage stage, Reply reply) throws IOException {
        Reply said = answers.softened(reply);
        rejects.log("reject", stage, said);
        boolean local = Transcript.kind(said) == Transcript.Kind.RESOURCE;
        answers.error(said, local ? Transcript.Kind.RESOURCE : Transcript.Kind.POLICY);
    }

    /// The last reply where something of ours cannot be looked up.
    void dataError() throws IOException {
        Reply last = SmtpdReplies.dataError(d.hostname);
        String where = place.command() + " from " + client() + ": " + last.line();
        info(rejects.id() + ": reject: " + where);
        send(last);
    }

    /// All that follows goes through TLS; what came before it is forgotten.
    void secured(TlsConnection secure) {
        connection = secure;
        in.replace(secure);
        abandon();
        t.begin(secure);
    }

    /// From here on the mail has a queue id.
    void opened(QueueId id) {
        t.id = id;
        d.log.event(tag, new LogEvent.Client(id.text(), client(), t.more()));
    }

    /// Forgets the mail in progress.
    void abandon() {
        t.resetMail();
    }
}
