package org.postrider.helper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.postrider.Needs;
import org.postrider.rights.Account;
import org.postrider.rights.Answer;
import org.postrider.rights.Command;
import org.postrider.rights.Content;
import org.postrider.rights.Ended;
import org.postrider.rights.MailboxRules;
import org.postrider.rights.MailboxRules.Lock;
import org.postrider.rights.MailboxRules.Locks;
import org.postrider.rights.Puts;
import org.postrider.rights.Request;

/// What can be seen of the helper from outside, by strace(1): before a mail counts as delivered its
/// octets, and the name of a new file, are forced to the disk; and what everybody can see of a
/// command says nothing of a mail.
class ForcedTest {
    private static final MailboxRules RULES =
            new MailboxRules(
                    MailboxRules.Place.OWN,
                    new Locks(
                            List.of(Lock.FCNTL), 3, Duration.ofMillis(20), Duration.ofSeconds(500)),
                    0,
                    true);
    private static final String CALLS = "trace=fsync,fdatasync,renameat2,linkat";

    private static final String QUOTA = "error writing message: Disk quota exceeded";

    private static Content mail() {
        return Content.of("mail\n".getBytes(StandardCharsets.US_ASCII));
    }

    private static Process trace(long pid, Path into, String calls, Path... of) throws IOException {
        List<String> words = List.of("strace", "-f", "-y", "-s", "500", "-o", into.toString());
        ProcessBuilder strace =
                new ProcessBuilder(new java.util.ArrayList<>(words)).redirectErrorStream(true);
        for (String each : calls.split(" ", -1)) {
            strace.command().addAll(List.of("-e", each));
        }
        strace.command().addAll(List.of("-p", Long.toString(pid)));
        for (Path each : of) {
            strace.command().addAll(List.of("-P", each.toString()));
        }
        Process process = strace.start();
        BufferedReader said = process.inputReader();
        String first = said.readLine();
        assertTrue(first != null && first.contains("attached"), String.valueOf(first));
        return process;
    }

    /// Each stands in the text, one behind the other.
    private static void inOrder(String text, String... patterns) {
        assertTrue(
                text.matches("(?s).*" + String.join(".*", patterns) + ".*"),
                String.join(" … ", patterns) + " is not in:\n" + text);
    }

    @Test
    void aMailIsForcedBeforeItCountsAsDelivered() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "not root");
        Needs.program("useradd");
        Needs.program("strace");
        try (Users users = new Users()) {
            Account anna = users.add("forced");
            try (RunningHelper helper = new RunningHelper(users.place, "")) {
                Path box = Path.of(anna.home(), "box");
                Path maildir = Path.of(anna.home(), "M");
                // all that is made at first is made
                Puts.maildir(helper.rights, anna.identity(), maildir + "/", "h", mail());
                Path seen = users.place.resolve("seen");
                Process strace = trace(helper.process.pid(), seen, CALLS);
                try {
                    delivered(
                            Puts.append(
                                    helper.rights, anna.identity(), box.toString(), RULES, mail()));
                    delivered(
                            Puts.append(
                                    helper.rights, anna.identity(), box.toString(), RULES, mail()));
                    String home = "fsync\\([0-9]+<" + anna.home() + ">\\) += 0";
                    String file = "fsync\\([0-9]+<" + box + ">\\) += 0";
                    inOrder(Files.readString(seen), home, file, file);
                    delivered(
                            Puts.maildir(
                                    helper.rights, anna.identity(), maildir + "/", "h", mail()));
                    inOrder(
                            Files.readString(seen),
                            "fsync\\([0-9]+<" + maildir + "/tmp/[^>]*>\\) += 0",
                            "renameat2\\([^\n]*" + maildir + "/new/[^\n]*\\) += 0",
                            "fsync\\([0-9]+<" + maildir + "/new>\\) += 0");
                    together(helper, anna, seen);
                } finally {
                    strace.destroy();
                    strace.onExit().join();
                }
            }
        }
    }

    /// Small mail goes in a request for many.
    private static void together(RunningHelper helper, Account anna, Path seen) throws Exception {
        Path box = Path.of(anna.home(), "together");
        String maildir = anna.home() + "/M";
        Content small = HelperMailboxesTest.divided("small\n");
        int before = Files.readString(seen).length();
        Request.Put put = new Request.Append(anna.identity(), box.toString(), RULES);
        delivered(helper.rights.put(put, List.of(), small));
        delivered(
                helper.rights.put(
                        new Request.Maildir(anna.identity(), maildir + "/", "h"),
                        List.of(),
                        small));
        inOrder(
                Files.readString(seen).substring(before),
                "fsync\\([0-9]+<" + anna.home() + ">\\) += 0",
                "fsync\\([0-9]+<" + box + ">\\) += 0",
                "fsync\\([0-9]+<" + maildir + "/tmp/[^>]*>\\) += 0",
                "renameat2\\([^\n]*" + maildir + "/new/[^\n]*\\) += 0",
                "fsync\\([0-9]+<" + maildir + "/new>\\) += 0");
    }

    /// As the kernel answers a user who has no quota left; this machine's may have none at all.
    @Test
    void whatAUserHasNoQuotaForIsCutOffAgain() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "not root");
        Needs.program("useradd");
        Needs.program("strace");
        try (Users users = new Users()) {
            Account anna = users.add("forced");
            try (RunningHelper helper = new RunningHelper(users.place, "")) {
                Path box = Path.of(anna.home(), "box");
                delivered(
                        Puts.append(helper.rights, anna.identity(), box.toString(), RULES, mail()));
                String full = "inject=write:error=EDQUOT:when=2+";
                Content large = Content.of(new byte[300_000]);
                Process strace =
                        trace(helper.process.pid(), users.place.resolve("seen"), full, box);
                try {
                    Answer<?> cut =
                            Puts.append(
                                    helper.rights, anna.identity(), box.toString(), RULES, large);
                    assertEquals(QUOTA, ((Answer.Refused<?>) cut).trouble().text());
                    assertEquals("mail\n", Files.readString(box));
                } finally {
                    strace.destroy();
                    strace.onExit().join();
                }
                notForced(helper, anna, users.place.resolve("seen"));
            }
        }
    }

    /// Neither what goes in a request for many nor what then goes alone stays in the file.
    private static void notForced(RunningHelper helper, Account anna, Path seen) throws Exception {
        Path box = Path.of(anna.home(), "box");
        Request.Put put =
                new Request.Append(
                        anna.identity(),
                        box.toString(),
                        RULES,
                        Request.DeliveryKey.of("not forced"));
        Process strace = trace(helper.process.pid(), seen, "inject=fsync:error=EIO", box);
        try {
            Answer<?> cut =
                    helper.rights.put(put, List.of(), HelperMailboxesTest.divided("small\n"));
            assertEquals(
                    "error writing message: Input/output error",
                    ((Answer.Refused<?>) cut).trouble().text());
            assertEquals("mail\n", Files.readString(box));
        } finally {
            strace.destroy();
            strace.onExit().join();
        }
        // Nor does it count as done.
        delivered(helper.rights.put(put, List.of(), HelperMailboxesTest.divided("small\n")));
        assertEquals("mail\nsmall\n", Files.readString(box));
    }

    /// A part that stays in the file is told of: whoever reads it knows why.
    @Test
    void whatCannotBeCutOffIsSaid() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "not root");
        Needs.program("useradd");
        Needs.program("strace");
        try (Users users = new Users()) {
            Account anna = users.add("forced");
            try (RunningHelper helper = new RunningHelper(users.place, "")) {
                Path box = Path.of(anna.home(), "box");
                delivered(
                        Puts.append(helper.rights, anna.identity(), box.toString(), RULES, mail()));
                Process strace =
                        trace(
                                helper.process.pid(),
                                users.place.resolve("seen"),
                                "inject=write:error=EDQUOT:when=2+ inject=ftruncate:error=EIO",
                                box);
                try {
                    Answer<?> left =
                            Puts.append(
                                    helper.rights,
                                    anna.identity(),
                                    box.toString(),
                                    RULES,
                                    Content.of(new byte[300_000]));
                    assertEquals(
                            "part of a message is left in the file: Input/output error",
                            ((Answer.Refused<?>) left).trouble().text());
                } finally {
                    strace.destroy();
                    strace.onExit().join();
                }
            }
        }
    }

    /// Killed when all is written and nothing is forced, alone and among others: it is undone.
    @Test
    void whatWasNotForcedWhenItWasKilledIsCutOff() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "not root");
        Needs.program("useradd");
        Needs.program("strace");
        try (Users users = new Users()) {
            Account anna = users.add("forced");
            try (RunningHelper helper = new RunningHelper(users.place, "")) {
                Path box = Path.of(anna.home(), "box");
                String there = "mail\n";
                delivered(
                        Puts.append(helper.rights, anna.identity(), box.toString(), RULES, mail()));
                for (Content content : List.of(mail(), HelperMailboxesTest.divided("small\n"))) {
                    Request.Put put =
                            new Request.Append(
                                    anna.identity(),
                                    box.toString(),
                                    RULES,
                                    Request.DeliveryKey.of(there));
                    Process strace =
                            trace(
                                    helper.process.pid(),
                                    users.place.resolve("killed"),
                                    "trace=fsync inject=fsync:signal=KILL",
                                    box);
                    try {
                        assertInstanceOf(
                                Answer.Refused.class, helper.rights.put(put, List.of(), content));
                    } finally {
                        strace.destroyForcibly();
                        strace.onExit().join();
                    }
                    helper.process.onExit().join();
                    String torn = Files.readString(box);
                    assertTrue(torn.length() > there.length(), torn);
                    helper.again();
                    delivered(helper.rights.put(put, List.of(), content));
                    assertEquals(torn, Files.readString(box));
                    there = torn;
                }
            }
        }
    }

    /// What a disk says when octets are sent to it, and when they are waited for, is said by
    /// neither call again, nor by fsync: they are cut off, and the message goes alone.
    @Test
    void whatCannotBeSentToTheDiskIsWrittenAnew() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "not root");
        Needs.program("useradd");
        Needs.program("strace");
        try (Users users = new Users()) {
            Account anna = users.add("forced");
            try (RunningHelper helper = new RunningHelper(users.place, "")) {
                for (int call = 1; call <= 2; call++) {
                    refusedByTheDisk(helper, anna, call, users.place.resolve("seen" + call));
                }
            }
        }
    }

    /// @param call 1 for the first step, 2 for the wait
    private static void refusedByTheDisk(RunningHelper helper, Account anna, int call, Path seen)
            throws Exception {
        Path box = Files.createTempFile(Path.of(anna.home()), "box", "");
        Files.setOwner(box, Files.getOwner(Path.of(anna.home())));
        String calls =
                "trace=sync_file_range,ftruncate,fsync inject=sync_file_range:error=EIO:when="
                        + call;
        Process strace = trace(helper.process.pid(), seen, calls, box);
        try {
            Request.Put put = new Request.Append(anna.identity(), box.toString(), RULES);
            delivered(helper.rights.put(put, List.of(), HelperMailboxesTest.divided("small\n")));
        } finally {
            strace.destroy();
            strace.onExit().join();
        }
        inOrder(
                Files.readString(seen),
                "sync_file_range\\([^\n]*EIO",
                "ftruncate\\([^\n]* = 0",
                "fsync\\([^\n]* = 0",
                "fsync\\([^\n]* = 0");
        assertEquals(1, Files.readString(box).split("small\n", -1).length - 1);
    }

    /// A file whose name may be lost with the next crash is not delivered.
    @Test
    void aNameThatIsNotForcedCountsAsNotDelivered() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "not root");
        Needs.program("useradd");
        Needs.program("strace");
        try (Users users = new Users()) {
            Account anna = users.add("forced");
            try (RunningHelper helper = new RunningHelper(users.place, "")) {
                Path maildir = Path.of(anna.home(), "M");
                Request.Put put = new Request.Maildir(anna.identity(), maildir + "/", "h");
                delivered(
                        helper.rights.put(put, List.of(), HelperMailboxesTest.divided("first\n")));
                Process strace =
                        trace(
                                helper.process.pid(),
                                users.place.resolve("seen"),
                                "inject=fsync:error=EIO",
                                maildir.resolve("new"));
                try {
                    Answer<?> lost =
                            helper.rights.put(
                                    put, List.of(), HelperMailboxesTest.divided("second\n"));
                    assertEquals(
                            "error writing message: Input/output error",
                            ((Answer.Refused<?>) lost).trouble().text());
                } finally {
                    strace.destroy();
                    strace.onExit().join();
                }
            }
        }
    }

    /// Nor is one in a new mailbox, or a new Maildir, whose own name may be lost: it is made anew.
    @Test
    void aPlaceWhoseNameIsNotForcedIsNotThere() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "not root");
        Needs.program("useradd");
        Needs.program("strace");
        try (Users users = new Users()) {
            Account anna = users.add("forced");
            try (RunningHelper helper = new RunningHelper(users.place, "")) {
                Path home = Path.of(anna.home());
                Request.Put box =
                        new Request.Append(anna.identity(), home.resolve("box").toString(), RULES);
                Request.Put maildir =
                        new Request.Maildir(anna.identity(), home.resolve("M") + "/", "h");
                List<Content> contents = List.of(mail(), HelperMailboxesTest.divided("small\n"));
                Process strace =
                        trace(
                                helper.process.pid(),
                                users.place.resolve("seen"),
                                "inject=fsync:error=EIO",
                                home);
                try {
                    for (Content content : contents) {
                        for (Request.Put put : List.of(box, maildir)) {
                            Answer<?> lost = helper.rights.put(put, List.of(), content);
                            String why = ((Answer.Refused<?>) lost).trouble().text();
                            assertTrue(why.endsWith(": Input/output error"), why);
                        }
                    }
                    assertFalse(Files.exists(home.resolve("box")));
                    assertFalse(Files.exists(home.resolve("M")));
                } finally {
                    strace.destroy();
                    strace.onExit().join();
                }
                for (Content content : contents) {
                    delivered(helper.rights.put(box, List.of(), content));
                    delivered(helper.rights.put(maildir, List.of(), content));
                }
            }
        }
    }

    /// A disk says once that it could not write, and then no more: the mail comes again, alone or
    /// among others, and is not taken for delivered by a second look.
    @Test
    void whatTheDiskRefusedOnceIsNotTakenForWritten() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "not root");
        Needs.program("useradd");
        Needs.program("strace");
        try (Users users = new Users()) {
            Account anna = users.add("forced");
            try (RunningHelper helper = new RunningHelper(users.place, "")) {
                Path maildir = Path.of(anna.home(), "M");
                Puts.maildir(helper.rights, anna.identity(), maildir + "/", "h", mail());
                int there = 1;
                for (Content content : List.of(mail(), HelperMailboxesTest.divided("small\n"))) {
                    Request.Put put =
                            new Request.Maildir(
                                    anna.identity(),
                                    maildir + "/",
                                    "h",
                                    Request.DeliveryKey.of("mail " + there));
                    Process strace =
                            trace(
                                    helper.process.pid(),
                                    users.place.resolve("seen" + there),
                                    "inject=fsync:error=EIO:when=1",
                                    maildir.resolve("new"));
                    try {
                        assertInstanceOf(
                                Answer.Refused.class, helper.rights.put(put, List.of(), content));
                        delivered(helper.rights.put(put, List.of(), content));
                        delivered(helper.rights.put(put, List.of(), content));
                    } finally {
                        strace.destroy();
                        strace.onExit().join();
                    }
                    there += 2;
                    try (var files = Files.list(maildir.resolve("new"))) {
                        assertEquals(there, files.count());
                    }
                }
            }
        }
    }

    /// ps(1) shows every user the arguments of every process.
    @Test
    void noArgumentOnTheWayToACommandSaysWhoWritesToWhom() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "not root");
        Needs.program("useradd");
        Needs.program("setpriv");
        Needs.program("strace");
        try (Users users = new Users()) {
            Account anna = users.add("forced");
            try (RunningHelper helper = new RunningHelper(users.place, "")) {
                Path seen = users.place.resolve("seen");
                Process strace = trace(helper.process.pid(), seen, "trace=execve");
                try {
                    Command command =
                            new Command(
                                    new Command.Line.Text("echo $SENDER $LANG", ""),
                                    Map.of("SENDER", "private@there.example", "LANG", "C"),
                                    Command.Place.in(anna.home()),
                                    new Command.Limits(Duration.ofSeconds(30), 4096, 1 << 20));
                    Answer<Ended> run = helper.rights.run(anna.identity(), command, mail());
                    assertEquals(
                            "private@there.example C\n",
                            ((Answer.Done<Ended>) run).value().output());
                } finally {
                    strace.destroy();
                    strace.onExit().join();
                }
                String calls = Files.readString(seen);
                assertTrue(calls.contains("execve(\"/proc/self/fd/"), calls);
                assertFalse(calls.contains("private"), calls);
            }
        }
    }

    private static void delivered(Answer<?> answer) {
        assertInstanceOf(Answer.Done.class, answer);
    }
}
