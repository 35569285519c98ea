package org.postrider.agent;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.postrider.delivery.Outcome;
import org.postrider.dsn.DsnSplit;
import org.postrider.dsn.Status;
import org.postrider.rights.Ended;
import org.postrider.rights.Identity;
import org.postrider.rights.Trouble;

/// What became of mail, by the end of the command that it was given to.
///
/// @param relay as the log has it
/// @param program that ran it, `pipe`
public record CommandEnd(String relay, String program) {
    /// What is kept of a command's output, as in Postfix, in octets.
    public static final int OUTPUT = 4096;

    private static final String EXEC = "execvp ";

    private static final Status LATER = new Status(4, 3, 0);
    private static final Status FAILED = new Status(5, 3, 0);
    private static final Status UNSAID = new Status(5, 0, 0);

    /// Null where it took the mail.
    ///
    /// @param command as it is named in the text
    public @Nullable Outcome failure(String command, Ended ended) {
        String said = printable(ended.output());
        return switch (ended.how()) {
            case Ended.How.TimedOut _ ->
                    settled(
                            FAILED,
                            "Command time limit exceeded: " + quoted(command),
                            said,
                            SysExits.SOFTWARE.text());
            case Ended.How.Signal(int number) ->
                    settled(
                            LATER,
                            "Command died with signal " + number + ": " + quoted(command),
                            said,
                            SysExits.SOFTWARE.text());
            case Ended.How.Exit(int status) -> status == 0 ? null : exited(command, status, said);
        };
    }

    private static String quoted(String command) {
        return "\"" + command + "\"";
    }

    private Outcome exited(String command, int exit, String said) {
        Status own = DsnSplit.status(said);
        if (own != null) {
            // A success that is none says nothing of the failure.
            String text = DsnSplit.of(FAILED, said).text();
            return outcome(own.success() ? UNSAID : own, text, text);
        }
        SysExits known = SysExits.of(exit);
        return known != null
                ? settled(known.status(), known.text(), said, known.text())
                : settled(
                        FAILED,
                        "Command died with status " + exit + ": " + quoted(command),
                        said,
                        "unknown mail system error " + exit);
    }

    private Outcome settled(Status status, String text, String said, String otherwise) {
        return said.isEmpty()
                ? outcome(status, text, otherwise)
                : outcome(status, text + ". Command output: " + said, said);
    }

    /// Where it was not run: Postfix's child, which was to run it, ends with EX_TEMPFAIL then.
    public Outcome refused(Trouble trouble) {
        return refused(trouble, fatal(trouble, null));
    }

    /// The same of a line that is run without a shell, or by the system's: exec_command(3) says so.
    public Outcome lineRefused(Trouble trouble) {
        return refused(trouble, trouble.text());
    }

    private Outcome refused(Trouble trouble, String fatal) {
        if (trouble.kind() != Trouble.Kind.SYSTEM) {
            return outcome(LATER, trouble.text(), SysExits.OSERR.text());
        }
        SysExits how = SysExits.TEMPFAIL;
        boolean said = trouble.text().startsWith(EXEC);
        String output = said ? program + ": fatal: " + fatal + " " : "";
        return settled(how.status(), how.text(), output, how.text());
    }

    /// What that child says in the log.
    ///
    /// @param as whose rights it was to have; null for nobody's that are told
    public static String fatal(Trouble trouble, @Nullable Identity as) {
        String text = trouble.text();
        int quote = text.lastIndexOf("\": ");
        if (text.startsWith(EXEC)) {
            return "pipe_command: " + text;
        }
        return as != null && text.startsWith("cannot change directory to ") && quote > 0
                ? text.substring(0, quote + 1)
                        + " for uid="
                        + Integer.toUnsignedString(as.uid())
                        + " gid="
                        + Integer.toUnsignedString(as.gid())
                        + text.substring(quote + 1)
                : text;
    }

    private Outcome outcome(Status status, String text, String diagnostic) {
        Outcome.Detail detail =
                new Outcome.Detail(status, relay, text, "", null, diagnostic, 1, 0, 0);
        return status.kind() == 4 ? new Outcome.Deferred(detail) : new Outcome.Bounced(detail);
    }

    /// One line of what a command said up to a NUL: nothing in it acts on a terminal or ends a
    /// header. Whole characters of UTF-8 stay.
    public static String printable(String octets) {
        StringBuilder out = new StringBuilder(octets.length());
        int end = octets.indexOf('\0');
        int at = 0;
        while (at < (end < 0 ? octets.length() : end)) {
            char c = octets.charAt(at);
            int length = c < 0x80 ? 1 : character(octets, at);
            if (c == '\t' || c == '\n') {
                out.append(' ');
            } else if (length == 0 || c < ' ' || c == 127) {
                out.append('_');
            } else {
                out.append(octets, at, at + length);
            }
            at += Math.max(1, length);
        }
        return out.toString();
    }

    /// How many octets make a character of UTF-8 there; 0 for none.
    private static int character(String octets, int at) {
        char c = octets.charAt(at);
        int length = c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;
        if (length == 0 || at + length > octets.length()) {
            return 0;
        }
        byte[] bytes = octets.substring(at, at + length).getBytes(StandardCharsets.ISO_8859_1);
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return length;
        } catch (CharacterCodingException e) {
            return 0;
        }
    }
}
