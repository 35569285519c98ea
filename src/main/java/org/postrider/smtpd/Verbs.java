package org.postrider.smtpd;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.postrider.wire.Command;

/// The table of verbs of one listener. A new verb is a class, a line here, and, where it has one,
/// its keyword at its place in EHLO's reply. Immutable; any thread.
final class Verbs {
    private final Map<String, Verb> byName = new LinkedHashMap<>();
    private final Verb unknown;

    private Verbs(Verb unknown, List<Verb> known) {
        this.unknown = unknown;
        known.forEach(each -> byName.put(each.name(), each));
    }

    static Verbs of(Makings m) {
        MailFrom mail = new MailFrom(m);
        Vrfy vrfy = new Vrfy(m);
        StartTls startTls = new StartTls(m);
        Auth auth = new Auth(m);
        Xclient xclient = new Xclient(m);
        Xforward xforward = new Xforward(m);
        MailEnd end = new MailEnd(m);
        Ehlo ehlo =
                new Ehlo(
                        m,
                        List.of(
                                Keyword.always("PIPELINING"),
                                mail.size(),
                                vrfy.keyword(),
                                Keyword.always("ETRN"),
                                startTls.keyword(),
                                auth.keyword(),
                                mail.verp(),
                                xclient.keyword(),
                                xforward.keyword(),
                                Keyword.always("ENHANCEDSTATUSCODES"),
                                Keyword.always("8BITMIME"),
                                Keyword.always("DSN"),
                                mail.smtputf8(),
                                Keyword.always("CHUNKING"),
                                mail.requireTls()));
        return new Verbs(
                new Unknown(m),
                List.of(
                        new Helo(m),
                        ehlo,
                        mail,
                        new RcptTo(m),
                        new Data(m, end),
                        new Bdat(m, end),
                        new Rset(),
                        new Noop(),
                        vrfy,
                        new Etrn(m),
                        new Quit(),
                        startTls,
                        auth,
                        xclient,
                        xforward));
    }

    /// Never fails: what is no verb is [Unknown].
    Verb of(Command command) {
        return byName.getOrDefault(command.verb(), unknown);
    }

    /// All there are, the unknown one last.
    List<Verb> all() {
        List<Verb> out = new java.util.ArrayList<>(byName.values());
        out.add(unknown);
        return out;
    }
}
