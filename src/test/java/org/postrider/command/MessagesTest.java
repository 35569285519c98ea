package org.postrider.command;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/// No octet of a message does anything to the terminal that shows it.
class MessagesTest {
    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final PrintStream err = new PrintStream(said, true, StandardCharsets.ISO_8859_1);
    private final Messages say = new Messages("x", err);

    private String said() {
        String all = said.toString(StandardCharsets.ISO_8859_1);
        said.reset();
        return all;
    }

    @Test
    void controlsAreQuestionMarks() {
        say.warning("a\u0000b\u001b[2Jc\u007fd\r\ne\tf");
        assertEquals("x: warning: a?b?[2Jc?d??e?f\n", said());
        say.info("\u007f");
        assertEquals("x: ?\n", said());
        say.fatal("~ ");
        assertEquals("x: fatal: ~ \n", said());
    }

    /// Octets, as arguments and files are read: those that are UTF-8 are shown.
    @Test
    void soIsWhatIsNoUtf8() {
        say.warning("caf\u00c3\u00a9");
        assertEquals("x: warning: caf\u00c3\u00a9\n", said());
        say.warning("caf\u00c3\u00a9 \u001b");
        assertEquals("x: warning: caf\u00c3\u00a9 ?\n", said());
        say.warning("caf\u00e9 \u009b2J");
        assertEquals("x: warning: caf? ?2J\n", said());
        Messages.ascii("x", err).warning("caf\u00c3\u00a9");
        assertEquals("x: warning: caf??\n", said());
    }

    @Test
    void whatStandsBelowIsLinesOfItsOwn() {
        say.fatal(CommandException.shown(1, "odd\nthing", "  of\u001b\n  ^"));
        assertEquals("x: fatal: odd?thing\n  of?\n  ^\n", said());
        say.fatal(new CommandException(1, "nothing"));
        assertEquals("x: fatal: nothing\n", said());
    }
}
