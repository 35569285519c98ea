package org.postrider.postscreen;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.address.Quoting;
import org.postrider.io.DeadlineException;
import org.postrider.maps.Fold;
import org.postrider.maps.TableException;
import org.postrider.tls.TlsConnection;
import org.postrider.wire.EhloKeywords;

/// The built-in SMTP engine: looks how a client speaks, and refuses all recipients. Session thread
/// only.
final class Engine {
    private static final int SHOWN = 100;
    private static final String UNIMPLEMENTED = "UNIMPLEMENTED";

    /// Those it knows; the rest is answered 502.
    private static final List<String> KNOWN =
            List.of(
                    "HELO",
                    "EHLO",
                    "STARTTLS",
                    "XCLIENT",
                    "XFORWARD",
                    "AUTH",
                    "MAIL",
                    "RCPT",
                    "DATA",
                    "BDAT",
                    "RSET",
                    "NOOP",
                    "VRFY",
                    "ETRN",
                    "QUIT");

    private static final Set<String> BEFORE_TLS =
            Set.of("HELO", "EHLO", "STARTTLS", "NOOP", "QUIT");

    private final Screening s;
    private final Terms terms;
    private final Offers offers;
    private final Input in;
    private String where = "CONNECT";
    private String protocol = "SMTP";
    private @Nullable String helo;
    private @Nullable String sender;
    private Set<String> discarded;
    private @Nullable TlsConnection tls;
    private int commands;
    private boolean over;

    /// @param early what the client has said before the greeting
    Engine(Screening screening, byte[] early) {
        s = screening;
        terms = s.terms;
        offers = s.service.offers;
        discarded = Set.of();
        in = new Input(s.connection(), early, terms.limits.line(), s.service.clock);
    }

    /// Until the session is over.
    ///
    /// @param greets false for a client that has spoken before its turn
    /// @param late the next command ends the session
    void run(boolean greets, boolean late) throws IOException {
        if (greets) {
            s.send("220 " + terms.banner);
        }
        in.earlyToo();
        try {
            while (!over) {
                String line = filtered(in.line(s.commandMillis()));
                if (in.bareLf()) {
                    bareNewline(line);
                }
                if (!over) {
                    command(line, late);
                }
            }
        } catch (Input.TooLongException e) {
            s.screened("COMMAND LENGTH LIMIT from " + s.client() + " after " + where);
            drop(unavailable());
        } catch (DeadlineException e) {
            s.screened("COMMAND TIME LIMIT from " + s.client() + " after " + where);
            drop("421 4.4.2 " + terms.hostname + " Error: timeout exceeded");
        } catch (TableException e) {
            e.warnings().forEach(s::warn);
            drop(unavailable());
        }
    }

    private void drop(String reply) {
        s.drop(reply);
        over = true;
    }

    private String unavailable() {
        return "421 " + terms.hostname + " Service unavailable - try again later";
    }

    /// postscreen_command_filter
    private String filtered(String line) {
        String other = s.service.filter == null ? null : s.service.filter.lookup(line.strip());
        if (other == null) {
            return line;
        }
        s.info(
                s.client()
                        + ": replacing command \""
                        + Escapes.first(line, SHOWN)
                        + "\" with \""
                        + Escapes.first(other, SHOWN)
                        + "\"");
        return other;
    }

    // ---- the tests

    private void bareNewline(String line) {
        if (s.results.open(Check.BARE_NEWLINE)) {
            s.screened(
                    "BARE NEWLINE from "
                            + s.client()
                            + " after "
                            + Escapes.of(Escapes.first(line, SHOWN)));
            failed(Check.BARE_NEWLINE, terms.actions.bareNewline(), "521 5.5.1 Protocol error");
        }
    }

    private void failed(Check check, Action action, String last) {
        s.fail(check);
        switch (action) {
            case DROP -> drop(last);
            case ENFORCE -> s.enforce("550 5.5.1 Protocol error");
            case IGNORE -> s.passForNow(check);
        }
    }

    private void nonSmtp(String word, String arguments, String before) {
        s.screened(
                "NON-SMTP COMMAND from "
                        + s.client()
                        + " after "
                        + before
                        + ": "
                        + Escapes.printable(word, SHOWN)
                        + " "
                        + Escapes.of(Escapes.first(arguments, SHOWN)));
        failed(
                Check.NON_SMTP,
                terms.actions.nonSmtp(),
                "521 5.7.0 Error: I can break rules, too. Goodbye.");
    }

    private void pipelining(String word) {
        s.screened(
                "COMMAND PIPELINING from "
                        + s.client()
                        + " after "
                        + Escapes.printable(word, SHOWN)
                        + ": "
                        + in.peek(SHOWN));
        failed(Check.PIPELINING, terms.actions.pipelining(), "521 5.5.1 Protocol error");
    }

    /// Tests after the greeting are passed with the first recipient; they can still be failed.
    private void passed() {
        for (Check each : List.of(Check.BARE_NEWLINE, Check.NON_SMTP, Check.PIPELINING)) {
            if (s.results.todo(each) && !s.results.passed(each) && !s.results.failed(each)) {
                s.pass(each);
            }
        }
    }

    // ---- commands

    private void command(String line, boolean late) throws IOException {
        String text = line.strip().isEmpty() ? "" : line.replaceFirst("^ +", "");
        int blank = text.indexOf(' ');
        String word = blank < 0 ? text : text.substring(0, blank);
        String arguments = blank < 0 ? "" : text.substring(blank + 1);
        String verb = verb(word);
        boolean known = !verb.equals(UNIMPLEMENTED);
        String before = where;
        where = verb;
        if (late && !verb.equals("QUIT")) {
            drop(s.finalReply());
            return;
        }
        if (!known && s.results.open(Check.NON_SMTP) && foreign(word)) {
            nonSmtp(word, arguments, before);
        }
        if (!over && !verb.equals("BDAT") && s.results.open(Check.PIPELINING) && in.pending()) {
            pipelining(word);
        }
        if (over) {
            return;
        }
        if (verb.equals("RCPT")) {
            passed();
        }
        if (++commands > terms.limits.commands() && !verb.equals("QUIT")) {
            s.screened("COMMAND COUNT LIMIT from " + s.client() + " after " + before);
            drop(unavailable());
            return;
        }
        execute(verb, arguments);
    }

    private static String verb(String word) {
        for (String each : KNOWN) {
            if (Fold.same(each, word)) {
                return each;
            }
        }
        return UNIMPLEMENTED;
    }

    private boolean foreign(String word) {
        int colon = word.indexOf(':');
        if (colon > 0 && word.chars().limit(colon).allMatch(c -> c > ' ' && c < 127)) {
            return true;
        }
        try {
            return s.service.forbidden.contains(word);
        } catch (TableException e) {
            // What cannot be asked is not forbidden, as in Postfix.
            e.warnings().forEach(s::warn);
            return false;
        }
    }

    private void execute(String verb, String arguments) throws IOException {
        if (terms.dialogue.tlsRequired()
                && tls == null
                && KNOWN.contains(verb)
                && !BEFORE_TLS.contains(verb)) {
            boolean enabled = !Set.of("XCLIENT", "XFORWARD", "AUTH").contains(verb);
            s.send(enabled ? "530 5.7.0 Must issue a STARTTLS command first" : UNKNOWN);
            return;
        }
        switch (verb) {
            case "HELO" -> helo(arguments);
            case "EHLO" -> ehlo(arguments);
            case "STARTTLS" -> startTls(arguments);
            case "MAIL" -> mail(arguments);
            case "RCPT" -> recipient(arguments);
            case "DATA" -> data(arguments);
            case "BDAT" -> chunk(arguments);
            case "RSET" -> {
                sender = null;
                s.send("250 2.0.0 Ok");
            }
            case "NOOP" -> s.send("250 2.0.0 Ok");
            case "VRFY" -> verify(arguments);
            case "ETRN" -> flush(arguments);
            case "QUIT" -> drop("221 2.0.0 Bye");
            default -> s.send(UNKNOWN);
        }
    }

    private static final String UNKNOWN = "502 5.5.2 Error: command not recognized";

    /// The first of the words between blanks; null for none.
    private static @Nullable String word(String arguments) {
        int from = 0;
        while (from < arguments.length() && arguments.charAt(from) == ' ') {
            from++;
        }
        int to = arguments.indexOf(' ', from);
        String out = arguments.substring(from, to < 0 ? arguments.length() : to);
        return out.isEmpty() ? null : out;
    }

    private void helo(String arguments) throws IOException {
        String name = word(arguments);
        if (name == null) {
            s.send("501 Syntax: HELO hostname");
            return;
        }
        helo = name;
        sender = null;
        s.send("250 " + terms.hostname);
    }

    private void ehlo(String arguments) throws IOException {
        String name = word(arguments);
        if (name == null) {
            s.send("501 Syntax: EHLO hostname");
            return;
        }
        helo = name;
        sender = null;
        protocol = "ESMTP";
        discarded = offers.discarded(s.address);
        if (!discarded.equals(offers.always())) {
            String shown = EhloKeywords.logged(discarded);
            if (!shown.isEmpty()) {
                // So Postfix has the port here.
                s.info("[" + s.address + "]" + s.port + ": discarding EHLO keywords: " + shown);
            }
        }
        List<String> lines = new ArrayList<>(List.of(terms.hostname));
        lines.addAll(offers.keywords(discarded, tls != null));
        StringBuilder reply = new StringBuilder();
        for (int i = 0; i < lines.size(); i++) {
            boolean last = i == lines.size() - 1;
            reply.append("250").append(last ? ' ' : '-').append(lines.get(i));
            reply.append(last ? "" : "\r\n");
        }
        s.send(reply.toString());
    }

    private void startTls(String arguments) throws IOException {
        if (word(arguments) != null) {
            s.send("501 5.5.4 Syntax: STARTTLS");
        } else if (tls != null) {
            s.send("554 5.5.1 Error: TLS already active");
        } else if (!terms.dialogue.tlsOffered() || discarded.contains("STARTTLS")) {
            s.send("502 5.5.1 Error: command not implemented");
        } else if (s.service.handshake.unavailable(s)) {
            s.send("454 4.7.0 TLS not available due to local problem");
        } else {
            s.send("220 2.0.0 Ready to start TLS");
            TlsConnection secure = s.service.handshake.play(s);
            tls = secure;
            s.secured(secure);
            in.replace(secure);
            helo = null;
            sender = null;
        }
    }

    private void mail(String arguments) throws IOException {
        int colon = arguments.indexOf(':');
        if (terms.dialogue.heloRequired() && helo == null) {
            s.send("503 5.5.1 Error: send HELO/EHLO first");
        } else if (sender != null) {
            s.send("503 5.5.1 Error: nested MAIL command");
        } else if (colon < 0) {
            s.send("501 5.5.4 Syntax: MAIL FROM:<address>");
        } else {
            sender = path(arguments.substring(colon + 1));
            s.send("250 2.1.0 Ok");
        }
    }

    private void recipient(String arguments) throws IOException {
        int colon = arguments.indexOf(':');
        String from = sender;
        if (from == null) {
            s.send("503 5.5.1 Error: need MAIL command");
        } else if (colon < 0) {
            s.send("501 5.5.4 Syntax: RCPT TO:<address>");
        } else {
            String to = path(arguments.substring(colon + 1));
            s.screened(
                    "NOQUEUE: reject: RCPT from "
                            + s.client()
                            + ": "
                            + s.softened(s.recipientReply())
                            + "; from=<"
                            + Quoting.rfc5321(new Address(from))
                            + ">, to=<"
                            + Quoting.rfc5321(new Address(to))
                            + ">, proto="
                            + protocol
                            + ", helo=<"
                            + (helo == null ? "" : helo)
                            + ">");
            s.send(s.recipientReply());
        }
    }

    /// The address of MAIL and RCPT without quoting: what a client means, not whether it may.
    private static String path(String text) {
        int at = 0;
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
        boolean bracket = at < text.length() && text.charAt(at) == '<';
        char stop = bracket ? '>' : ' ';
        at += bracket ? 1 : 0;
        StringBuilder out = new StringBuilder();
        boolean quoted = false;
        for (; at < text.length() && (quoted || text.charAt(at) != stop); at++) {
            char c = text.charAt(at);
            if (c == '"') {
                quoted = !quoted;
                continue;
            }
            if (c == '\\') {
                at++;
                if (at == text.length()) {
                    break;
                }
                c = text.charAt(at);
            }
            out.append(c);
        }
        int colon = out.indexOf(":");
        boolean routed = !out.isEmpty() && out.charAt(0) == '@' && colon > 0;
        return routed ? out.substring(colon + 1) : out.toString();
    }

    private void data(String arguments) {
        s.screened("DATA without valid RCPT from " + s.client());
        if (word(arguments) != null) {
            drop("501 5.5.4 Syntax: DATA");
        } else if (sender == null) {
            drop("503 5.5.1 Error: need RCPT command");
        } else {
            drop("554 5.5.1 Error: no valid recipients");
        }
    }

    private void chunk(String arguments) {
        s.screened("BDAT without valid RCPT from " + s.client());
        if (discarded.contains("CHUNKING")) {
            drop("502 5.5.1 Error: command not implemented");
        } else if (word(arguments) == null) {
            drop("501 5.5.4 Syntax: BDAT count [LAST]");
        } else if (sender == null) {
            drop("554 5.5.1 Error: need MAIL command");
        } else {
            drop("554 5.5.1 Error: no valid recipients");
        }
    }

    private void verify(String arguments) throws IOException {
        if (word(arguments) == null) {
            s.send("501 5.5.4 Syntax: VRFY address");
        } else if (terms.dialogue.vrfyDisabled()) {
            s.send("502 5.5.1 VRFY command is disabled");
        } else {
            s.send(s.recipientReply());
        }
    }

    private void flush(String arguments) throws IOException {
        if (terms.dialogue.heloRequired() && helo == null) {
            s.send("503 5.5.1 Error: send HELO/EHLO first");
        } else if (word(arguments) == null) {
            s.send("500 Syntax: ETRN domain");
        } else {
            s.send("458 Unable to queue messages");
        }
    }
}
