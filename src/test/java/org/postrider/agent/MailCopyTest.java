package org.postrider.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.postrider.address.Address;
import org.postrider.agent.MailCopy.Part;
import org.postrider.message.Content;
import org.postrider.message.Facts;
import org.postrider.message.MemoryContent;

/// A message as it is written to files and commands.
class MailCopyTest {
    private static final MailCopy.Ends ENDS =
            new MailCopy.Ends(new Address("s@x"), new Address("o@x"), new Address("d e@x"));

    private static byte[] octets(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String copy(Content content, Set<Part> parts, String eol) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        new MailCopy(content, parts, ENDS, eol, 0).writeTo(out);
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    private static String copy(String body, Set<Part> parts, String eol) throws IOException {
        return copy(MemoryContent.of(octets("H: x\r\n"), octets(body)), parts, eol);
    }

    @Test
    void whatStandsBeforeIsInPostfixsOrder() throws Exception {
        String all = copy("\r\nb\r\n", MailCopy.MBOX, "\n");
        assertEquals(
                "From s@x  DATE\nReturn-Path: <s@x>\nX-Original-To: o@x\n"
                        + "Delivered-To: \"d e\"@x\nH: x\n\nb\n\n",
                all.replaceFirst("  [A-Z].*", "  DATE"));
    }

    @Test
    void linesThatAReaderWouldMistakeAreQuoted() throws Exception {
        String body = "\r\nFrom a\r\nFrom\r\n From b\r\n.\r\n..c\r\nx.\rFrom d\r\n";
        assertEquals(
                "H: x\n\n>From a\nFrom\n From b\n..\n...c\nx.\rFrom d\n",
                copy(body, Set.of(Part.QUOTE, Part.DOT), "\n"));
        assertEquals("H: x!!From a!From! From b!.!..c!x.\rFrom d!", copy(body, Set.of(), "!"));
    }

    @Test
    void aLastLineWithoutAnEndGetsOne() throws Exception {
        assertEquals("H: x\n\nFro\n", copy("\r\nFro", Set.of(Part.QUOTE), "\n"));
        assertEquals("H: x\n\na\r\n", copy("\r\na\r", Set.of(), "\n"));
    }

    /// A body in a file comes in pieces, which change nothing.
    @Test
    void piecesDoNotMatter() throws Exception {
        Random random = new Random(7);
        for (int i = 0; i < 300; i++) {
            StringBuilder body = new StringBuilder("\r\n");
            for (int k = random.nextInt(40); k > 0; k--) {
                body.append(new String[] {"From ", "F", ".", "\r\n", "\r", "x"}[random.nextInt(6)]);
            }
            Content whole = MemoryContent.of(octets("H: x\r\n"), octets(body.toString()));
            Set<Part> parts = Set.of(Part.QUOTE, Part.DOT);
            assertEquals(copy(whole, parts, "\n"), copy(new Pieces(whole, random), parts, "\n"));
        }
    }

    private record Pieces(Content whole, Random random) implements Content {
        @Override
        public byte[] header() {
            return whole.header();
        }

        @Override
        public byte @org.jspecify.annotations.Nullable [] inlineBody() {
            return null;
        }

        @Override
        public long bodyLength() {
            return whole.bodyLength();
        }

        @Override
        public InputStream body() throws IOException {
            InputStream in = whole.body();
            return new InputStream() {
                @Override
                public int read() throws IOException {
                    return in.read();
                }

                @Override
                public int read(byte[] to, int at, int length) throws IOException {
                    return in.read(to, at, Math.min(length, 1 + random.nextInt(4)));
                }
            };
        }

        @Override
        public Facts facts() {
            return whole.facts();
        }
    }
}
