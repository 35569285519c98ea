package org.postrider.postscreen;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.postrider.io.Connection;
import org.postrider.io.EndedException;
import org.postrider.io.PassedConnection;
import org.postrider.log.LogTag;
import org.postrider.log.SessionEvent;
import org.postrider.maps.Network;
import org.postrider.maps.TableException;
import org.postrider.peer.Endpoint;
import org.postrider.tls.TlsConnection;

/// One client's connection, from its arrival until it is let go or handed over. Session thread
/// only.
final class Screening {
    /// Octets of early talk that are counted.
    private static final int MOST_EARLY = 1023;

    private static final int FIRST_EARLY = 128;
    private static final int SHOWN = 100;
    private static final long WRITE_MILLIS = 10_000;
    private static final long FIRST_SLICE_MILLIS = 20;
    private static final long LONGEST_SLICE_MILLIS = 500;
    private static final byte[] NOTHING = {};

    final Postscreen service;
    final Terms terms;
    final Results results = new Results();
    final String address;
    final int port;
    private final LogTag tag;
    private final InetAddress client;
    private final InetSocketAddress server;
    private Connection connection;

    /// What the client has said and nobody has looked at.
    private byte[] early = NOTHING;

    private Crowd.@Nullable Place place;
    private String phase = "";
    private long phaseNanos;
    private boolean noForward;
    private boolean hungUp;
    private boolean late;

    /// The tests before the greeting are over, and it has to talk to the engine.
    private boolean talks;

    private String finalReply = "421 4.3.2 Service currently unavailable";
    private String recipientReply = "450 4.3.2 Service currently unavailable";

    Screening(Postscreen service, Connection connection, Endpoint at, LogTag tag) {
        this.service = service;
        this.connection = connection;
        this.tag = tag;
        terms = service.terms;
        client = at.address();
        address = Network.text(client);
        port = at.port();
        InetSocketAddress local = at.local();
        server = local == null ? inet(connection.local()) : local;
    }

    private static InetSocketAddress inet(SocketAddress address) {
        return address instanceof InetSocketAddress inet
                ? inet
                : new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    /// Tests the client, and serves it where it passes.
    void run() {
        screened(
                "CONNECT from "
                        + client()
                        + " to ["
                        + Network.text(server.getAddress())
                        + "]:"
                        + server.getPort());
        AtomicBoolean here = new AtomicBoolean(true);
        place = service.crowd.enter(address);
        try {
            // One after the other, not one within the other: a stack that waits is memory.
            guarded(this::screen);
            if (talks) {
                guarded(this::engine);
            }
            if (conclude() && !handedOver(here)) {
                guarded(this::noServer);
            }
        } finally {
            if (here.get()) {
                service.crowd.leave(address);
            }
        }
    }

    private interface Part {
        void run() throws IOException;
    }

    private void guarded(Part part) {
        try {
            part.run();
        } catch (EndedException e) {
            drop("421 4.3.2 " + terms.hostname + " Service is shutting down, try again later");
        } catch (IOException e) {
            hungUp();
        } finally {
            connection.idle(false);
        }
    }

    /// Sessions can break at any time: no test is failed for it.
    private void hungUp() {
        screened("HANGUP after " + elapsed() + " from " + client() + " in " + phase);
        hungUp = true;
        noForward = true;
    }

    // ---- before the tests

    private void screen() throws IOException {
        begin("tests before SMTP handshake");
        String refusal = refusal();
        if (refusal != null) {
            drop(refusal);
            return;
        }
        switch (service.access.ask(client)) {
            case PERMIT -> {
                screened((terms.respectful ? "ALLOWLISTED " : "WHITELISTED ") + client());
                return;
            }
            case REJECT -> {
                screened((terms.respectful ? "DENYLISTED " : "BLACKLISTED ") + client());
                if (denied()) {
                    return;
                }
            }
            case DUNNO -> {}
        }
        if (remembered()) {
            screened("PASS OLD " + client());
            return;
        }
        if (!allowedHere()) {
            screened((terms.respectful ? "ALLOWLIST VETO " : "WHITELIST VETO ") + client());
            results.veto();
            enforce(recipientReply);
        }
        if (terms.limits.tested() > 0 && service.crowd.tested() >= terms.limits.tested()) {
            // In other words than the rest, as Postfix has it.
            screened("reject: connect from " + client() + ": all screening ports busy");
            drop("421 4.3.2 All screening ports are busy");
            return;
        }
        if (results.anyTodo(Check.PREGREET.bit() | Check.DNS_LISTS.bit())) {
            beforeGreeting();
        } else {
            talks = noForward || results.anyTodo(Check.DEEP);
        }
    }

    /// Why it cannot even be tested; null if it can.
    private @Nullable String refusal() {
        if (terms.limits.connections() > 0 && place().connections() > terms.limits.connections()) {
            reject("too many connections");
            return "421 4.7.0 Error: too many connections";
        }
        if (terms.limits.waiting() > 0 && service.crowd.posted() >= terms.limits.waiting()) {
            reject("all server ports busy");
            return "421 4.3.2 All server ports are busy";
        }
        return null;
    }

    private Crowd.Place place() {
        Crowd.Place there = place;
        if (there == null) {
            throw new IllegalStateException("not here");
        }
        return there;
    }

    private void reject(String why) {
        screened("NOQUEUE: reject: CONNECT from " + client() + ": " + why);
    }

    /// True where it is let go.
    private boolean denied() {
        switch (terms.actions.denied()) {
            case DROP -> {
                results.deny();
                drop("521 5.3.2 Service currently unavailable");
                return true;
            }
            case ENFORCE -> {
                results.deny();
                enforce("550 5.3.2 Service currently unavailable");
            }
            case IGNORE -> {}
        }
        return false;
    }

    /// Looks up which tests are to be made; true for none, since it has passed all before.
    private boolean remembered() {
        Crowd.Visitor visitor = place().visitor();
        long now = service.seconds();
        long[] known =
                results.anyFailed() || place().connections() > 1
                        ? null
                        : service.cache.lookup(address);
        if (known != null) {
            visitor.stamps(known);
        }
        long[] stamps = visitor.stamps();
        boolean fresh = Arrays.stream(stamps).anyMatch(s -> s == Cache.NEVER);
        results.want(terms.expired(stamps, now), fresh);
        return known != null && !results.anyFailed() && !results.anyTodo(-1);
    }

    /// postscreen_allowlist_interfaces; trouble is no permission.
    private boolean allowedHere() {
        try {
            return service.interfaces.contains("unknown", server.getAddress());
        } catch (TableException e) {
            e.warnings().forEach(this::warn);
            return false;
        }
    }

    // ---- tests before the greeting

    private void beforeGreeting() throws IOException {
        begin("tests before SMTP handshake");
        Duration wait = terms.greetWait(service.crowd.stressed());
        boolean silence = results.todo(Check.PREGREET);
        if (silence && !terms.teaser.isEmpty()) {
            send("220-" + terms.teaser);
        }
        DnsScores.Asked asked =
                results.todo(Check.DNS_LISTS) ? service.lists.ask(client, wait) : null;
        if (silence) {
            if (listen(wait, asked)) {
                return;
            }
            if (!results.isDone(Check.PREGREET)) {
                pass(Check.PREGREET);
            }
            if (results.failed(Check.PREGREET) && terms.actions.pregreet() == Action.IGNORE) {
                results.unfail(Check.PREGREET);
            }
        }
        if (asked != null && judged(collected(asked))) {
            return;
        }
        talks = noForward || results.deepLeft();
    }

    /// Waits for the client to speak before its turn; true where it is let go for it.
    private boolean listen(Duration wait, DnsScores.@Nullable Asked asked) throws IOException {
        byte[] heard = new byte[FIRST_EARLY];
        long until = phaseNanos + wait.toNanos();
        // Only a score that ends the waiting is worth looking for.
        boolean looks = asked != null && terms.allowThreshold < 0;
        long slice = FIRST_SLICE_MILLIS;
        connection.idle(true);
        while (true) {
            long left = (until - service.clock.nanos() + 999_999) / 1_000_000;
            if (left <= 0) {
                return false;
            }
            int n = connection.read(heard, 0, heard.length, looks ? Math.min(left, slice) : left);
            if (n < 0) {
                throw new EOFException();
            }
            if (n > 0) {
                return spoken(heard, n);
            }
            if (looks && asked != null && asked.done()) {
                looks = false;
                collected(asked);
                if (results.isDone(Check.PREGREET)) {
                    return false;
                }
            }
            slice = Math.min(2 * slice, LONGEST_SLICE_MILLIS);
        }
    }

    private boolean spoken(byte[] heard, int n) throws IOException {
        byte[] all = heard;
        int length = n;
        if (n == heard.length && connection.available() > 0) {
            all = Arrays.copyOf(heard, MOST_EARLY);
            int more = connection.read(all, n, MOST_EARLY - n);
            length += Math.max(0, more);
        }
        early = Arrays.copyOf(all, length);
        screened(
                "PREGREET "
                        + length
                        + " after "
                        + elapsed()
                        + " from "
                        + client()
                        + ": "
                        + Escapes.first(Escapes.of(early, 0, length), SHOWN));
        results.fail(Check.PREGREET);
        results.done(Check.PREGREET);
        switch (terms.actions.pregreet()) {
            case DROP -> {
                drop("521 5.5.1 Protocol error");
                return true;
            }
            case ENFORCE -> enforce("550 5.5.1 Protocol error");
            case IGNORE -> {}
        }
        return false;
    }

    private DnsScores.@Nullable Score found;

    /// The score, and what a very good one passes besides.
    private DnsScores.Score collected(DnsScores.Asked asked) {
        DnsScores.Score score = found;
        if (score == null) {
            score = asked.score();
            found = score;
            if (terms.allowThreshold < 0
                    && score.total() <= terms.allowThreshold
                    && score.total() < terms.threshold
                    && !results.anyFailed()) {
                allowlist(service.seconds() + score.seconds());
            }
        }
        return score;
    }

    /// Tests that are not made now, made elsewhere or not made at all pass as well.
    private void allowlist(long until) {
        Crowd.Visitor visitor = place().visitor();
        for (Check each : Check.values()) {
            if (each == Check.DNS_LISTS) {
                continue;
            }
            if (results.todo(each) && !results.passed(each)) {
                results.done(each);
                results.pass(each);
            }
            if (visitor.stamp(each) < until) {
                visitor.stamp(each, until);
            }
        }
    }

    /// True where it is let go.
    private boolean judged(DnsScores.Score score) {
        if (score.total() < terms.threshold) {
            results.pass(Check.DNS_LISTS);
            place().visitor().stamp(Check.DNS_LISTS, service.seconds() + score.seconds());
            return false;
        }
        screened("DNSBL rank " + score.total() + " for " + client());
        String text =
                " 5.7.1 Service unavailable; client ["
                        + address
                        + "] blocked using "
                        + score.domain();
        switch (terms.actions.listed()) {
            case DROP -> {
                results.fail(Check.DNS_LISTS);
                drop("521" + text);
                return true;
            }
            case ENFORCE -> {
                results.fail(Check.DNS_LISTS);
                enforce("550" + text);
            }
            case IGNORE -> {}
        }
        return false;
    }

    // ---- after the greeting

    private void engine() throws IOException {
        begin("tests after SMTP handshake");
        if (late) {
            results.wantNoDeep();
        } else if (results.anyFailed()) {
            results.wantAllDeep();
        }
        byte[] said = early;
        early = NOTHING;
        new Engine(this, said).run(!results.failed(Check.PREGREET), late);
    }

    /// It has passed, and there is nobody to hand it to: it hears of it as soon as a reply is due.
    private void noServer() throws IOException {
        if (!results.todo(Check.PREGREET)) {
            send("421 4.3.2 All server ports are busy");
            return;
        }
        late = true;
        drop("421 4.3.2 No system resources");
        engine();
        farewell();
    }

    // ---- what the parts share

    void begin(String name) {
        phase = name;
        phaseNanos = service.clock.nanos();
    }

    /// It is passed for its time.
    void pass(Check check) {
        results.pass(check);
        place().visitor().stamp(check, service.seconds() + terms.seconds.getOrDefault(check, 0L));
    }

    /// A test after the greeting is failed and that is ignored: it counts as passed until something
    /// else expires.
    void passForNow(Check check) {
        results.unfail(check);
        results.pass(check);
        place().visitor().stamp(check, service.seconds() + terms.shortestSeconds);
    }

    /// A test after the greeting is failed.
    void fail(Check check) {
        results.fail(check);
        place().visitor().stamp(check, Cache.DISABLED);
        results.skip(check);
    }

    /// It is let go with this reply.
    void drop(String reply) {
        noForward = true;
        finalReply = reply;
    }

    /// Its recipients are refused with this reply.
    void enforce(String reply) {
        noForward = true;
        recipientReply = reply;
    }

    String recipientReply() {
        return recipientReply;
    }

    String finalReply() {
        return finalReply;
    }

    Connection connection() {
        return connection;
    }

    void secured(Connection secure) {
        connection = secure;
    }

    /// Milliseconds for a command line.
    long commandMillis() {
        return terms.commandTime(service.crowd.stressed()).toMillis();
    }

    /// `[192.0.2.1]:25`
    String client() {
        return "[" + address + "]:" + port;
    }

    void screened(String line) {
        service.log.event(tag, SessionEvent.Screened.of(client(), line));
    }

    void info(String text) {
        service.log.info(tag, text);
    }

    void warn(String text) {
        service.log.warning(tag, text);
    }

    /// A line of ours without its end; a refusal may get more behind it.
    void send(String reply) throws IOException {
        String said = reply;
        char kind = reply.charAt(0);
        if (kind == '4' || kind == '5') {
            said = service.footer.with(reply, softened(reply), address, port);
        }
        byte[] octets = (said + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
        connection.deadline(WRITE_MILLIS);
        connection.write(octets, 0, octets.length);
    }

    /// soft_bounce
    String softened(String reply) {
        if (!terms.softBounce || reply.charAt(0) != '5') {
            return reply;
        }
        String status = reply.charAt(4) == '5' ? "4" : reply.substring(4, 5);
        return "4" + reply.substring(1, 4) + status + reply.substring(5);
    }

    private String elapsed() {
        return Escapes.delay(service.clock.nanos() - phaseNanos);
    }

    // ---- the end

    /// Remembers what was passed, and says goodbye to who is not handed over.
    ///
    /// @return whether it is to be handed over
    private boolean conclude() {
        results.settle();
        if (results.allPassed()) {
            boolean old = !results.fresh() || !place().visitor().firstToPass();
            screened("PASS " + (old ? "OLD " : "NEW ") + client());
        }
        if (results.anyPassed()) {
            long[] stamps = place().visitor().stamps();
            for (Check each : Check.values()) {
                if (!terms.makes(each) && stamps[each.place] == Cache.NEVER) {
                    stamps[each.place] = Cache.DISABLED;
                }
            }
            service.cache.update(address, stamps);
        }
        if (noForward) {
            farewell();
        }
        return !noForward;
    }

    private void farewell() {
        if (!hungUp) {
            try {
                send(finalReply);
            } catch (IOException e) {
                // gone already
            }
        }
        if (connection instanceof TlsConnection) {
            connection.close();
            service.handshake.over(this);
        }
        screened("DISCONNECT " + client());
    }

    /// False where there is nobody to hand it to.
    private boolean handedOver(AtomicBoolean here) {
        Connection passed =
                new PassedConnection(
                        connection, new InetSocketAddress(client, port), server, early);
        service.crowd.posted(1);
        AtomicBoolean waits = new AtomicBoolean(true);
        try {
            boolean there =
                    service.handover.pass(
                            service.passTo,
                            passed,
                            () -> {
                                if (waits.getAndSet(false)) {
                                    service.crowd.posted(-1);
                                    here.set(false);
                                    service.crowd.leave(address);
                                }
                            });
            if (!there) {
                warn(
                        "cannot connect to service private/"
                                + service.passTo
                                + ": No such file or directory");
            }
            return there;
        } finally {
            if (waits.getAndSet(false)) {
                service.crowd.posted(-1);
            }
        }
    }
}
