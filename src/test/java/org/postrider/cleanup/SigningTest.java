package org.postrider.cleanup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postrider.cleanup.CleanupService.Option;
import org.postrider.cleanup.CleanupService.Result;
import org.postrider.cleanup.author.SigningParams;
import org.postrider.config.ConfigException;
import org.postrider.config.ServiceSettings;
import org.postrider.dkim.Canonical;
import org.postrider.dkim.SigningSettings;
import org.postrider.message.MemoryContent;

/// Which mail is signed with which keys, and what becomes of mail that cannot be signed. That
/// others verify it: JudgesTest of the room dkim, and src/test/scenarios/signed.
class SigningTest extends SigningDesk {
    // ---- whose mail, and with which keys

    @Test
    void withoutAKeyAMailIsLeftAlone() {
        Desk desk = desk();
        MemoryContent content =
                MemoryContent.of(
                        Desk.octets(HEADER.replace("\n", "\r\n")), Desk.octets("\r\nb\r\n"));
        submit(desk, content);
        assertSame(content, desk.queue.messages.getLast().content());
        assertFalse(desk.cleanup.signs());
    }

    @Test
    void ourMailIsSignedAndThatOfStrangersIsNot() {
        Desk desk = desk(oneKey());
        assertTrue(desk.cleanup.signs());
        submit(desk, "a@own.example", HEADER, "\nb\n");
        assertEquals(List.of("own.example/s1"), signatures(desk));
        assertTrue(desk.header().startsWith("DKIM-Signature: v=1; a=rsa-sha256;"), desk.header());
        assertTrue(desk.header().endsWith("\n" + HEADER), desk.header());
        fits(desk, Canonical.RELAXED);
        assertTrue(desk.queue.messages.getLast().envelope().origin().ours());
        // The same From by a stranger.
        desk.submit("a@own.example", OUT, HEADER, "\nb\n", Option.MAP, Option.FILTER);
        assertEquals(HEADER, desk.header());
        assertFalse(desk.queue.messages.getLast().envelope().origin().ours());
        // Ours, in the name of a stranger.
        String foreign = HEADER.replace("own.example", "other.example");
        submit(desk, "a@own.example", foreign, "\nb\n");
        assertEquals(foreign, desk.header());
    }

    /// Notices and reports, whether they are filtered or not.
    @Test
    void mailOfOurOwnMakingIsSigned() {
        for (String filtered : List.of("", "bounce", "notify", "bounce, notify")) {
            Desk desk = desk("internal_mail_filter_classes = " + filtered);
            for (String each : List.of("bounce", "notify")) {
                assertTrue(
                        CleanupService.internal(desk.settings, each).contains(Option.SIGN),
                        filtered);
            }
        }
    }

    @Test
    void keysOfTheDomainOrTheNearestAboveItSignAllAtOnce() {
        Desk desk =
                desk(
                        "dkim_signing_keys = "
                                + key("own.example", "s1", "rsa.pem")
                                + ", "
                                + key("below.own.example", "b", "ed.pem")
                                + ", "
                                + key("Own.Example", "e1", "ed.pem")
                                + ", "
                                + key("xn--bcher-kva.example", "u", "ed.pem"));
        String[][] all = {
            {"a@own.example", "own.example/s1 own.example/e1"},
            {"a@OWN.Example", "own.example/s1 own.example/e1"},
            {"a@mx.own.example", "own.example/s1 own.example/e1"},
            {"a@x.below.own.example", "below.own.example/b"},
            {"a@notown.example", ""},
            {"a@own.example.", "own.example/s1 own.example/e1"},
            {"a@b\u00c3\u00bccher.example", "xn--bcher-kva.example/u"},
            {"a@mx.B\u00c3\u009cCHER.example", "xn--bcher-kva.example/u"},
            {"a@\u00ffown.example", ""},
            {"a@b\u00c3\u00bccher..example", ""},
            {"\"a@own.example\"@other.example", ""},
            {"\"a@other.example\"@own.example", "own.example/s1 own.example/e1"},
            {"@own.example:a@other.example", ""},
            {"a@example", ""},
        };
        for (String[] each : all) {
            submit(desk, "", "From: <" + each[0] + ">\n", "\nb\n");
            assertEquals(each[1], String.join(" ", signatures(desk)), each[0]);
        }
    }

    @Test
    void ofSeveralAuthorsTheFirstSigns() {
        Desk desk =
                desk(
                        "dkim_signing_keys = "
                                + key("own.example", "s1", "ed.pem")
                                + ", "
                                + key("other.example", "o", "ed.pem"));
        submit(desk, "", "From: a@own.example, b@other.example\n", "\nb\n");
        assertEquals(List.of("own.example/s1"), signatures(desk));
        submit(desk, "", "From: a@none.example, b@other.example\n", "\nb\n");
        assertEquals(List.of(), signatures(desk));
    }

    @Test
    void tablesNameTheKeysOfAnAddressADomainAndASender() throws IOException {
        Path table = directory.resolve("keys");
        Files.writeString(
                table,
                String.join(
                        "\n",
                        "boss@own.example " + key("own.example", "boss", "ed.pem"),
                        "own.example "
                                + key("own.example", "t1", "rsa.pem")
                                + ", "
                                + key("own.example", "t2", "ed.pem"),
                        "private@own.example none",
                        ".parent.example " + key("parent.example", "p", "ed.pem"),
                        "lists@own.example " + key("own.example", "lists", "ed.pem"),
                        "odd@own.example " + keys.resolve("rsa.pem"),
                        ""));
        Desk desk = desk(oneKey(), "dkim_signing_maps = texthash:" + table);
        String[][] all = {
            {"boss@own.example", "a@own.example", "own.example/boss"},
            {"b@own.example", "a@own.example", "own.example/t1 own.example/t2"},
            {"private@own.example", "a@own.example", ""},
            {"a@b.parent.example", "a@own.example", "parent.example/p"},
            // No table knows its author: its sender's domain answers for it.
            {"a@parent.example", "lists@own.example", "own.example/lists"},
            {"a@other.example", "a@other.example", ""},
            // Neither: dkim_signing_keys.
            {"a@mx.own.example", "", "own.example/s1"},
        };
        for (String[] each : all) {
            submit(desk, each[1], "From: " + each[0] + "\n", "\nb\n");
            assertEquals(each[2], String.join(" ", signatures(desk)), String.join(" ", each));
        }
        refused(submit(desk, "", "From: odd@own.example\n", "\nb\n"));
        assertTrue(desk.log.has("dkim_signing_maps: bad key"), String.join("\n", desk.log.lines));
        Desk failing = desk("dkim_signing_maps = fail:down");
        assertEquals(
                451,
                assertInstanceOf(Result.Rejected.class, submit(failing, "", HEADER, "\n")).code());
        assertTrue(failing.log.has("dkim_signing_maps lookup problem"));
    }

    @Test
    void mailThatStaysInsideIsSignedUnlessItIsSaidOtherwise() {
        List<String> in = List.of("root@own.example");
        for (String word : List.of("yes", "no")) {
            Desk desk = desk(oneKey(), "dkim_sign_inside = " + word);
            desk.submit("", in, HEADER, "\nb\n", Option.SIGN);
            assertEquals(word.equals("yes") ? 1 : 0, signatures(desk).size());
            desk.submit("", List.of(in.getFirst(), OUT.getFirst()), HEADER, "\n", Option.SIGN);
            assertEquals(1, signatures(desk).size());
        }
    }

    @Test
    void anAuthorThatRulesPutThereSigns() {
        Desk desk = desk(oneKey(), "from_rewrite_address = relay@own.example");
        submit(desk, "", HEADER.replace("own.example", "other.example"), "\nb\n");
        assertEquals(List.of("own.example/s1"), signatures(desk));
        assertTrue(desk.header().contains("\nReply-To: A <a@other.example>\n"), desk.header());
    }

    /// dkim_sign_forwarded: what strangers send and we pass on is signed where rules made us its
    /// author, and never in a name that the stranger chose.
    @Test
    void mailOfOthersIsSignedWhereRulesMadeUsItsAuthor() {
        String rules = "from_rewrite_address = relay@own.example";
        String verified = "from_verified_domains = own.example";
        String theirs = HEADER.replace("own.example", "other.example");
        for (String word : List.of("no", "rewritten")) {
            Desk desk = desk(oneKey(), rules, verified, "dkim_sign_forwarded = " + word);
            desk.submit("x@other.example", OUT, theirs, "\nb\n", Option.MAP, Option.FILTER);
            assertEquals(
                    word.equals("no") ? List.of() : List.of("own.example/s1"), signatures(desk));
            assertFalse(desk.queue.messages.getLast().envelope().origin().ours());
            desk.submit("x@other.example", OUT, HEADER, "\nb\n", Option.MAP, Option.FILTER);
            assertEquals(List.of(), signatures(desk));
        }
        assertThrows(ConfigException.class, () -> desk(oneKey(), "dkim_sign_forwarded = all"));
    }

    /// What comes again (from a filter, by postsuper -r) has one signature of a key, and those of
    /// others stay.
    @Test
    void aSignatureOfTheSameKeyGivesWay() {
        Desk desk = desk(oneKey());
        String others =
                "DKIM-Signature: v=1; d=other.example; s=s1; b=x\n"
                        + "DKIM-Signature: v=1; d=own.example; s=other; b=x\n";
        String ours = "DKIM-Signature: v=1;\n d=OWN.example ;\n\ts = s1; b=x\n";
        submit(desk, "", ours + others + HEADER, "\nb\n");
        assertEquals(
                List.of("own.example/s1", "other.example/s1", "own.example/other"),
                signatures(desk));
        assertFalse(desk.header().contains("OWN.example"));
    }

    // ---- keys and settings that are no use

    @ParameterizedTest
    @CsvSource({
        "missing.pem, No such file or directory",
        "directory.pem, Is a directory",
        "empty.pem, key",
        "text.pem, key",
        "short.pem, 512",
        "ec.pem, RSA",
        "open.pem, everybody may read",
        "written.pem, may write",
    })
    void mailThatCannotBeSignedWaits(String file, String why) {
        String setting = "dkim_signing_keys = " + key("own.example", "s1", file);
        Desk desk = desk(setting);
        String path = keys.resolve(file).toString();
        refused(submit(desk, "", HEADER, "\nb\n"));
        assertTrue(desk.queue.messages.isEmpty());
        String said = String.join("\n", desk.log.lines);
        assertTrue(said.contains("DKIM signature: ") && said.contains(path), said);
        assertTrue(said.contains(why), said);
        List<String> problems = Cleanup.problems(desk.settings);
        assertEquals(1, problems.size());
        String problem = problems.getFirst();
        assertTrue(problem.startsWith("dkim_signing_keys: ") && problem.contains(path), problem);
        assertTrue(problem.endsWith("mail from own.example is not taken until it can be signed"));
        // Other mail is none of its business.
        assertInstanceOf(
                Result.Queued.class,
                submit(desk, "", HEADER.replace("own.example", "other.example"), "\n"));
    }

    @Test
    void aKeyThatCanBeUsedAgainIsUsed() throws IOException {
        Path file = directory.resolve("late.pem");
        Desk desk = desk("dkim_signing_keys = own.example:s1:" + file);
        refused(submit(desk, "", HEADER, "\nb\n"));
        Files.copy(keys.resolve("rsa.pem"), file);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        assertInstanceOf(Result.Queued.class, submit(desk, "", HEADER, "\nb\n"));
        assertEquals(List.of("own.example/s1"), signatures(desk));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dkim_signing_keys = own.example",
                "dkim_signing_keys = own.example:s1",
                "dkim_signing_keys = own.example:s1:key.pem",
                "dkim_signing_keys = own.example:s 1:/key.pem",
                "dkim_canonicalization = relaxed/strict",
                "dkim_canonicalization =",
                "dkim_signed_headers = To\ndkim_oversigned_headers = Cc",
                "dkim_signed_headers = From, Received",
                "dkim_oversigned_headers = From, Return-Path",
                "dkim_oversigned_headers = From, Subject:",
                "dkim_signed_headers = From, Subject:",
            })
    void settingsThatAreNotOfTheirFormAreRefused(String setting) {
        String before = setting.startsWith("dkim_signing_keys") ? "" : oneKey() + "\n";
        ConfigException e = assertThrows(ConfigException.class, () -> desk(before + setting));
        String name = setting.substring(0, setting.indexOf(' '));
        assertTrue(String.valueOf(e.getMessage()).startsWith(name), String.valueOf(e.getMessage()));
    }

    @Test
    void theDefaultsAreThoseOfTheRoomDkim() {
        ServiceSettings settings = desk().settings;
        assertEquals(
                SigningSettings.DEFAULT.signed(), settings.get(SigningParams.DKIM_SIGNED_HEADERS));
        assertEquals(
                SigningSettings.DEFAULT.oversigned(),
                settings.get(SigningParams.DKIM_OVERSIGNED_HEADERS));
    }
}
