package org.postrider.command.explain;

import org.postrider.access.Effect;
import org.postrider.access.LogLine;
import org.postrider.access.Stage;
import org.postrider.maps.Fold;

/// What decisions come to, in words.
final class Sayings {
    private Sayings() {}

    /// The name of a constant as programs read it.
    static String word(Enum<?> constant) {
        return Fold.lower(constant.name());
    }

    /// The command that a stage is asked at.
    static String command(Stage stage, Caller caller) {
        return switch (stage) {
            case CLIENT -> "connect from " + caller.client().nameAndAddress();
            case HELO -> "EHLO " + caller.helo();
            case SENDER -> "MAIL FROM:<" + caller.sender().text() + ">";
            case RECIPIENT, VRFY -> "RCPT TO:<" + caller.to().text() + ">";
            case DATA -> "DATA";
            case END_OF_DATA -> "end of data";
            case ETRN -> "ETRN";
        };
    }

    /// What else is to happen.
    static String effect(Effect effect) {
        return switch (effect) {
            case Effect.Hold _ -> "the mail is held";
            case Effect.Quarantine _ -> "a header says that its domain wants it in quarantine";
            case Effect.Discard _ ->
                    "the mail is accepted and dropped: nothing more is asked of it";
            case Effect.Filter(String to) -> "the mail goes through the filter " + to;
            case Effect.Redirect(var to) -> "the mail goes to " + to.text() + " instead";
            case Effect.Bcc(var to) -> "a copy goes to " + to.text();
            case Effect.Prepend(String header) -> "a header is put before it: " + header;
            case Effect.DeferIfPermit(var reply, _) ->
                    "put off unless it is refused: " + reply.line();
            case Effect.Pause(int seconds) -> "the client waits " + seconds + " s";
            case LogLine.Info(String text) -> "log: " + text;
            case LogLine.Warning(String text) -> "log: warning: " + text;
            case LogLine.LookupFailed(String text) -> "log: warning: " + text;
            case LogLine.WarningOnce(_, String text) -> "log: warning: " + text;
            case LogLine.Fatal(String text) -> "log: fatal: " + text;
            case LogLine.Action(String action, String text) -> "log: " + action + ": " + text;
            case LogLine.Held(String text) -> "log: hold: " + text;
            case LogLine.RejectWarning(_, var reply, var cause) ->
                    "log: reject_warning: " + reply.line() + " (" + cause.text() + ")";
        };
    }
}
