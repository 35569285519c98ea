package org.postrider.local.expand;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.postrider.queue.Recipient;

/// What local recipients stand for, as in local(8) and aliases(5).
class ExpansionTest {
    private static final String FROM = " from sender@there.example delivered ";

    private static Village village() {
        return new Village().person("alice").person("bob").person("carol");
    }

    @Test
    void aUserHasAMailbox() {
        assertEquals(
                List.of("mailbox /var/mail/alice as alice"), village().of("Alice@Here.Example"));
        assertEquals(List.of("5.1.1 unknown user: \"dave\""), village().of("dave@here.example"));
        assertEquals(
                List.of("maildir /home/alice/Maildir/ as alice"),
                village().set("home_mailbox", "Maildir/").of("alice@here.example"));
        assertEquals(
                List.of("mailbox /home/alice/mbox as alice"),
                village().set("home_mailbox", "mbox").of("alice@here.example"));
        assertEquals(
                List.of("maildir /srv/mail/alice/ as alice"),
                village().set("mail_spool_directory", "/srv/mail/").of("alice@here.example"));
        assertEquals(
                List.of("command /usr/bin/procmail as alice"),
                village().set("mailbox_command", "/usr/bin/procmail").of("alice@here.example"));
    }

    @Test
    void anAliasStandsForAddressesFilesAndCommands() {
        assertEquals(
                List.of(
                        "mailbox /var/mail/alice as alice",
                        "forward x@there.example" + FROM + "team@here.example",
                        "file /var/log/team",
                        "maildir /var/team/",
                        "command cat, or not >/dev/null"),
                village()
                        .alias(
                                "team",
                                "alice, Some One <x@there.example>, /var/log/team, /var/team/,"
                                        + " \"|cat, or not >/dev/null\"")
                        .of("team@here.example"));
    }

    @Test
    void aliasesNestAndEachMemberGetsItOnce() {
        assertEquals(
                List.of(
                        "mailbox /var/mail/alice as alice",
                        "mailbox /var/mail/bob as bob",
                        "file /f",
                        "forward x@there.example" + FROM + "a@here.example"),
                village()
                        .alias("a", "b, alice, /f, x@there.example, X@there.example")
                        .alias("b", "alice, bob, c")
                        .alias("c", "Bob, /f")
                        .of("a@here.example"));
    }

    @Test
    void anAliasThatNamesItselfIsTheUser() {
        assertEquals(
                List.of("mailbox /var/mail/alice as alice", "mailbox /var/mail/bob as bob"),
                village().alias("alice", "alice, bob").of("alice@here.example"));
        assertEquals(
                List.of("mailbox /var/mail/alice as alice"),
                village().alias("alice", "\\alice").of("alice@here.example"));
    }

    /// In the words of 3.12: the limit of recipients is met before that of aliases.
    @Test
    void aLoopOfAliasesEndsInAFailure() {
        String loop = "5.4.6 recipient nesting limit exceeded";
        assertEquals(
                List.of(loop, "mailbox /var/mail/alice as alice"),
                village()
                        .alias("a", "b")
                        .alias("b", "c")
                        .alias("c", "a, alice")
                        .of("a@here.example"));
        assertEquals(List.of(loop), village().alias("a", "b").alias("b", "a").of("a@here.example"));
        assertEquals(
                List.of(loop),
                village()
                        .alias("list", "list2")
                        .alias("list2", "list")
                        .alias("owner-list", "alice")
                        .alias("owner-list2", "alice")
                        .of("list@here.example"));
    }

    @Test
    void aMailThatWasDeliveredForAnAddressIsNotDeliveredForItAgain() {
        assertEquals(
                List.of("5.4.6 mail forwarding loop for Alice@here.example"),
                village().delivered("alice@here.example").of("Alice@here.example"));
        assertEquals(
                List.of("5.4.6 mail forwarding loop for alice@here.example"),
                village()
                        .alias("team", "alice")
                        .delivered("alice@here.example")
                        .of("team@here.example"));
    }

    /// It would be told of a member that cannot be reached, by a notice that goes to that member.
    @Test
    void aNoticeToAnOwnerThatIsTheListItselfStaysANotice() {
        assertEquals(
                List.of("forward gone@here.example from  delivered owner-list@here.example"),
                village()
                        .alias("list", "gone")
                        .alias("owner-list", "list")
                        .notice()
                        .of("owner-list@here.example"));
    }

    @Test
    void aListHasItsOwnerAsSenderAndItsLocalMembersGetMailOfTheirOwn() {
        Village v =
                village()
                        .alias("list", "alice, bob, x@there.example")
                        .alias("owner-list", "carol")
                        .notify(Recipient.SUCCESS | Recipient.FAILURE);
        assertEquals(
                List.of(
                        "forward alice@here.example from owner-list@here.example delivered"
                                + " list@here.example notify 4",
                        "forward bob@here.example from owner-list@here.example delivered"
                                + " list@here.example notify 4",
                        "forward x@there.example from owner-list@here.example delivered"
                                + " list@here.example notify 4",
                        "list expanded"),
                v.of("list@here.example"));
        assertEquals(
                List.of(
                        "forward alice@here.example from carol@here.example delivered"
                                + " list@here.example"),
                village()
                        .set("expand_owner_alias", "yes")
                        .alias("list", "alice")
                        .alias("owner-list", "carol")
                        .of("list@here.example"));
        assertEquals(
                List.of("mailbox /var/mail/alice as alice"),
                village()
                        .set("owner_request_special", "no")
                        .alias("list", "alice")
                        .alias("owner-list", "carol")
                        .of("list@here.example"));
    }

    @Test
    void anAliasWithinAListKeepsTheListsOwnerUnlessItIsReset() {
        Village nested =
                village()
                        .alias("list", "staff")
                        .alias("owner-list", "carol")
                        .alias("staff", "alice");
        assertEquals(
                List.of(
                        "forward alice@here.example from owner-list@here.example delivered"
                                + " list@here.example"),
                nested.of("list@here.example"));
        assertEquals(
                List.of("mailbox /var/mail/alice as alice"),
                village()
                        .set("reset_owner_alias", "yes")
                        .alias("list", "staff")
                        .alias("owner-list", "carol")
                        .alias("staff", "alice")
                        .of("list@here.example"));
    }

    @Test
    void deliveredToFollowsTheAliasesOnlyIfItIsNotFrozen() {
        assertEquals(
                List.of("forward x@there.example" + FROM + "b@here.example"),
                village()
                        .set("frozen_delivered_to", "no")
                        .alias("a", "b")
                        .alias("b", "x@there.example")
                        .of("a@here.example"));
    }

    @Test
    void anExtensionIsLookedForWithItsNameFirst() {
        Village v =
                village()
                        .set("recipient_delimiter", "+-")
                        .alias("alice+lists", "/lists")
                        .alias("team", "bob, x@there.example");
        assertEquals(List.of("file /lists"), v.of("alice+lists@here.example"));
        assertEquals(
                List.of("mailbox /var/mail/bob as bob"),
                village().set("recipient_delimiter", "+-").of("bob-any+more@here.example"));
        assertEquals(
                List.of(
                        "mailbox /var/mail/bob as bob",
                        "forward x-y@there.example" + FROM + "team-y@here.example"),
                village()
                        .set("recipient_delimiter", "+-")
                        .set("propagate_unmatched_extensions", "alias")
                        .alias("team", "bob, x@there.example")
                        .of("team-y@here.example"));
        assertEquals(
                List.of("mailbox /var/mail/bob as bob"),
                village()
                        .set("recipient_delimiter", "-")
                        .alias("list-request", "bob")
                        .of("list-request@here.example"));
    }

    @Test
    void anExtensionWithASlashIsNone() {
        Village v = village().set("recipient_delimiter", "+");
        assertEquals(
                List.of("mailbox /var/mail/alice as alice"), v.of("alice+/etc/x@here.example"));
        assertEquals(List.of("ID: address with illegal extension: alice+/etc/x"), v.warnings());
    }

    @Test
    void aForwardFileStandsForItsUser() {
        assertEquals(
                List.of(
                        "mailbox /var/mail/alice as alice",
                        "forward bob@here.example" + FROM + "alice@here.example",
                        "file /home/alice/copy as alice",
                        "command cat >>copy as alice"),
                village()
                        .forward(
                                "/home/alice/.forward",
                                "# mine\nalice, bob\n~/copy\n\"|cat >>copy\"\n")
                        .of("alice@here.example"));
        assertEquals(
                List.of("mailbox /var/mail/alice as alice"),
                village().forward("/home/alice/.forward", "\n#\n").of("alice@here.example"));
        Village refused =
                village().refusedForward("/home/alice/.forward", "file is world writable");
        assertEquals(List.of("mailbox /var/mail/alice as alice"), refused.of("alice@here.example"));
        assertEquals(List.of("file is world writable"), refused.warnings());
        assertEquals(
                List.of("mailbox /var/mail/alice as alice"),
                village()
                        .set("forward_path", "")
                        .forward("/home/alice/.forward", "bob")
                        .of("alice@here.example"));
    }

    @Test
    void aForwardFileMayBeForAnExtension() {
        assertEquals(
                List.of("forward bob@here.example" + FROM + "alice+x@here.example"),
                village()
                        .set("recipient_delimiter", "+")
                        .set("propagate_unmatched_extensions", "forward")
                        .forward("/home/alice/.forward+x", "bob")
                        .forward("/home/alice/.forward", "carol")
                        .of("alice+x@here.example"));
        assertEquals(
                List.of("forward carol+_@here.example" + FROM + "alice+$@here.example")
                        .toString()
                        .replace("+_", "+$"),
                village()
                        .set("recipient_delimiter", "+")
                        .set("propagate_unmatched_extensions", "forward")
                        .forward("/home/alice/.forward", "carol")
                        .of("alice+$@here.example")
                        .toString());
        assertEquals(
                List.of("file /filtered as alice"),
                village()
                        .set("recipient_delimiter", "+")
                        .forward("/home/alice/.forward+___", "/filtered")
                        .of("alice+$;\\@here.example"));
    }

    @Test
    void twoUsersWhoForwardToEachOtherAreForwarded() {
        assertEquals(
                List.of("forward bob@here.example" + FROM + "alice@here.example"),
                village()
                        .forward("/home/alice/.forward", "bob")
                        .forward("/home/bob/.forward", "alice")
                        .of("alice@here.example"));
    }

    @Test
    void successIsToldOfTheAliasAlone() {
        assertEquals(
                List.of(
                        "forward x@there.example"
                                + FROM
                                + "a@here.example notify "
                                + Recipient.NEVER,
                        "alias expanded"),
                village()
                        .alias("a", "x@there.example")
                        .notify(Recipient.SUCCESS)
                        .of("a@here.example"));
    }

    @Test
    void commandsAndFilesAreForThoseWhoMay() {
        assertEquals(
                List.of(
                        "5.7.1 mail to command is restricted",
                        "5.7.1 mail to file is restricted",
                        "mailbox /var/mail/alice as alice"),
                village()
                        .set("allow_mail_to_commands", "forward")
                        .set("allow_mail_to_files", "")
                        .alias("a", "|cat, /f, alice")
                        .of("a@here.example"));
        assertEquals(
                List.of(
                        "5.7.1 mail to command is restricted",
                        "5.7.1 mail to file is restricted",
                        "forward alice@here.example" + FROM + "a@here.example"),
                village()
                        .alias("a", ":include:/l")
                        .include("/l", 0, "|cat\n/f\nalice\n")
                        .of("a@here.example"));
    }

    @Test
    void anIncludedFileOfAUserGivesHisRights() {
        assertEquals(
                List.of("command cat as alice", "file /f as alice"),
                village()
                        .set("allow_mail_to_commands", "include")
                        .set("allow_mail_to_files", "include")
                        .alias("a", ":include:/l, :include:/l")
                        .include("/l", 1001, "\"|cat\"\n/f\n:include:/l\n")
                        .of("a@here.example"));
        assertEquals(
                List.of("5.3.5 mail system configuration error"),
                village().alias("a", ":include:relative").of("a@here.example"));
        assertEquals(
                List.of("5.3.5 mail system configuration error"),
                village().alias("a", ":include:/missing").of("a@here.example"));
        assertEquals(
                List.of("4.3.5 mail system configuration error"),
                village()
                        .alias("a", ":include:/l")
                        .include("/l", 7777, "alice")
                        .of("a@here.example"));
    }

    @Test
    void includedFilesThatNestWithoutEndAreALoop() {
        Village v = village().alias("a", ":include:/1");
        for (int i = 1; i < 200; i++) {
            v.include("/" + i, 0, ":include:/" + (i + 1));
        }
        assertEquals(List.of("5.4.6 :include: nesting limit exceeded"), v.of("a@here.example"));
    }

    @Test
    void namesFromTheNetworkAreNames() {
        assertEquals(List.of("5.1.1 unknown user: \"|cat\""), village().of("|cat@here.example"));
        assertEquals(
                List.of("5.1.1 unknown user: \"/etc/passwd\""),
                village().of("/etc/passwd@here.example"));
        assertEquals(
                List.of("5.1.1 unknown user: \":include:/etc/passwd\""),
                village().of(":include:/etc/passwd@here.example"));
        assertEquals(
                List.of("5.1.3 null username in \"@here.example\""), village().of("@here.example"));
    }

    @Test
    void whatIsWrongWithAMemberIsToldOfHim() {
        assertEquals(
                List.of(
                        "4.3.0 address resolver failure",
                        "5.1.3 bad recipient address syntax: x@-bad",
                        "5.3.5 mail system configuration error",
                        "5.3.5 mail system configuration error",
                        "5.1.1 unknown user: \"dave\""),
                village()
                        .alias("a", "y@trouble.example, x@-bad, ~/f, ~bob/f, dave")
                        .of("a@here.example"));
        Village broken = village().brokenAliases();
        assertEquals(List.of("4.3.0 alias database unavailable"), broken.of("alice@here.example"));
        assertEquals(List.of("fail:here: lookup of 'alice' failed"), broken.warnings());
        Village empty = village().alias("a", "(nobody)");
        assertEquals(List.of("4.3.0 alias database unavailable"), empty.of("a@here.example"));
    }

    @Test
    void otherTransportsGetMailboxesAndStrangers() {
        assertEquals(
                List.of("pass lmtp:unix:/x dave@here.example"),
                village().set("mailbox_transport", "lmtp:unix:/x").of("dave@here.example"));
        assertEquals(
                List.of("pass other: alice@here.example"),
                village()
                        .set("mailbox_transport_maps", "inline:{alice=other:}")
                        .of("alice@here.example"));
        assertEquals(
                List.of("pass uucp dave@here.example"),
                village().set("fallback_transport", "uucp").of("dave@here.example"));
        assertEquals(
                List.of("mailbox /var/mail/alice as alice"),
                village().set("fallback_transport", "uucp").of("alice@here.example"));
        assertEquals(
                List.of("4.3.0 table lookup failure"),
                village().set("mailbox_command_maps", "fail:x").of("alice@here.example"));
        assertEquals(
                List.of("command own as alice"),
                village()
                        .set("mailbox_command", "all")
                        .set("mailbox_command_maps", "inline:{alice=own}")
                        .of("alice@here.example"));
    }

    @Test
    void strangersMayGoToOneWhoWantsThem() {
        assertEquals(
                List.of("mailbox /var/mail/alice as alice"),
                village().set("luser_relay", "alice").of("dave@here.example"));
        assertEquals(
                List.of("forward dave+x@there.example" + FROM + "dave+x@here.example"),
                village()
                        .set("recipient_delimiter", "+")
                        .set("luser_relay", "$local@there.example")
                        .of("dave+x@here.example"));
        assertEquals(
                List.of("5.1.1 unknown user: \"dave\""),
                village().set("luser_relay", "$user@here.example").of("dave@here.example"));
        assertEquals(
                List.of("forward $user@there.example" + FROM + "$user@here.example"),
                village().set("luser_relay", "$user@there.example").of("$user@here.example"));
    }

    @Test
    void thePostmastersMailIsDroppedWhereNobodyTakesIt() {
        Village v = village();
        assertEquals(List.of("2.0.0 discarded"), v.of("Postmaster@here.example"));
        assertEquals(List.of("required alias not found: postmaster"), v.warnings());
    }

    @Test
    void mailWaitsForAHomeThatIsNotThere() {
        assertEquals(
                List.of(
                        "4.3.0 cannot access home directory /home/homeless: No such file or"
                                + " directory"),
                village()
                        .person("homeless")
                        .set("require_home_directory", "yes")
                        .of("homeless@here.example"));
    }

    @Test
    void aLargeListIsExpandedWithEachMemberOnce() {
        StringBuilder list = new StringBuilder();
        for (int i = 0; i < 50_000; i++) {
            list.append("m").append(i).append("@there.example\n");
        }
        List<String> out =
                village()
                        .set("duplicate_filter_limit", "0")
                        .alias("a", ":include:/l")
                        .include("/l", 0, list.append(list).toString())
                        .of("a@here.example");
        assertEquals(50_000, out.size());
        assertEquals(50_000, new ArrayList<>(new java.util.HashSet<>(out)).size());
    }

    /// The filter of duplicates is full: each level has twice as many as the one before.
    @Test
    @Timeout(120)
    void filesThatNameEachOtherAreNotLookedAtForEver() {
        Village village =
                new Village()
                        .set("duplicate_filter_limit", "1")
                        .alias("list", "\":include:/a\"")
                        .include("/a", 0, "\":include:/a\", \":include:/a\"\n");
        Expansion.TooMany many =
                assertThrows(Expansion.TooMany.class, () -> village.of("list@here.example"));
        assertTrue(String.valueOf(many.getMessage()).startsWith("more aliases and files"));
    }

    /// Whether there is such a user is not known: nothing says that there is none.
    @Test
    void mailWaitsWhereNobodyKnowsTheUser() {
        for (String home : List.of("no", "yes")) {
            for (String path : List.of("$home/.forward", "")) {
                assertEquals(
                        List.of("4.0.0 user lookup error"),
                        new Village()
                                .set("require_home_directory", home)
                                .set("forward_path", path)
                                .of("nobody-can-say@here.example"));
            }
        }
    }
}
