package org.postrider.helper;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postrider.Needs;
import org.postrider.Until;
import org.postrider.rights.Account;
import org.postrider.rights.Answer;
import org.postrider.rights.Errno;
import org.postrider.rights.ReadRules;
import org.postrider.rights.Rights;

/// What root's helper does, done by a server that root runs within a program of its own.
class RootRightsTest {
    private Users users;
    private ExecutorService threads;
    private RootRights rights;
    private Account anna;

    @BeforeEach
    void start() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "not root");
        Needs.program("useradd");
        Needs.account("postfix");
        users = new Users();
        anna = users.add("anna");
        Path etc = Files.createDirectories(users.place.resolve("etc"));
        Files.createDirectories(users.place.resolve("queue"));
        Files.createDirectories(users.place.resolve("data"));
        Files.writeString(
                etc.resolve("main.cf"),
                "queue_directory = %s/queue\ndata_directory = %s/data\nx_maps = hash:%s/secret\n"
                        .formatted(users.place, users.place, etc));
        Files.writeString(etc.resolve("master.cf"), "");
        Users.run("chmod", "644", etc + "/main.cf", etc + "/master.cf");
        threads = Executors.newFixedThreadPool(2);
        rights = RootRights.open(etc, threads, threads, _ -> {});
    }

    /// The log has its reason in words.
    @Test
    void aConfigurationThatOthersMayExchangeIsNamedInWords() throws IOException {
        Path etc = Files.createDirectories(users.place.resolve("other"));
        Files.writeString(etc.resolve("main.cf"), "");
        Users.run("chmod", "777", etc.toString());
        IOException why =
                assertThrows(
                        IOException.class, () -> RootRights.open(etc, threads, threads, _ -> {}));
        assertEquals(
                etc + " is not to be relied on: others than root may exchange " + etc + "/main.cf",
                why.getMessage());
    }

    @AfterEach
    void end() throws IOException {
        if (threads != null) {
            threads.shutdownNow();
        }
        if (rights != null) {
            rights.close();
        }
        if (users != null) {
            users.close();
        }
    }

    private static <T> T done(Answer<T> answer) {
        return switch (answer) {
            case Answer.Done<T> d -> d.value();
            case Answer.Refused<T> r -> throw new AssertionError(r.trouble().toString());
        };
    }

    private Path file(String name, String text, String owner) throws IOException {
        Path file = users.place.resolve(name);
        Files.writeString(file, text);
        Users.run("chown", owner, file.toString());
        Users.run("chmod", "600", file.toString());
        return file;
    }

    @Test
    void aUsersFileIsReadWhole() throws IOException {
        String text = "ben@example.com\n".repeat(10_000);
        String path = file("forward", text, anna.name()).toString();
        var read = done(rights.read(anna.identity(), path, ReadRules.forward(1 << 20)));
        assertEquals(text, read.octets());
        assertEquals(anna.uid(), read.facts().uid());
        assertEquals(
                text, done(rights.readOwned(path, ReadRules.forward(1 << 20))).text().octets());
    }

    /// Whoever owns the link may lead it elsewhere between a look and the opening: nothing is then
    /// read in one user's name of another's.
    @Test
    void aFileThatIsExchangedMeanwhileIsNotRead() throws Exception {
        Account ben = users.add("ben");
        Path first = file("annas", "anna's", anna.name());
        Path second = file("bens", "ben's", ben.name());
        Users.run("chmod", "644", first.toString(), second.toString());
        Path link = users.place.resolve("link");
        Files.createSymbolicLink(link, first);
        AtomicBoolean on = new AtomicBoolean(true);
        Thread flips = Thread.ofPlatform().start(() -> flip(link, List.of(first, second), on));
        int[] exchanged = {0};
        try {
            Until.seen(
                    () -> exchanged[0] + " times exchanged",
                    () -> {
                        switch (rights.readOwned(link.toString(), ReadRules.include(100))) {
                            case Answer.Done<Rights.Owned> d -> {
                                String whose = d.value().owner().name() + "'s";
                                assertEquals(
                                        d.value().owner().uid(), d.value().text().facts().uid());
                                assertTrue(whose.endsWith(d.value().text().octets()), whose);
                            }
                            case Answer.Refused<Rights.Owned> r ->
                                    exchanged[0] +=
                                            r.trouble().text().endsWith("was exchanged") ? 1 : 0;
                        }
                        return exchanged[0] >= 10;
                    });
        } finally {
            on.set(false);
            flips.join();
        }
    }

    private void flip(Path link, List<Path> targets, AtomicBoolean on) {
        Path next = users.place.resolve("next");
        try {
            for (int i = 0; on.get(); i++) {
                Files.createSymbolicLink(next, targets.get(i % targets.size()));
                Files.move(next, link, StandardCopyOption.ATOMIC_MOVE);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void noMoreThanIsWantedIsRead() throws IOException {
        String path = file("forward", "x".repeat(5000), anna.name()).toString();
        Answer<?> answer = rights.read(anna.identity(), path, ReadRules.forward(4999));
        assertEquals(Errno.EFBIG, assertInstanceOf(Answer.Refused.class, answer).trouble().errno());
    }

    @Test
    void aConfiguredFileIsReadAsOctets() throws IOException {
        Path secret = file("etc/secret", "a b\u00e9\n", "root");
        assertArrayEquals(
                "a b\u00e9\n".getBytes(StandardCharsets.UTF_8),
                done(rights.configured(secret.toString())));
    }
}
