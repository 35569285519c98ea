package org.postrider.helper;

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
import org.junit.jupiter.api.Test;
import org.postrider.Needs;
import org.postrider.rights.Account;
import org.postrider.rights.Answer;
import org.postrider.rights.Content;
import org.postrider.rights.MailboxRules;
import org.postrider.rights.MailboxRules.Lock;
import org.postrider.rights.MailboxRules.Locks;

/// What the kernel was told before a mail counted as delivered: its octets, and the name of a new
/// file, were forced to the disk. Seen from outside, by strace(1).
class ForcedTest {
    private static final MailboxRules RULES =
            new MailboxRules(
                    MailboxRules.Place.OWN,
                    new Locks(
                            List.of(Lock.FCNTL), 3, Duration.ofMillis(20), Duration.ofSeconds(500)),
                    0,
                    true);
    private static final String CALLS = "trace=fsync,fdatasync,renameat2,linkat";

    private static Content mail() {
        return Content.of("mail\n".getBytes(StandardCharsets.US_ASCII));
    }

    private static Process trace(long pid, Path into) throws IOException {
        List<String> words =
                List.of("strace", "-f", "-y", "-s", "500", "-e", CALLS, "-o", into.toString());
        ProcessBuilder strace =
                new ProcessBuilder(new java.util.ArrayList<>(words)).redirectErrorStream(true);
        strace.command().addAll(List.of("-p", Long.toString(pid)));
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
            Account anna = users.add("prt-forced");
            try (RunningHelper helper = new RunningHelper(users.place, "")) {
                Path box = Path.of(anna.home(), "box");
                Path maildir = Path.of(anna.home(), "M");
                // all that is made at first is made
                helper.rights.maildir(anna.identity(), maildir + "/", "h", mail());
                Path seen = users.place.resolve("seen");
                Process strace = trace(helper.process.pid(), seen);
                try {
                    delivered(helper.rights.append(anna.identity(), box.toString(), RULES, mail()));
                    delivered(helper.rights.append(anna.identity(), box.toString(), RULES, mail()));
                    String home = "fsync\\([0-9]+<" + anna.home() + ">\\) += 0";
                    String file = "fsync\\([0-9]+<" + box + ">\\) += 0";
                    inOrder(Files.readString(seen), home, file, file);
                    delivered(helper.rights.maildir(anna.identity(), maildir + "/", "h", mail()));
                    inOrder(
                            Files.readString(seen),
                            "fsync\\([0-9]+<" + maildir + "/tmp/[^>]*>\\) += 0",
                            "renameat2\\([^\n]*" + maildir + "/new/[^\n]*\\) += 0",
                            "fsync\\([0-9]+<" + maildir + "/new>\\) += 0");
                } finally {
                    strace.destroy();
                    strace.onExit().join();
                }
            }
        }
    }

    private static void delivered(Answer<?> answer) {
        assertInstanceOf(Answer.Done.class, answer);
    }
}
