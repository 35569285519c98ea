package org.postrider.smtpd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// debug_peer_list: what is said in a listed client's session is logged, in Postfix's words.
class DebugPeersTest {
    private static final String DIALOGUE =
            """
            EHLO c.example
            AUTH PLAIN AGFsaWNlAHNlY3JldA==
            RCPT TO:<y@b.example>
            QUIT
            """
                    .replace("\n", "\r\n");

    @TempDir Path temp;

    private List<String> said(String setting) throws IOException {
        Reception it =
                Reception.of(
                        temp,
                        "smtpd_discard_ehlo_keywords = pipelining size vrfy etrn auth starttls"
                                + " enhancedstatuscodes 8bitmime dsn smtputf8 chunking\n"
                                + setting,
                        DIALOGUE);
        return it.log()
                .lines()
                .filter(line -> line.matches(".*\\]: [<>] .*"))
                .map(line ->
                        line.replaceFirst(".*?\\]: ", "").replaceFirst("\\S+\\[[^ ]*\\]: ", ""))
                .toList();
    }

    @Test
    void eachLineOfAListedClientIsLoggedWithoutItsPassword() throws IOException {
        List<String> wanted =
                List.of(
                        "> 220 mx.test.example ESMTP Postfix",
                        "< EHLO c.example",
                        "> 250 mx.test.example",
                        "< AUTH PLAIN ...",
                        "> 503 5.5.1 Error: authentication not enabled",
                        "< RCPT TO:<y@b.example>",
                        "> 503 5.5.1 Error: need MAIL command",
                        "< QUIT",
                        "> 221 2.0.0 Bye");
        assertEquals(wanted, said("debug_peer_list = 198.51.100.0/24\n"));
    }

    @Test
    void nothingIsLoggedOfOthers() throws IOException {
        assertEquals(List.of(), said("debug_peer_list = !198.51.100.7, 0.0.0.0/0\n"));
        assertEquals(List.of(), said(""));
        assertEquals(List.of(), said("debug_peer_list = 198.51.100.7/8\n"), "a list that is none");
    }
}
