package org.postrider.master;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.config.Catalogue;
import org.postrider.config.Honoured;
import org.postrider.config.Honoured.Kind;

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

    /// What a mail filter's or a screen's definition has wrong is said before clients come.
    @Test
    void whatFiltersAndListsLackIsNamedWithItsLine() throws Exception {
        try (Trial trial = new Trial(temp.resolve("t"), 1)) {
            trial.write(
                    List.of(
                            "smtpd_recipient_restrictions ="
                                    + " reject_rbl_client =127.0.0.2,"
                                    + " check_policy_service { inet:127.0.0.1:1, timeout=ten },"
                                    + " { check_policy_service inet:127.0.0.1:1, timeout=1s },"
                                    + " { reject }, reject_rbl_client reject_unauth_destination,"
                                    + " reject_rbl_client",
                            "smtpd_milters = inte:127.0.0.1:1, inet:nosuch, unix:"
                                    + temp
                                    + "/no,"
                                    + " { inet:127.0.0.1:1, default_action=acept }",
                            "non_smtpd_milters = 127.0.0.1",
                            "smtpd_proxy_filter = nowhere",
                            "postscreen_greet_action = enfore",
                            "postscreen_dnsbl_sites = *2",
                            "postscreen_access_list = permit_mynetwork"),
                    List.of("127.0.0.2:0 inet n - n - 1 postscreen"));
            List<String> said = Server.check(trial.conf);
            for (String wanted :
                    List.of(
                            "restriction reject_rbl_client requires domain name argument; it"
                                    + " decides nothing",
                            "RBL reply error: no domain name before \"=127.0.0.2\"",
                            "RBL reply error: the restriction reject_unauth_destination stands",
                            "bad option timeout = ten: ",
                            "{ check_policy_service inet:127.0.0.1:1, timeout=1s }",
                            "unknown smtpd restriction: \"{ reject }\"",
                            "smtpd_milters: invalid transport name: inte in Milter service",
                            "smtpd_milters: milter inet:nosuch: host or service nosuch not found",
                            "smtpd_milters: milter unix:" + temp + "/no: No such file",
                            "unrecognized default action: acept",
                            "non_smtpd_milters: Milter service needs transport:endpoint",
                            "smtpd_proxy_filter: bad endpoint of a service: nowhere",
                            "bad postscreen_greet_action value: enfore",
                            "postscreen_dnsbl_sites: bad DNSBL domain name \"\" in \"*2\"",
                            "postscreen_access_list: unknown command: permit_mynetwork")) {
                assertTrue(
                        said.stream()
                                .anyMatch(l ->
                                        l.matches("warning: .*/main\\.cf, line \\d+: .*")
                                                && l.contains(wanted)),
                        wanted + " is not in " + said);
            }
            assertTrue(
                    said.stream().anyMatch(l -> l.contains("no service smtpd of type pass: ")),
                    said.toString());
        }
    }

    /// What would stop the start, or be missed in the night only, with the line it is set in.
    @Test
    void valuesThatCannotBeAreNamedBeforeAnybodyReadsThem() throws Exception {
        try (Trial trial = new Trial(temp.resolve("t"), 1)) {
            trial.write(
                    List.of(
                            "smtp_min_data_rate = -1",
                            "lmtp_per_request_deadline = sure",
                            "smtp_tls_sts_first_wait = 5x",
                            "smtp_tls_sts_cache_limit = 1",
                            "postrider_held_mail_expires = perhaps",
                            "queue_run_delay = $minimal_backoff_time",
                            "postscreen_dnsbl_allowlist_threshold = -1",
                            "smtp_tlsrpt_enable = yes",
                            "postrider_tlsrpt_sender = nobody",
                            "postrider_tlsrpt_CAfile = " + temp + "/nosuch",
                            "smtp_dns_support_level = dnssec",
                            "smtp_dnssec_trust_anchor_file = " + temp + "/nosuch"),
                    List.of());
            List<String> said =
                    Server.check(trial.conf).stream()
                            .map(l -> l.replaceAll("^warning: |\\S*/master.cf, line \\d+: ", ""))
                            .toList();
            for (String wanted :
                    List.of(
                            "bad parameter smtp_min_data_rate: too small: -1 < 1",
                            "bad parameter lmtp_per_request_deadline: bad boolean configuration:"
                                    + " sure",
                            "bad parameter smtp_tls_sts_first_wait: ",
                            "bad parameter smtp_tls_sts_cache_limit: too small: 1 < 100",
                            "bad parameter postrider_held_mail_expires: bad boolean configuration:"
                                    + " perhaps",
                            "postrider_tlsrpt_sender: not an address: \"nobody\"",
                            "postrider_tlsrpt_CAfile: ",
                            "smtp_dnssec_trust_anchor_file: " + temp + "/nosuch: ")) {
                assertEquals(
                        1,
                        said.stream()
                                .filter(l ->
                                        l.matches("(DNS: )?\\S*/main\\.cf, line \\d+: .*")
                                                && l.contains(": " + wanted))
                                .count(),
                        wanted + said);
            }
            assertTrue(
                    said.stream()
                            .noneMatch(l -> l.matches(".*bad parameter (queue_run|postscreen)_.*")),
                    said.toString());
        }
    }

    /// A limit of a transport that there is none of would limit nothing.
    @Test
    void namesThatLookLikeOursAndAreNotAreNamed() throws Exception {
        try (Trial trial = new Trial(temp.resolve("t"), 1)) {
            trial.write(
                    List.of(
                            "smtp_destination_rate_limit = 5/m",
                            "default_destination_slowdown = yes",
                            "postrider_srs_max_age = 21d",
                            "gmial_destination_rate_limit = 5/m",
                            "slow_destination_slowdown = yes",
                            "postrider_srs_maxage = 21d",
                            "local_dnssec_trust_anchor_file = /a"),
                    List.of());
            assertEquals(
                    List.of(
                            "gmial_destination_rate_limit=5/m",
                            "local_dnssec_trust_anchor_file=/a",
                            "postrider_srs_maxage=21d",
                            "slow_destination_slowdown=yes"),
                    Server.check(trial.conf).stream()
                            .filter(l -> l.contains(": unused parameter: "))
                            .map(l -> l.replaceAll(".*: unused parameter: | \\(did you.*", ""))
                            .sorted()
                            .toList());
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

    /// Debian's main.cf names one: its service makes it.
    @Test
    void aCacheThatIsYetToBeMadeIsNoTableThatIsMissing() throws Exception {
        try (Trial trial = new Trial(temp, 1)) {
            List<String> caches = new ArrayList<>();
            for (String each :
                    List.of(
                            "address_verify_map",
                            "postscreen_cache_map",
                            "smtp_tls_session_cache_database",
                            "lmtp_tls_session_cache_database",
                            "smtpd_tls_session_cache_database")) {
                caches.add(each + " = btree:${data_directory}/" + each);
            }
            trial.write(caches, List.of());
            assertEquals(
                    List.of(),
                    Server.check(trial.conf).stream()
                            .filter(l -> l.contains("open database"))
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

    /// Tables, blocks of addresses and files that a line of master.cf names by `-o` are looked at
    /// as main.cf's are, and named with that line.
    @Test
    void whatLinesOfMasterCfNameIsLookedAtToo() throws Exception {
        List<String> lines =
                List.of(
                        "one unix - - n - - smtp -o smtp_sasl_password_maps=hash:" + temp + "/no",
                        "two unix - - n - - lmtp -o lmtp_sasl_password_maps=texthash:" + temp,
                        "three unix - - n - - smtp -o smtp_header_checks=nosuch:/a",
                        "four unix - - n - - smtp -o mine=hash:"
                                + temp
                                + "/no"
                                + " -o smtp_generic_maps=$mine",
                        "127.0.0.2:0 inet n - n - - smtpd"
                                + " -o debug_peer_list=198.51.100.7/8"
                                + " -o smtpd_sasl_exceptions_networks="
                                + temp
                                + "/list");
        int first = Trial.LINES.size() + 1;
        List<String> lists =
                List.of(
                        (first + 4)
                                + ": debug_peer_list: non-null host address bits in"
                                + " \"198.51.100.7/8\"",
                        (first + 4)
                                + ": smtpd_sasl_exceptions_networks: open file "
                                + temp
                                + "/list: No such file or directory");
        List<String> tables =
                List.of(
                        first
                                + ": smtp_sasl_password_maps: hash:"
                                + temp
                                + "/no: open database "
                                + temp
                                + "/no.db: No such file or directory",
                        (first + 1) + ": lmtp_sasl_password_maps: texthash:" + temp + ": ",
                        (first + 2) + ": smtp_header_checks: nosuch:/a: unsupported dictionary");
        try (Trial trial = new Trial(temp.resolve("t"), 1)) {
            trial.write(List.of(), lines);
            List<String> said = Server.check(trial.conf);
            for (List<String> some : List.of(tables, lists)) {
                some.forEach(wanted -> assertEquals(1, count(said, wanted), wanted + said));
            }
            assertEquals(1, said.stream().filter(l -> l.contains("/no.db: ")).count());
            trial.start();
            trial.awaited("the start", l -> l.contains("daemon started"));
            List<String> started = trial.said();
            lists.forEach(wanted -> assertEquals(1, count(started, wanted), wanted + started));
            trial.reload();
            List<String> reloaded = trial.said();
            lists.forEach(wanted -> assertEquals(1, count(reloaded, wanted), wanted + reloaded));
        }
    }

    /// A content filter by `-o` is how most filters are named. smtpd_sasl_service is no line's
    /// name.
    @Test
    void aServiceThatALineNamesAndThatIsNotThereIsNamed() throws Exception {
        int first = Trial.LINES.size() + 1;
        try (Trial trial = new Trial(temp.resolve("t"), 1)) {
            trial.write(
                    List.of("smtpd_sasl_service = imap"),
                    List.of(
                            "127.0.0.2:0 inet n - n - - smtpd -o"
                                    + " content_filter=amavis:[127.0.0.1]:1 -o"
                                    + " cleanup_service_name=early",
                            "127.0.0.3:0 inet n - n - - smtpd -o content_filter=smtp:[127.0.0.1]:1"
                                    + " -o smtpd_sasl_service=imap"));
            assertEquals(
                    List.of(
                            first + ": cleanup_service_name = early",
                            first + ": content_filter = amavis:[127.0.0.1]:1"),
                    Server.check(trial.conf).stream()
                            .filter(l -> l.contains(" has no service "))
                            .map(l ->
                                    l.replaceFirst(".*master.cf, line ", "")
                                            .replaceFirst(": /.*", ""))
                            .toList());
        }
    }

    private static long count(List<String> said, String wanted) {
        return said.stream().filter(l -> l.contains("/master.cf, line " + wanted)).count();
    }

    /// Once for all lines that go by main.cf, and for each that differs, at start and check.
    @Test
    void aPasswordThatGoesInClearIsNamedOnceForAllLines() throws Exception {
        String file = temp.resolve("t/etc/").toString();
        List<String> login =
                List.of(
                        "smtp_sasl_auth_enable = yes",
                        "smtp_sasl_password_maps = static:somebody",
                        "smtp_sasl_security_options = noanonymous");
        List<String> more = new ArrayList<>(login);
        more.add("smtp_tls_security_level = encrypt");
        List<String> open =
                List.of(
                        "open unix - - n - - smtp -o smtp_tls_security_level=may",
                        "shut unix - - n - - smtp -o smtp_sasl_security_options=noplaintext"
                                + " -o smtp_tls_security_level=may",
                        "lmtp unix - - n - - lmtp -o lmtp_sasl_auth_enable=yes"
                                + " -o lmtp_sasl_password_maps=static:somebody"
                                + " -o lmtp_sasl_security_options=noanonymous");
        int first = Trial.LINES.size() + 1;
        try (Trial trial = new Trial(temp.resolve("t"), 1)) {
            trial.write(login, List.of());
            assertEquals(
                    List.of(file + "/main.cf, line 14: smtp_sasl_auth_enable = yes with"),
                    inClear(Server.check(trial.conf)));
            trial.start();
            trial.awaited("the start", l -> l.contains("daemon started"));
            assertEquals(1, inClear(trial.said()).size());
            trial.write(more, open);
            assertEquals(
                    List.of(
                            file
                                    + "/master.cf, line "
                                    + first
                                    + ": smtp_sasl_auth_enable = yes with",
                            file
                                    + "/master.cf, line "
                                    + (first + 2)
                                    + ": lmtp_sasl_auth_enable = yes with"),
                    inClear(Server.check(trial.conf)));
        }
    }

    private static List<String> inClear(List<String> said) {
        return said.stream()
                .filter(l -> l.contains("in clear"))
                .map(l -> l.replaceFirst("^.*warning: ", "").replaceFirst(" with.*", " with"))
                .toList();
    }

    /// Debian's master.cf has four such lines, of which Postfix says nothing.
    @Test
    void agentsThatNobodyRoutesToShareOneLine() throws Exception {
        List<String> lines =
                List.of(
                        "one unix - n n - - pipe user=nosuchuser argv=/bin/true",
                        "two unix - n n - - pipe user=northis argv=/bin/true $nosuch",
                        "virtual unix - n n - - virtual -o virtual_mailbox_limit=1");
        try (Trial trial = new Trial(temp.resolve("t"), 1)) {
            trial.write(List.of("transport_maps = inline:{x.example=ones:}"), lines);
            List<String> said = waiting(trial);
            assertEquals(1, said.size(), said.toString());
            String all = said.getFirst();
            assertTrue(all.contains("no setting routes mail to these services"), all);
            assertTrue(all.contains("one (unknown username: nosuchuser), two ("), all);
            assertTrue(all.contains("virtual (configuration error: virtual_mailbox_limit"), all);
            for (String named :
                    List.of(
                            "transport_maps = inline:{x.example=one:}",
                            "transport_maps = static:one:hop",
                            "default_transport = one",
                            "content_filter = one:hop")) {
                trial.write(List.of(named), lines);
                said = waiting(trial);
                assertEquals(2, said.size(), named + said);
                String own = "service one: unknown username: nosuchuser; mail routed there waits";
                assertTrue(said.getFirst().endsWith(own), named + said);
                assertTrue(!said.get(1).contains("one ("), named + said);
            }
        }
    }

    private static List<String> waiting(Trial trial) throws Exception {
        return Server.check(trial.conf).stream()
                .filter(l -> l.contains("mail routed there waits") || l.contains("would wait"))
                .toList();
    }

    @Test
    void rootsMailWithoutAnAliasIsNamed() throws Exception {
        List<String> local = List.of("local unix - n n - - local");
        String here = "mydestination = here.example";
        try (Trial trial = new Trial(temp.resolve("t"), 1)) {
            trial.write(List.of(here, "alias_maps = inline:{postmaster=joe}"), local);
            List<String> said =
                    Server.check(trial.conf).stream().filter(l -> l.contains("for root")).toList();
            assertEquals(1, said.size(), said.toString());
            assertTrue(said.getFirst().contains("/main.cf, line "), said.toString());
            for (List<String> other :
                    List.of(
                            List.of(here, "alias_maps = inline:{root=joe}"),
                            List.of(here, "alias_maps =", "mailbox_transport = smtp:x"),
                            List.of(here, "alias_maps =", "mailbox_command = cat"),
                            List.of(here, "alias_maps = tcp:127.0.0.1:9"),
                            List.of("mydestination =", "alias_maps ="),
                            List.of(here, "local_transport = smtp:x", "alias_maps ="))) {
                trial.write(other, local);
                assertEquals(
                        List.of(),
                        Server.check(trial.conf).stream()
                                .filter(l -> l.contains("for root"))
                                .toList(),
                        other.toString());
            }
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

    /// A listener for what a filter gives back signs strangers' mail, unless it is told not to.
    @Test
    void aListenerThatSignsWhatAFilterGivesBackIsNamed() throws Exception {
        String back = "127.0.0.1:10025 inet n - n - - smtpd -o content_filter=";
        String keys = "dkim_signing_keys = own.example:s:/etc/no-such-key.pem";
        String filter = "content_filter = smtp:[127.0.0.1]:10024";
        String told = "10025: mail of strangers that a filter gives back here is signed as ours";
        List<List<String>> quiet =
                List.of(
                        List.of(filter, keys, back + " -o receive_override_options=no_milters"),
                        List.of(
                                filter,
                                keys,
                                back + " -o smtpd_authorized_xforward_hosts=127.0.0.0/8"),
                        List.of(filter, keys, back + " -o dkim_sign_clients="),
                        List.of(filter, keys, back + " -o mynetworks=192.0.2.0/24"),
                        List.of(filter, "mydestination =", back),
                        List.of("mydestination =", keys, back));
        try (Trial trial = new Trial(temp.resolve("t"), 1)) {
            trial.write(List.of(filter, keys), List.of(back));
            List<String> said =
                    Server.check(trial.conf).stream().filter(l -> l.contains(told)).toList();
            assertEquals(1, said.size(), said.toString());
            assertTrue(
                    said.getFirst().matches("warning: .*/master\\.cf, line \\d+: .*no_milters.*"),
                    said.getFirst());
            for (List<String> each : quiet) {
                trial.write(each.subList(0, 2), List.of(each.get(2)));
                assertTrue(
                        Server.check(trial.conf).stream().noneMatch(l -> l.contains(told)),
                        each.toString());
            }
        }
    }

    /// Of the client's 230 names, as they are by default check says nothing; set to something else,
    /// none is one that is not honoured, in main.cf or by `-o`, and those without effect are the
    /// ones that the list gives a reason for.
    @Test
    void noNameOfTheClientIsNotHonoured() throws Exception {
        List<String> names = new ArrayList<>(HonouredNames.LIST.entries(Kind.PARAMETER).keySet());
        names.removeIf(name -> !name.startsWith("smtp_") && !name.startsWith("lmtp_"));
        assertEquals(230, names.size());
        List<String> same = new ArrayList<>();
        List<String> other = new ArrayList<>();
        StringBuilder line = new StringBuilder("trial unix - - n - - smtp");
        for (String name : names) {
            same.add(
                    name
                            + " = "
                            + Objects.requireNonNull(Catalogue.load().known(name)).defaultText());
            other.add(name + " = " + HonouredNames.value(name));
            line.append(" -o ").append(name).append('=').append(HonouredNames.value(name));
        }
        assertEquals(List.of(), naming(names, "", same, List.of()));
        List<String> without = new ArrayList<>(names);
        without.removeIf(name -> !(verdict(name) instanceof Honoured.Verdict.Harmless));
        assertEquals(14, without.size());
        List<String> held = List.of("dont_remove");
        List<String> setting = List.of("dont_remove = 1");
        for (List<String> services : List.of(List.<String>of(), List.of(line.toString()))) {
            List<String> main = services.isEmpty() ? other : List.of();
            assertEquals(List.of(), naming(names, HonouredNames.HELD, main, services));
            assertEquals(
                    without, naming(names, "without effect, which harms no mail", main, services));
            // What is held is named in such a line.
            List<String> more = new ArrayList<>(main);
            more.addAll(setting);
            assertEquals(held, naming(held, HonouredNames.HELD, more, services));
        }
    }

    private static Honoured.Verdict verdict(String name) {
        return Objects.requireNonNull(HonouredNames.LIST.entries(Kind.PARAMETER).get(name))
                .verdict();
    }

    /// The names that stand in a line of check that has the words.
    private List<String> naming(
            List<String> names, String words, List<String> main, List<String> services)
            throws Exception {
        try (Trial trial = new Trial(temp.resolve("naming"), 1)) {
            trial.write(main, services);
            List<String> said = Server.check(trial.conf);
            return names.stream()
                    .filter(name ->
                            said.stream()
                                    .anyMatch(l ->
                                            l.contains(words)
                                                    // Postfix's own
                                                    && !l.contains("will be removed")
                                                    && HonouredNames.word(l, name)))
                    .toList();
        }
    }
}
