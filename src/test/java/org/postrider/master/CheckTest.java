package org.postrider.master;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `postfix check` says of usual installations, and that it changes nothing that is there.
class CheckTest {
    @TempDir Path temp;

    @Test
    void aMissingListFileIsNamedByItsParameterAndHoldsMail() throws Exception {
        try (Trial trial = new Trial(temp.resolve("t"), 1)) {
            trial.write(List.of("mydestination = !" + temp + "/nosuch"), List.of());
            String wanted =
                    ": mydestination: open file " + temp + "/nosuch: No such file or directory";
            List<String> said =
                    Server.check(trial.conf).stream().filter(l -> l.contains(wanted)).toList();
            assertEquals(1, said.size(), said.toString());
            assertTrue(said.getFirst().matches("warning: .*/main\\.cf, line \\d+: .*"));
            trial.start();
            trial.awaited("the start", l -> l.contains(wanted));
            String reply = trial.mail("a@client.example", "b@somewhere.example");
            assertTrue(reply.startsWith("451 4.3.0"), reply);
        }
    }

    /// A word with a colon that is no table (a next hop, a policy service) is nobody's type.
    @Test
    void aTypeOfTableThatNobodyKnowsIsNamedWhereATableIsWanted() throws Exception {
        try (Trial trial = new Trial(temp.resolve("t"), 1)) {
            trial.write(
                    List.of(
                            "header_checks = nosuch:/a",
                            "transport_maps = proxy:neither:/b",
                            "smtpd_sender_restrictions = check_sender_access nor:/c, permit",
                            "default_transport = smtp:[127.0.0.1]:25"),
                    List.of());
            assertEquals(
                    List.of("nosuch:/a", "proxy:neither:/b", "nor:/c"),
                    Server.check(trial.conf).stream()
                            .filter(l -> l.contains("unsupported dictionary type"))
                            .map(l ->
                                    l.replaceFirst("warning: .*/main\\.cf, line \\d+: \\w+: ", ""))
                            .map(l -> l.substring(0, l.indexOf(": unsupported")))
                            .toList());
        }
    }

    /// /etc/aliases before newaliases ran, as a distribution leaves it.
    @Test
    void aliasesWithoutAnIndexAreNoQuestion() throws Exception {
        Path aliases = temp.resolve("aliases");
        Files.writeString(aliases, "# See man 5 aliases\npostmaster:    root\n");
        try (Trial trial = new Trial(temp.resolve("t"), 1)) {
            trial.write(
                    List.of("alias_maps = hash:" + aliases, "local_recipient_maps = $alias_maps"),
                    List.of());
            assertEquals(
                    List.of(),
                    Server.check(trial.conf).stream()
                            .filter(l -> l.contains(aliases.toString()))
                            .toList());
            trial.write(List.of("relay_recipient_maps = hash:" + aliases), List.of());
            assertEquals(
                    1,
                    Server.check(trial.conf).stream()
                            .filter(l -> l.contains("is this an alias file?"))
                            .count());
        }
    }

    @Test
    void aMissingKeyIsLoggedOnceHoweverManyServicesWantIt() throws Exception {
        String key = temp.resolve("none.pem").toString();
        try (Trial trial = new Trial(temp.resolve("t"), 1)) {
            trial.write(
                    List.of("smtpd_tls_security_level = may", "smtpd_tls_chain_files = " + key),
                    List.of(
                            "127.0.0.1:0 inet n - n - - smtpd -o syslog_name=postfix/two",
                            "127.0.0.2:0 inet n - n - - smtpd"));
            trial.start();
            trial.awaited("the start", l -> l.contains("daemon started"));
            assertEquals(1, trial.said().stream().filter(l -> l.contains("disabling TLS")).count());
        }
    }

    @Test
    void checkMakesWhatIsMissingAndLeavesWhatIsThere() throws Exception {
        Path queue = temp.resolve("q");
        Path data = Files.createDirectory(temp.resolve("d"));
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxrwxr-x"));
        assertEquals(
                List.of("group or other writable: " + data + "/."),
                Directories.makeMissing(queue, data));
        assertEquals("rwxrwxr-x", mode(data));
        assertEquals("rwx------", mode(queue.resolve("private")));
        assertEquals("rwx-wx-wx", mode(queue.resolve("maildrop")));
        assertEquals("rwxr-xr-x", mode(queue.resolve("public")));
    }

    private static String mode(Path path) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
