package org.postrider.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.postrider.delivery.Outcome;
import org.postrider.rights.Ended;
import org.postrider.rights.Trouble;

/// What a command's end says of the mail; the rest is played beside Postfix (src/test/delivered).
class CommandEndTest {
    private static final CommandEnd END = new CommandEnd("there", "pipe");

    private static Outcome exit(int status, String said) {
        return Objects.requireNonNull(
                END.failure("/c", new Ended(new Ended.How.Exit(status), said, true)));
    }

    @Test
    void whatACommandSaysIsTheDiagnosticOfItsFailure() {
        assertEquals("user unknown", exit(67, "").detail().diagnostic());
        assertEquals("not here ", exit(67, "not here\n").detail().diagnostic());
        assertEquals("not here ", exit(75, "5.1.1 not here\n").detail().diagnostic());
        assertNull(END.failure("/c", new Ended(new Ended.How.Exit(0), "4.1.1 no\n", true)));
    }

    @Test
    void aTroubleOfTheMachineDefers() {
        for (Trouble.Kind kind : Trouble.Kind.values()) {
            assertInstanceOf(
                    Outcome.Deferred.class, END.refused(new Trouble(kind, 2, "execvp /c: No")));
        }
    }

    @Test
    void nothingThatItSaysActsOnATerminal() {
        assertEquals("a_[1m b__ ", CommandEnd.printable("a\033[1m\tb\r\177\n"));
        assertEquals(
                "\u00c3\u00a4_\u00e2\u0082\u00ac_",
                CommandEnd.printable("\u00c3\u00a4\u00c3\u00e2\u0082\u00ac\u00ed\u0000x"));
    }
}
