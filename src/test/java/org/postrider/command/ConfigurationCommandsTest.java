package org.postrider.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.command.postconf.Postconf;
import org.postrider.command.queue.Postqueue;
import org.postrider.master.Server;

/// What the installed Postfix 3.7 cannot show: the defaults of 3.12, its warnings, JSON, and what
/// `postfix check` says.
class ConfigurationCommandsTest {
    private static final Path ORACLE = Path.of("src/test/resources/oracle");

    /// The machine's own, or the build's: see the oracle's README.
    private static final Set<String> OF_HOST =
            Set.of(
                    "myhostname",
                    "mydomain",
                    "mynetworks",
                    "process_id",
                    "config_directory",
                    "alias_maps");

    @TempDir Path directory;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeEach
    void write() throws IOException {
        main("");
        Files.copy(Path.of("src/test/postconf/master.cf"), directory.resolve("master.cf"));
    }

    private void main(String text) throws IOException {
        Files.writeString(directory.resolve("main.cf"), text);
    }

    private List<String> postconf(String... args) {
        out.reset();
        err.reset();
        List<String> all = new ArrayList<>(List.of("-c", directory.toString()));
        all.addAll(List.of(args));
        Terminal terminal =
                new Terminal(
                        new ByteArrayInputStream(new byte[0]),
                        new PrintStream(out, true, StandardCharsets.ISO_8859_1),
                        new PrintStream(err, true, StandardCharsets.ISO_8859_1),
                        null);
        assertEquals(0, new Postconf(terminal).run(all.toArray(new String[0])), err.toString());
        return out.toString(StandardCharsets.ISO_8859_1).lines().toList();
    }

    private static Set<String> compared(List<String> lines) {
        Set<String> compared = new TreeSet<>();
        for (String line : lines) {
            if (!OF_HOST.contains(line.substring(0, line.indexOf(' ')))) {
                compared.add(line);
            }
        }
        return compared;
    }

    @Test
    void theDefaultsArePostfixs() throws IOException {
        Files.writeString(directory.resolve("master.cf"), "");
        List<String> wanted = Files.readAllLines(ORACLE.resolve("postconf-3.12.txt"));
        assertEquals(909, wanted.size());
        List<String> ours = postconf("-d");
        assertEquals(909, ours.size());
        assertEquals(compared(wanted), compared(ours));
    }

    @Test
    void theNamesThatServicesBringArePostfixs() throws IOException {
        List<String> wanted = Files.readAllLines(ORACLE.resolve("postconf-3.12-service.txt"));
        assertEquals(112, wanted.size());
        assertEquals(new TreeSet<>(wanted), new TreeSet<>(postconf("-d", "-C", "service")));
    }

    /// Names that this program alone has, by the line of master.cf: known where they are set.
    @Test
    void ratesOfATransportsDestinationsAreKnown() throws IOException {
        main("smtp_destination_rate_limit = 10/s\n");
        assertTrue(postconf("-n").contains("smtp_destination_rate_limit = 10/s"));
        assertEquals("", err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void oldSpellingsAreWarnedOfAndWork() throws IOException {
        main("smtpd_use_tls = no\nfallback_relay = [x]\nvirtual_maps = inline:{a=b}\n");
        assertTrue(postconf("-x", "smtp_fallback_relay").contains("smtp_fallback_relay = [x]"));
        String file = directory.resolve("main.cf").toString();
        assertEquals(
                List.of(
                        will(file, "fallback_relay", "smtp_fallback_relay"),
                        will(file, "smtpd_use_tls", "smtpd_tls_security_level"),
                        will(file, "virtual_maps", "virtual_alias_maps"),
                        "postconf: warning: See https://www.postfix.org/DEPRECATION_README.html for"
                                + " details"),
                err.toString(StandardCharsets.UTF_8).lines().toList());
        assertTrue(
                postconf("-xq", "virtual_alias_maps")
                        .contains("virtual_alias_maps = inline:{a=b}"));
        assertEquals("", err.toString(StandardCharsets.UTF_8));
    }

    private static String will(String file, String name, String instead) {
        return "postconf: warning: "
                + file
                + ": support for parameter \""
                + name
                + "\" will be removed; instead, specify \""
                + instead
                + "\"";
    }

    @Test
    void jsonIsAnObjectALine() throws IOException {
        main("relayhost = \"a\\\"\n");
        assertEquals(List.of("{\"relayhost\": \"\\\"a\\\\\\\"\"}"), postconf("-j", "relayhost"));
        assertTrue(postconf("-jM", "smtp/inet").getFirst().startsWith("{\"smtp/inet\": \"smtp "));
        assertEquals(List.of("{\"smtp/inet/chroot\": \"n\"}"), postconf("-jF", "smtp/inet/chroot"));
    }

    @Test
    void anEditKeepsTheFilesMode() throws IOException {
        Path file = directory.resolve("main.cf");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        postconf("-e", "relayhost=x");
        assertEquals(
                "rw-r-----", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        Path master = directory.resolve("master.cf");
        Files.setPosixFilePermissions(master, PosixFilePermissions.fromString("rw-------"));
        postconf("-Fe", "smtp/inet/chroot=y");
        assertEquals(
                "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(master)));
    }

    /// Two things at once is wrong use, whichever came first.
    @Test
    void postqueueDoesOneThing() {
        for (List<String> words :
                List.of(List.of("-p", "-j"), List.of("-j", "-p"), List.of("-f", "-p"))) {
            out.reset();
            err.reset();
            Terminal terminal =
                    new Terminal(
                            new ByteArrayInputStream(new byte[0]),
                            new PrintStream(out, true, StandardCharsets.ISO_8859_1),
                            new PrintStream(err, true, StandardCharsets.ISO_8859_1),
                            null);
            List<String> all = new ArrayList<>(List.of("-c", directory.toString()));
            all.addAll(words);
            int status = new Postqueue("postqueue", terminal).run(all.toArray(new String[0]));
            assertEquals(CommandException.UNAVAILABLE, status);
            String said = err.toString(StandardCharsets.ISO_8859_1);
            assertTrue(said.startsWith("postqueue: fatal: usage: postqueue -f"), said);
        }
    }

    private void checked(String mainCf, String... wanted) throws IOException {
        main(mainCf);
        String said = String.join("\n", Server.check(directory));
        for (String each : wanted) {
            assertTrue(said.contains(each), each + "\n--- not in ---\n" + said);
        }
    }

    @Test
    void aCacheThatItsServiceHasYetToMakeIsNothingToCheck() throws IOException {
        main(
                "compatibility_level = 3.6\n"
                        + "address_verify_map = proxy:btree:/nonexistent/verify_cache\n"
                        + "postscreen_cache_map = btree:/nonexistent/postscreen_cache\n"
                        + "virtual_alias_maps = hash:/nonexistent/v\n");
        String said = String.join("\n", Server.check(directory));
        assertTrue(said.contains("/nonexistent/v.db"), said);
        assertFalse(said.contains("_cache"), said);
    }

    @Test
    void aCheckNamesWhatIsWrongWithFileAndLine() throws IOException {
        String file = directory.resolve("main.cf").toString();
        checked(
                "compatibility_level = 3.6\nrelayhst = [x]\n",
                file + ", line 2: unused parameter: relayhst=[x] (did you mean relayhost?)");
        checked("relayhost = a\nrelayhost = b\n", file + ", line 2: overriding earlier entry");
        checked(
                "smtpd_sasl_path = cyrus # remark\ntls_config_file = /x\n",
                file + ", line 1: \"#\" after a value begins no comment",
                file + ", line 2: accepted and not honoured by this version: tls_config_file; ");
        checked(
                "default_transport = gone\ncleanup_service_name = nosuch\n",
                file + ", line 1: default_transport = gone: ",
                file + ", line 2: cleanup_service_name = nosuch: ");
        checked(
                "virtual_alias_maps = hash:/nonexistent/v\n",
                file
                        + ", line 1: virtual_alias_maps: hash:/nonexistent/v: open database"
                        + " /nonexistent/v.db: No such file or directory");
        checked("smtpd_banner = $nosuch\n", file + ": undefined parameter: nosuch");
        checked(
                "smtp_sasl_auth_enable = yes\nsmtp_sasl_security_options = noanonymous\n"
                        + "smtp_sasl_password_maps = static:somebody\n",
                "gets the password in clear",
                "smtp_tls_security_level = encrypt");
        checked(
                "smtp_tls_security_level = dane\n",
                "smtp_tls_security_level = dane has no effect with dnssec lookups disabled");
        checked(
                "smtp_tls_security_level = may\nsmtp_tls_ciphers = strong\n",
                "invalid cipher grade: \"strong\"");
        checked(
                "multi_instance_directories = " + directory + "\n",
                "is not enabled and does not start",
                "-e enable");
    }

    @Test
    void anEnabledInstanceThatDoesNotRunIsNamedWithWhatToDo() throws IOException {
        Path other = Files.createDirectories(directory.resolve("second"));
        Files.writeString(
                other.resolve("main.cf"),
                "multi_instance_enable = yes\nmulti_instance_name = postfix-two\nqueue_directory = "
                        + other.resolve("queue")
                        + "\n");
        String wanted =
                directory.resolve("main.cf")
                        + ", line 1: instance postfix-two is enabled and is NOT RUNNING:"
                        + " multi_instance_wrapper is empty (postmulti -e init), so that only this"
                        + " command starts it: postfix -c "
                        + other
                        + " start";
        checked("multi_instance_directories = " + other + "\n", wanted);
        assertEquals(List.of(wanted), Server.instances(Server.settings(directory)));
    }

    @Test
    void aCheckNamesAnOpenRelay() throws IOException {
        String level = "compatibility_level = 3.6\n";
        checked(
                level + "mynetworks = 0.0.0.0/0\n",
                "line 2: open relay: mynetworks contains 0.0.0.0/0");
        checked(level + "mynetworks = ::/0\n", "open relay: mynetworks contains ::/0");
        checked(level + "relay_domains = static:all\n", "open relay: relay_domains");
        checked(
                level + "smtpd_relay_restrictions = permit\n",
                "line 2: open relay: smtpd_relay_restrictions has permit before");
        checked(
                level
                        + "smtpd_relay_restrictions = check_client_access static:OK,"
                        + " reject_unauth_destination\n",
                "open relay: smtpd_relay_restrictions has static:OK");
        checked(level + "smtpd_relay_restrictions =\n", "no mail is taken");
        for (String wide : List.of("[fc00::]/6", "[f000::]/8", "[fe00::]/9", "[2000::]/3")) {
            checked(level + "mynetworks = " + wide + "\n", "mynetworks contains " + wide);
        }
        main(
                level
                        + "mynetworks = 127.0.0.0/8 10.1.0.0/16 [::1]/128 [fc00::]/7 [fd00::]/8"
                        + " [fe80::]/10\n");
        assertTrue(Server.check(directory).stream().noneMatch(line -> line.contains("open relay")));
        main(
                level
                        + "smtpd_recipient_restrictions = permit_sasl_authenticated,"
                        + " permit_mynetworks, check_relay_domains\n");
        assertTrue(Server.check(directory).stream().noneMatch(line -> line.contains("open relay")));
        main(level);
        postconf("-Pe", "smtp/inet/smtpd_relay_restrictions=permit");
        assertTrue(
                Server.check(directory).stream()
                        .anyMatch(line -> line.contains("master.cf, line 2: open relay")));
    }

    @Test
    void myoriginMayBeAFile() throws IOException {
        Path name = directory.resolve("mailname");
        Files.writeString(name, "debian.example.org\nmore\n");
        main("myorigin = " + name + "\n");
        assertEquals("debian.example.org", Server.settings(directory).text("myorigin"));
        assertEquals(List.of("myorigin = " + name), postconf("myorigin"));
    }
}
