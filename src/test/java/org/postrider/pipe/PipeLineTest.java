package org.postrider.pipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.postrider.agent.MailCopy.Part;
import org.postrider.config.ConfigException;
import org.postrider.config.MasterEntry;

/// What a line of master.cf says to pipe(8), and what is wrong with one in Postfix's words.
class PipeLineTest {
    private static PipeLine line(String text) {
        return PipeLine.of(
                MasterEntry.parse("x unix - n n - - pipe " + text, 1, warning -> {}).arguments());
    }

    private static String fault(String text) {
        return String.valueOf(
                assertThrows(ConfigException.class, () -> Macros.of(line(text).argv()))
                        .getMessage());
    }

    @Test
    void whatStandsInDebiansMasterCfIsRead() {
        PipeLine l = line("flags=DRXhu user=vmail argv=/usr/bin/maildrop -d ${recipient}");
        assertEquals(Set.of(Part.DELIVERED_TO, Part.RETURN_PATH), l.parts());
        assertEquals(
                Set.of(
                        PipeLine.Option.FINAL,
                        PipeLine.Option.FOLD_DOMAIN,
                        PipeLine.Option.FOLD_LOCAL),
                l.options());
        assertEquals("vmail", l.user().name());
        assertNull(l.user().group());
        assertEquals(List.of("/usr/bin/maildrop", "-d", "${recipient}"), l.argv());
    }

    @Test
    void attributesMayStandInBracesAndBehindOptions() {
        PipeLine l =
                line(
                        "-o soft_bounce=yes -v { null_sender=a b } {user=u:g} size=9"
                                + " eol=\\r\\n directory=/d chroot=/c argv={/bin/a b} { c  d }");
        assertEquals(new PipeLine.Form("\r\n", 9, "a b"), l.form());
        assertEquals(new PipeLine.Place("/c", "/d"), l.place());
        assertEquals("g", l.user().group());
        assertEquals(List.of("{/bin/a b}", "c  d"), l.argv());
    }

    @Test
    void escapesOfLineEndsAreThoseOfC() {
        assertEquals(
                "\007\b\f\n\r\t\013\\A8!",
                line("eol=\\a\\b\\f\\n\\r\\t\\v\\\\\\1018\\041 user=u argv=a").form().eol());
    }

    @Test
    void whatIsWrongIsSaidInPostfixsWords() {
        assertEquals("missing user= command-line attribute", fault("argv=a"));
        assertEquals("missing argv= command-line attribute", fault("user=u"));
        assertEquals("unknown attribute name: users=u", fault("users=u argv=a"));
        assertEquals("bad size= value: -1", fault("user=u size=-1 argv=a"));
        assertEquals("bad size= value: 1k", fault("user=u size=1k argv=a"));
        assertEquals("unknown flag: x", fault("user=u flags=Dx argv=a"));
        assertEquals("unknown macro name: \"users\"", fault("user=u argv=a $users"));
        assertEquals("empty macro name: \"a$\"", fault("user=u argv=a a$"));
        assertEquals("truncated macro reference: \"${user\"", fault("user=u argv=a ${user"));
    }

    @Test
    void anArgumentAboutRecipientsStandsThereForEach() {
        Macros macros =
                Macros.of(List.of("a", "-f$sender", "$(user)@${domain}", "$$", "$nexthop!x"));
        assertEquals(
                List.of("a", "-f$user", "1@x", "2@x", "$", "!x"),
                macros.argv(
                        Map.of("sender", "$user"),
                        List.of(
                                Map.of("user", "1", "domain", "x"),
                                Map.of("user", "2", "domain", "x"))));
    }
}
