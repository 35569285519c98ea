package org.postrider.helper;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.postrider.Needs;
import org.postrider.rights.Account;
import org.postrider.rights.Answer;
import org.postrider.rights.Appended;
import org.postrider.rights.Command;
import org.postrider.rights.Command.Limits;
import org.postrider.rights.Command.Line;
import org.postrider.rights.Command.Place;
import org.postrider.rights.Content;
import org.postrider.rights.Ended;
import org.postrider.rights.MailboxRules;
import org.postrider.rights.MailboxRules.Lock;
import org.postrider.rights.MailboxRules.Locks;
import org.postrider.rights.Puts;
import org.postrider.rights.Rights;
import org.postrider.rights.Trouble;

/// The root helper itself, run by root, and two users with homes, for the tests of a class.
abstract class HelperHouse {
    static final Locks LOCKS =
            new Locks(
                    List.of(Lock.DOTLOCK, Lock.FCNTL),
                    3,
                    Duration.ofMillis(20),
                    Duration.ofSeconds(500));

    static final Limits LIMITS = new Limits(Duration.ofSeconds(30), 4096, 0);

    static Users users;

    static RunningHelper helper;

    static Rights rights;

    static Account anna;

    static Account ben;

    @BeforeAll
    static void start() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "not root");
        Needs.program("useradd");
        Needs.program("setpriv");
        Needs.account("postfix");
        users = new Users();
        anna = users.add("anna");
        ben = users.add("ben");
        helper = new RunningHelper(users.place, main());
        rights = helper.rights;
    }

    /// What main.cf says, besides the directories, unless a test changes it for a time.
    static String main() {
        return "mail_spool_directory = "
                + users.place
                + "/spool\nx_maps = hash:$config_directory/secret,\n  /dev/zero\n";
    }

    @AfterAll
    static void end() throws IOException {
        if (helper != null) {
            helper.close();
        }
        if (users != null) {
            users.close();
        }
    }

    static <T> T done(Answer<T> answer) {
        return switch (answer) {
            case Answer.Done<T> d -> d.value();
            case Answer.Refused<T> r -> throw new AssertionError(r.trouble().toString());
        };
    }

    static Trouble trouble(Answer<?> answer) {
        return assertInstanceOf(Answer.Refused.class, answer).trouble();
    }

    static Content text(String text) {
        return Content.of(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    static MailboxRules rules(MailboxRules.Place place) {
        return new MailboxRules(place, LOCKS, 0, true);
    }

    static Answer<Appended> append(Account who, Path file, MailboxRules.Place place) {
        return Puts.append(rights, who.identity(), file.toString(), rules(place), text("mail\n"));
    }

    static Path home(Account who, String name) {
        return Path.of(who.home(), name);
    }

    static String owner(Path file) throws IOException {
        return Users.run("stat", "-c", "%U:%G %a", file.toString()).strip();
    }

    static Ended run(Account who, String line) {
        return done(
                rights.run(
                        who.identity(),
                        new Command(
                                new Line.Text(line, ""),
                                Map.of("USER", who.name()),
                                Place.in(who.home()),
                                LIMITS),
                        text("in\n")));
    }
}
