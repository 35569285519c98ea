package org.postrider.command.dkim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.command.ConfigurationFile;
import org.postrider.command.Terminal;
import org.postrider.dns.StubServer;
import org.postrider.dns.SystemResolver;
import org.postrider.time.Clock;

/// postdkim with a configuration and a name server of its own.
class PostdkimTest {
    private static final String MAIL =
            "From: Ann <ann@example.com>\nTo: bob@example.net\nSubject: s\n\nHello\n";

    @TempDir Path directory;
    private StubServer server;
    private String out = "";
    private String err = "";

    @BeforeEach
    void start() throws IOException {
        server = new StubServer();
        Files.writeString(
                directory.resolve("resolv.conf"),
                "nameserver 127.0.0.1\noptions timeout:60 attempts:1\n");
        main("");
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private void main(String more) throws IOException {
        Files.writeString(
                directory.resolve("main.cf"),
                "compatibility_level = 3.6\nmail_owner = nobody\n" + more,
                StandardCharsets.ISO_8859_1);
    }

    @Test
    void whatIsSaidShowsNoControlCharacters() {
        assertEquals(1, run("", "-c", "/nosuch\033[2J", "test"), err);
        assertEquals("postdkim: fatal: open /nosuch?[2J/main.cf: No such file or directory\n", err);
    }

    private int run(String in, String... args) {
        ByteArrayOutputStream o = new ByteArrayOutputStream();
        ByteArrayOutputStream e = new ByteArrayOutputStream();
        Terminal terminal =
                new Terminal(
                        new ByteArrayInputStream(in.getBytes(StandardCharsets.ISO_8859_1)),
                        new PrintStream(o, true, StandardCharsets.ISO_8859_1),
                        new PrintStream(e, true, StandardCharsets.ISO_8859_1),
                        directory.toString());
        SystemResolver dns =
                new SystemResolver(directory.resolve("resolv.conf"), server.port(), Clock.system());
        int status = new Postdkim(terminal, dns, Clock.system()).run(args);
        out = o.toString(StandardCharsets.ISO_8859_1);
        err = e.toString(StandardCharsets.ISO_8859_1);
        return status;
    }

    /// The zone line that was printed, as the test's server takes it.
    private void publish() throws IOException {
        Matcher m =
                Pattern.compile("(?m)^(\\S+)\\. IN TXT (\\(.*?\\)|.*)$", Pattern.DOTALL)
                        .matcher(out);
        while (m.find()) {
            String strings = m.group(2).lines().findFirst().orElse("");
            if (m.group(2).startsWith("(")) {
                strings = m.group(2).replaceAll("^\\( | \\)$", "").replaceAll("\n *", " ");
            }
            server.zone(m.group(1) + " TXT " + strings);
        }
    }

    private String setting() {
        int at = out.indexOf("\ndkim_signing_keys =");
        Matcher m =
                Pattern.compile("dkim_signing_keys =(?:\n    \\S+)+\n").matcher(out.substring(at));
        assertTrue(m.find(), out);
        return m.group();
    }

    private Path file(String name) {
        return directory.resolve("dkim").resolve("example.com").resolve(name);
    }

    @Test
    void aKeyIsMadeForItsOwnerAloneAndPublishedAndSignsWith() throws IOException {
        assertEquals(0, run("", "keygen", "-t", "both", "Example.com", "s"), err);
        for (String kind : List.of("s-rsa.pem", "s-ed25519.pem")) {
            assertEquals(
                    "rw-------",
                    PosixFilePermissions.toString(Files.getPosixFilePermissions(file(kind))));
            // Who is not root keeps it.
            String owner = Files.getOwner(directory).getName();
            assertEquals(
                    owner.equals("root") ? "nobody" : owner, Files.getOwner(file(kind)).getName());
            assertTrue(Files.readString(file(kind)).startsWith("-----BEGIN PRIVATE KEY-----\n"));
        }
        assertTrue(
                out.contains("    name   s-rsa._domainkey\n    type   TXT\n    value  v=DKIM1;"));
        for (String line : out.split("\n", -1)) {
            Matcher m = Pattern.compile("\"([^\"]*)\"").matcher(line);
            while (m.find()) {
                assertTrue(m.group(1).length() <= 255, line);
            }
        }
        publish();
        main(setting());
        assertEquals(0, run("", "test"), out + err);
        assertEquals(
                "s-rsa._domainkey.example.com: right\ns-ed25519._domainkey.example.com: right\n",
                out);
        assertEquals(0, run(MAIL, "sign"), err);
        assertTrue(out.endsWith(MAIL), out);
        String signed = out;
        assertEquals(0, run(signed, "verify"), out);
        assertTrue(
                out.startsWith(
                        "dkim=pass header.d=example.com header.i=@example.com header.s=s-rsa"
                                + " header.a=rsa-sha256 header.b="),
                out);
        assertTrue(out.contains(" (2048 bits)\ndkim=pass header.d=example.com"), out);
        assertTrue(out.endsWith("arc=none\n"), out);
        assertEquals(1, run(signed.replace("Hello", "Hullo"), "verify"));
        assertTrue(out.startsWith("dkim=fail reason=\"the body is not"), out);
        assertEquals(0, run(signed.replace("\n", "\r\n"), "verify"), out);
        assertEquals(1, run(MAIL, "verify"));
        assertEquals("dkim=none reason=\"no signature\"\narc=none\n", out);
        // One key of two that nobody can have now, then both.
        server.rcodes.put("s-rsa._domainkey.example.com", 2);
        assertEquals(0, run(signed, "verify"), out);
        server.rcodes.put("s-ed25519._domainkey.example.com", 2);
        assertEquals(75, run(signed, "verify"), out);
        assertTrue(out.startsWith("dkim=temperror reason=\"no answer for the key "), out);
    }

    @Test
    void keysAreNeverWrittenOver() throws IOException {
        assertEquals(0, run("", "keygen", "-t", "ed25519", "example.com", "s"), err);
        byte[] key = Files.readAllBytes(file("s.pem"));
        assertEquals(1, run("", "keygen", "-t", "ed25519", "example.com", "s"));
        assertEquals(
                "postdkim: fatal: "
                        + file("s.pem")
                        + ": there is a key; keys are never written over\n",
                err);
        org.junit.jupiter.api.Assertions.assertArrayEquals(key, Files.readAllBytes(file("s.pem")));
    }

    @Test
    void whatIsNoDomainOrSelectorIsNoPath() {
        String[][] bad = {
            {"../x.example", "s"},
            {"x.example/../..", "s"},
            {"/x.example", "s"},
            {"x.example", "../s"},
            {"x.example", "s/.."},
            {"x.example", "s:/k,y.example:t"},
            {"x.example:s:/k,y.example", "t"},
            {"x.example\ny.example", "t"},
            {"..", "s"},
            {"no such.example", "s"},
            {"x-.example", "s"},
            {"x.example", "-s"},
            {"x.example", "s-"},
            {"x.example", "a..b"},
            {"x.example", "a".repeat(64)},
            {"x.example", "a".repeat(60) + ".b".repeat(90)},
            {"", "s"},
            {"x.example", ""},
        };
        for (String[] each : bad) {
            assertEquals(1, run("", "keygen", "-t", "ed25519", each[0], each[1]), each[0]);
            assertTrue(err.startsWith("postdkim: fatal: bad key: "), err);
            assertTrue(!Files.exists(directory.resolve("dkim")), each[0]);
        }
    }

    /// Neither by a link that leads nowhere nor by one to another file.
    @Test
    void noKeyIsWrittenThroughALink() throws IOException {
        assertEquals(0, run("", "keygen", "-t", "ed25519", "example.com", "s"), err);
        Path other = directory.resolve("other");
        Files.createSymbolicLink(file("t.pem"), other);
        assertEquals(1, run("", "keygen", "-t", "ed25519", "example.com", "t"));
        assertTrue(!Files.exists(other), err);
        // Nor where one comes to lie after it was looked for.
        for (String each : List.of("t.pem", "s.pem")) {
            byte[] octets = {1};
            assertThrows(
                    IOException.class, () -> ConfigurationFile.create(file(each), octets, null));
        }
        assertTrue(!Files.exists(other));
        assertTrue(Files.size(file("s.pem")) > 1);
    }

    /// Who owns the directory could have root write elsewhere.
    @Test
    void rootMakesNoKeyInADirectoryOfOthers() throws IOException {
        Assumptions.assumeTrue(Files.getOwner(directory).getName().equals("root"), "not root");
        Path keys = Files.createDirectory(directory.resolve("dkim"));
        Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("rwxrwxr-x"));
        assertEquals(1, run("", "keygen", "-t", "ed25519", "example.com", "s"));
        assertEquals(
                "postdkim: fatal: "
                        + keys
                        + ": others than root may write to this directory: root writes no key"
                        + " there\n",
                err);
        Files.setOwner(
                keys,
                keys.getFileSystem()
                        .getUserPrincipalLookupService()
                        .lookupPrincipalByName("nobody"));
        assertEquals(1, run("", "keygen", "-t", "ed25519", "example.com", "s"));
        assertEquals(
                "postdkim: fatal: "
                        + keys
                        + ": this directory is not root's: root writes no key there\n",
                err);
    }

    @Test
    void aRecordIsComparedWithItsKey() throws IOException {
        assertEquals(0, run("", "keygen", "-t", "ed25519", "example.com", "s"), err);
        String right = out.replaceAll("(?s).*IN TXT \"([^\"]*)\".*", "$1");
        assertEquals(0, run("", "keygen", "-t", "ed25519", "example.com", "t"), err);
        String other = out.replaceAll("(?s).*IN TXT \"([^\"]*)\".*", "$1");
        String name = "s._domainkey.example.com";
        assertEquals(1, run("", "test", "example.com", "s"));
        assertEquals(name + ": there is no such name in DNS\n", out);
        String[][] cases = {
            {right, "0", "right"},
            {
                right.replace("DKIM1;", "DKIM1; t=y;"),
                "0",
                "right, but the record says that DKIM is on"
                        + " test (t=y): verifiers may ignore its signatures"
            },
            {other, "1", "the record is of another key"},
            {
                "v=DKIM1; k=ed25519; p=",
                "1",
                "the record says that the key is revoked (p= is empty)"
            },
            {
                "v=DKIM1; p=" + right.replaceAll(".*p=", ""),
                "1",
                "the record is of a key of the kind rsa, ours is ed25519"
            },
            {
                right.replace("DKIM1;", "DKIM1; h=sha1;"),
                "1",
                "the record forbids what is signed: h=" + " without sha256, or s= without email"
            },
            {
                "v=spf1 -all",
                "1",
                "the record cannot be used: a record of another version than DKIM1"
            },
        };
        for (String[] each : cases) {
            server.close();
            server = new StubServer();
            server.zone(name + " TXT \"" + each[0] + "\"");
            assertEquals(Integer.parseInt(each[1]), run("", "test", "example.com", "s"), each[2]);
            assertEquals(name + ": " + each[2] + "\n", out);
        }
        server.zone(name + " TXT \"another\"");
        assertEquals(1, run("", "test", "example.com", "s"));
        assertTrue(out.contains(": 2 TXT records; "), out);
        server.rcodes.put(name, 2);
        assertEquals(75, run("", "test", "example.com", "s"));
        assertEquals(name + ": no answer from the name server, try again\n", out);
    }

    @Test
    void aKeyIsChangedWithOverlap() throws IOException {
        assertEquals(0, run("", "keygen", "example.com", "old"), err);
        publish();
        main(setting().strip() + ",\n    example.net:x:/other\n");
        assertEquals(0, run("", "rotate", "example.com", "new"), err);
        assertTrue(out.contains("1. Add to DNS, and leave the old record where it is."), out);
        // What is printed of the old key takes it back: nothing printed publishes it again.
        assertTrue(
                out.contains("\nold._domainkey.example.com. IN TXT \"v=DKIM1; k=rsa; p=\"\n"), out);
        assertEquals(3, out.split("v=DKIM1; k=rsa; p=[A-Z]", -1).length, out);
        assertTrue(
                out.contains(
                        "\ndkim_signing_keys =\n    example.net:x:/other,\n    example.com:new:"
                                + file("new.pem")
                                + "\n"),
                out);
        String made = out;
        out = out.substring(0, out.indexOf("\n3. "));
        publish();
        assertTrue(Files.exists(file("old.pem")) && Files.exists(file("new.pem")));
        assertEquals(0, run("", "test", "example.com", "new"), out);
        assertEquals(0, run("", "test", "example.com", "old"), out);
        server.close();
        server = new StubServer();
        out = made.substring(made.indexOf("\n3. "));
        publish();
        assertEquals(1, run("", "test", "example.com", "old"), out);
        assertTrue(out.contains(": the record says that the key is revoked"), out);
        assertEquals(1, run("", "rotate", "example.org"));
        assertTrue(err.contains("dkim_signing_keys names no key of example.org"), err);
    }

    /// A key that has leaked may be of this month; and a second key under one name would break the
    /// signatures of the first, wherever that lies.
    @Test
    void theNextKeyHasASelectorOfItsOwn() throws IOException {
        assertEquals(0, run("", "keygen", "-t", "ed25519", "example.com"), err);
        String first = setting();
        main(first);
        String month = first.replaceAll("(?s).*example.com:(\\d{6}):.*", "$1");
        assertEquals(1, run("", "keygen", "-t", "ed25519", "example.com"));
        for (String letter : List.of("b", "c")) {
            assertEquals(0, run("", "rotate", "example.com"), err);
            assertTrue(Files.exists(file(month + letter + ".pem")), out);
        }
        main("dkim_signing_keys = example.com:mail:" + file(month + ".pem") + "\n");
        for (String command : List.of("rotate", "keygen")) {
            assertEquals(1, run("", command, "example.com", "Mail"), out);
            assertTrue(
                    err.contains(
                            "dkim_signing_keys names a key of example.com with the selector mail"
                                    + " already"),
                    err);
            assertTrue(Files.notExists(file("mail.pem")));
        }
    }

    /// Where none is named in main.cf, those in the directory; one that is broken hides no other.
    @Test
    void eachKeyOfADomainIsLookedAt() throws IOException {
        assertEquals(0, run("", "keygen", "-t", "both", "example.com", "s"), err);
        assertTrue(
                out.contains(
                        "(postdkim test example.com s-rsa; postdkim test example.com s-ed25519)"),
                out);
        publish();
        assertEquals(0, run("", "test", "example.com"), out + err);
        assertEquals(
                "s-ed25519._domainkey.example.com: right\ns-rsa._domainkey.example.com: right\n",
                out);
        Files.writeString(file("s-ed25519.pem"), "garbage\n");
        assertEquals(1, run("", "test", "example.com"));
        assertEquals(
                "s-ed25519._domainkey.example.com: the key cannot be used: "
                        + file("s-ed25519.pem")
                        + ": no private key in it\ns-rsa._domainkey.example.com: right\n",
                out);
    }

    /// A domain in letters of its own is named in A-labels; a selector may have dots.
    @Test
    void namesBeyondTheOrdinary() throws IOException {
        String octets =
                new String(
                        "B\u00fccher.example.".getBytes(StandardCharsets.UTF_8),
                        StandardCharsets.ISO_8859_1);
        String ascii = "xn--bcher-kva.example";
        assertEquals(0, run("", "keygen", "-t", "ed25519", octets, "S1.Office"), err);
        Path made = directory.resolve("dkim").resolve(ascii).resolve("s1.office.pem");
        assertTrue(Files.exists(made), out);
        assertTrue(
                out.contains("\ns1.office._domainkey." + ascii + ". IN TXT \"v=DKIM1; k=ed25519;"),
                out);
        publish();
        String set = setting();
        main(set);
        String right = "s1.office._domainkey." + ascii + ": right\n";
        assertEquals(0, run("", "test", octets), err);
        assertEquals(right, out);
        // As it is written is as it is meant, in main.cf too.
        main(set.replace(ascii + ":", octets.substring(0, octets.length() - 1) + ":"));
        assertEquals(0, run("", "test", ascii, "S1.OFFICE"), err);
        assertEquals(right, out);
        assertEquals(0, run("From: a@" + ascii + "\n\nx\n", "sign"), err);
        assertTrue(out.startsWith("DKIM-Signature: ") && out.contains("d=" + ascii + ";"), out);
        assertEquals(0, run("", "keygen", "-t", "ed25519", "a.b.example.co.uk", "s"), err);
        assertTrue(out.contains("\ns._domainkey.a.b.example.co.uk. IN TXT "), out);
        assertTrue(
                out.contains(
                        "\nWhere a.b.example.co.uk is no zone of its own, the name goes on:"
                                + " s._domainkey.a in the zone b.example.co.uk.\n"),
                out);
    }

    /// The server does not sign with such a one, so what it has in DNS is not right yet.
    @Test
    void aKeyThatIsOpenToOthersIsNoUse() throws IOException {
        assertEquals(0, run("", "keygen", "-t", "ed25519", "example.com", "s"), err);
        publish();
        assertEquals(0, run("", "test", "example.com"), out);
        for (String mode : List.of("rw-r--r--", "rw-rw----")) {
            Files.setPosixFilePermissions(file("s.pem"), PosixFilePermissions.fromString(mode));
            assertEquals(1, run("", "test", "example.com"));
            assertTrue(
                    out.startsWith(
                            "s._domainkey.example.com: the key cannot be used: "
                                    + file("s.pem")
                                    + ": "),
                    out);
            assertTrue(out.contains("this key (chmod "), out);
        }
    }

    @Test
    void whatIsWrongIsSaid() {
        assertEquals(64, run("", ""));
        assertEquals(64, run(""));
        assertTrue(err.startsWith("usage: postdkim"), err);
        assertEquals(64, run("", "keygen"));
        assertEquals(64, run("", "keygen", "-t", "dsa", "example.com"));
        assertEquals(64, run("", "keygen", "-b", "1024", "example.com"));
        assertEquals("postdkim: fatal: an RSA key has 2048 to 16384 bits, not 1024\n", err);
        assertEquals(1, run("", "keygen", "nodomain", "s"));
        assertEquals(1, run("", "keygen", "example.com", "../s"));
        assertEquals(1, run("", "test"));
        assertEquals(1, run("", "test", "example.com", "s"));
        assertEquals(1, run(MAIL, "sign"));
        assertEquals("postdkim: fatal: no key to sign with\n", err);
        assertEquals(1, run(MAIL, "sign", "-k", "example.com:s:/nowhere"));
        assertEquals("postdkim: fatal: open /nowhere: No such file or directory\n", err);
    }
}
