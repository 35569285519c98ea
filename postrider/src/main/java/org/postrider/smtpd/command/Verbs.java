package org.postrider.smtpd.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.postrider.smtpd.Makings;
import org.postrider.smtpd.mail.MailEnd;
import org.postrider.smtpd.mail.MailStart;
import org.postrider.wire.Command;

/// The table of verbs of one listener. A new verb is a class, a line here, and, where it has one,
/// its keyword at its place in EHLO's reply. Their order is that of the disconnect line. Immutable;
/// any thread.
public final class Verbs {
    private final Map<String, Verb> byName = new LinkedHashMap<>();
    private final Verb unknown;
    private final List<String> names;

    private Verbs(Verb unknown, List<Verb> known) {
        this.unknown = unknown;
        known.forEach(each -> byName.put(each.name(), each));
        names = all().stream().map(Verb::name).toList();
    }

    public static Verbs of(Makings m) {
        MailStart start = new MailStart(m);
        MailFrom mail = new MailFrom(m, start);
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
                                Ehlo.Keyword.always("PIPELINING"),
                                mail.size(),
                                vrfy.keyword(),
                                Ehlo.Keyword.always("ETRN"),
                                startTls.keyword(),
                                auth.keyword(),
                                mail.verp(),
                                xclient.keyword(),
                                xforward.keyword(),
                                Ehlo.Keyword.always("ENHANCEDSTATUSCODES"),
                                Ehlo.Keyword.always("8BITMIME"),
                                Ehlo.Keyword.always("DSN"),
                                mail.smtputf8(),
                                Ehlo.Keyword.always("CHUNKING"),
                                mail.requireTls()));
        return new Verbs(
                new Unknown(m),
                List.of(
                        new Helo(m),
                        ehlo,
                        xclient,
                        xforward,
                        startTls,
                        auth,
                        mail,
                        new RcptTo(m, start),
                        new Data(m, end),
                        new Bdat(m, end),
                        new Rset(),
                        new Noop(),
                        vrfy,
                        new Etrn(m),
                        new Quit()));
    }

    /// Never fails: what is no verb is [Unknown].
    public Verb of(Command command) {
        return byName.getOrDefault(command.verb(), unknown);
    }

    /// All there are, the unknown one last.
    public List<Verb> all() {
        List<Verb> out = new ArrayList<>(byName.values());
        out.add(unknown);
        return out;
    }

    /// Their names, the unknown one last.
    public List<String> names() {
        return names;
    }
}
