package org.postrider.milter.client;

import java.io.IOException;
import java.io.InputStream;
import org.postrider.milter.Answer;
import org.postrider.milter.Changes;
import org.postrider.milter.FilteredMail;
import org.postrider.milter.MacroLists.Stage;
import org.postrider.milter.Macros;
import org.postrider.milter.wire.Event;

/// Tells a milter the content of one mail, in as few packets as it has fields and pieces. One
/// thread.
final class ContentSender {
    /// Octets of a body that a milter gets at a time, as from libmilter's own servers.
    private static final int PIECE = 65_535;

    private final MilterConnection to;
    private final FilteredMail mail;
    private final Macros macros;
    private final Changes changes;

    ContentSender(MilterConnection to, FilteredMail mail, Macros macros, Changes changes) {
        this.to = to;
        this.mail = mail;
        this.macros = macros;
        this.changes = changes;
    }

    /// The milter's last word on the mail.
    ///
    /// @throws IOException where the mail cannot be read
    Answer send() throws IOException {
        Answer answer = header();
        if (goesOn(answer)) {
            answer = body();
        }
        if (goesOn(answer)) {
            answer =
                    to.event(
                            Event.END_OF_BODY,
                            Stage.END_OF_BODY,
                            macros,
                            _ -> {},
                            new ChangeReader(changes, to.leadingSpace()));
            Answer fault = changes.fault();
            if (fault != null) {
                return fault;
            }
        }
        return answer;
    }

    /// It has not decided, whatever it has said of quarantine.
    private boolean goesOn(Answer answer) {
        return to.listens() && (answer instanceof Answer.GoOn || answer instanceof Answer.Hold);
    }

    private Answer header() throws IOException {
        Answer answer = to.settled();
        if (to.hears(Event.HEADER)) {
            for (FilteredMail.Field field : mail.fields()) {
                answer =
                        to.event(
                                Event.HEADER,
                                Stage.END_OF_HEADER,
                                macros,
                                out -> out.string(field.name()).string(value(field)));
                if (!goesOn(answer) || !to.hears(Event.HEADER)) {
                    break;
                }
            }
        }
        if (goesOn(answer) && to.hears(Event.END_OF_HEADER)) {
            answer = to.event(Event.END_OF_HEADER, Stage.END_OF_HEADER, macros, _ -> {});
        }
        return answer;
    }

    /// Without the first blank of those that follow the colon, unless it asked for all.
    private String value(FilteredMail.Field field) {
        String value = field.value();
        return to.leadingSpace() || !value.startsWith(" ") ? value : value.substring(1);
    }

    private Answer body() throws IOException {
        Answer answer = to.settled();
        if (!to.hears(Event.BODY)) {
            return answer;
        }
        byte[] piece = new byte[(int) Math.min(PIECE, mail.bodyLength())];
        try (InputStream in = mail.body()) {
            int n = in.readNBytes(piece, 0, piece.length);
            while (n > 0) {
                int length = n;
                answer =
                        to.event(
                                Event.BODY,
                                Stage.END_OF_BODY,
                                macros,
                                out -> out.last(piece, 0, length));
                if (!goesOn(answer) || !to.hears(Event.BODY)) {
                    break;
                }
                n = in.readNBytes(piece, 0, piece.length);
            }
        }
        return answer;
    }
}
