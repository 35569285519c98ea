package org.postrider.access;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.access.list.Catalogue;
import org.postrider.config.Honoured;
import org.postrider.wire.Reply;

/// What every restriction says, of a subject made by hand: restrictions.txt has a line a case. The
/// same through a server, beside real Postfix's answers, is in src/test/twin.
class RestrictionsTest {
    private static final Path CASES = Path.of("src/test/resources/access/restrictions.txt");

    /// It answers for our own domains, and strangers' hold mail.
    @TempDir Path temp;

    private record Case(String stage, String restriction, List<String> parts, String expected) {
        static Case of(String line) {
            String[] f = line.split("\\s*\\|\\s*", -1);
            return new Case(f[0].strip(), f[1], List.of(f[2].split("\\s+")), f[3].strip());
        }
    }

    private static List<Case> cases() throws IOException {
        return Files.readAllLines(CASES).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .map(Case::of)
                .toList();
    }

    /// `permit` is told from `dunno` by what comes after it.
    private String answer(Case c) throws IOException {
        Stage stage = Stage.valueOf(c.stage());
        String list =
                switch (stage) {
                    case CLIENT -> "smtpd_client_restrictions";
                    case HELO -> "smtpd_helo_restrictions";
                    case SENDER -> "smtpd_sender_restrictions";
                    case RECIPIENT, VRFY -> "smtpd_recipient_restrictions";
                    case DATA -> "smtpd_data_restrictions";
                    case END_OF_DATA -> "smtpd_end_of_data_restrictions";
                    case ETRN -> "smtpd_etrn_restrictions";
                };
        Doors doors =
                new Doors(
                        temp,
                        "smtpd_delay_reject = no\n"
                                + "unknown_client_reject_code = 550\n"
                                + "unknown_address_reject_code = 550\n"
                                + "unknown_hostname_reject_code = 550\n"
                                + "maps_rbl_domains = list.example\n"
                                + "unverified_sender_reject_code = 550\n"
                                + "unverified_recipient_tempfail_action = defer\n"
                                + "smtpd_sender_login_maps = inline:{a@there.example=ann}\n"
                                + list
                                + " = "
                                + c.restriction()
                                + ", check_client_access inline:{{192.0.2=599 end},"
                                + " {198.51.100=599 end}}\n");
        Someone someone = doors.someone();
        c.parts().forEach(someone::with);
        Decision decision = doors.access.decide(stage, someone);
        return switch (decision.verdict()) {
            case Verdict.Permit _ -> "permit";
            case Verdict.Dunno _ -> "nothing";
            case Verdict.Reject(var reply, _) -> reply.code() == 599 ? "dunno" : reply.line();
        };
    }

    @Test
    void eachSaysWhatIsWrittenOfIt() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (Case c : cases()) {
            String answer = answer(c);
            if (!answer.equals(c.expected())) {
                wrong.add(c + " but " + answer);
            }
        }
        assertEquals(List.of(), wrong);
    }

    @Test
    void everyRestrictionThatIsBuiltHasACase() throws IOException {
        Set<String> seen = new TreeSet<>();
        for (Case c : cases()) {
            seen.addAll(List.of(c.restriction().split("[\\s,]+")));
        }
        Set<String> missing = new TreeSet<>(Catalogue.built());
        missing.removeAll(seen);
        // AuthenticityTest has those.
        missing.removeAll(Catalogue.own());
        assertEquals(Set.of(), missing);
    }

    @Test
    void whatIsBuiltIsWhatIsHonoured() {
        Set<String> honoured = new TreeSet<>();
        for (Map.Entry<String, Honoured.Entry> e :
                Honoured.list().entries(Honoured.Kind.RESTRICTION).entrySet()) {
            if (e.getValue().verdict() instanceof Honoured.Verdict.Honours) {
                honoured.add(e.getKey());
            }
        }
        honoured.addAll(Catalogue.own());
        assertEquals(honoured, new TreeSet<>(Catalogue.built()));
    }

    @Test
    void whatIsNotBuiltKeepsEverybodyOutAndIsNamed() throws IOException {
        for (Map.Entry<String, Honoured.Entry> e :
                Honoured.list().entries(Honoured.Kind.RESTRICTION).entrySet()) {
            if (Catalogue.built().contains(e.getKey())) {
                continue;
            }
            Doors doors = new Doors(temp, "smtpd_client_restrictions = " + e.getKey() + " x:y\n");
            Decision decision = doors.access.decide(Stage.RECIPIENT, doors.writing());
            assertEquals(AccessReplies.CONFIGURATION, decision.refusal(), e.getKey());
            assertEquals(
                    List.of(
                            new LogLine.Warning(
                                    temp.resolve("main.cf")
                                            + ", line 9: restriction "
                                            + e.getKey()
                                            + " is not built")),
                    decision.effects());
            assertEquals(e.getKey(), RestrictionChecks.of(doors.settings).getFirst().notBuilt());
        }
    }

    @Test
    void aNameThatNobodyKnowsIsAFaultAndKeepsEverybodyOut() throws IOException {
        Doors doors =
                new Doors(
                        temp,
                        "smtpd_restriction_classes = mine\n"
                                + "mine = reject_everything\n"
                                + "smtpd_sender_restrictions = permit_mynetwork\n"
                                + "smtpd_data_restrictions = sleep soon, check_client_access hash\n"
                                + "smtpd_etrn_restrictions = mine\n");
        assertEquals(
                List.of(
                        new RestrictionChecks.Fault(
                                "smtpd_sender_restrictions",
                                null,
                                "unknown smtpd restriction: \"permit_mynetwork\""),
                        new RestrictionChecks.Fault(
                                "smtpd_data_restrictions",
                                null,
                                "restriction sleep: bad argument \"soon\": need digits"),
                        new RestrictionChecks.Fault(
                                "smtpd_data_restrictions",
                                null,
                                "restriction check_client_access: bad argument \"hash\": need"
                                        + " maptype:mapname"),
                        new RestrictionChecks.Fault(
                                "mine", null, "unknown smtpd restriction: \"reject_everything\"")),
                RestrictionChecks.of(doors.settings));
        for (Stage stage : List.of(Stage.RECIPIENT, Stage.DATA, Stage.ETRN)) {
            assertEquals(
                    AccessReplies.CONFIGURATION,
                    doors.access.decide(stage, doors.writing()).refusal());
        }
    }

    /// As real Postfix says it (ccert-braces-* of src/test/twin/tlsmore.case); `postfix check` adds
    /// file and line.
    @Test
    void badBracesOfACertificateCheckAreAFaultAndKeepEverybodyOut() throws IOException {
        Map<String, String> bad =
                Map.ofEntries(
                        Map.entry("{ static:OK", "malformed map specification: 'missing '}' in"),
                        Map.entry("{ }", "empty map specification: '{ }'"),
                        Map.entry("{ static:OK }x", "malformed map specification: 'syntax error"),
                        Map.entry("{ static }", "malformed map specification: '{ static }'"),
                        Map.entry("{ { static:OK } }", "malformed map specification: '{ { static"),
                        Map.entry("{ static:OK, { } }", "malformed map attribute in '{ static:OK"),
                        Map.entry("{ static:OK, { a } }", "malformed map attribute in '{ static:"),
                        Map.entry("{ static:OK, a }", "malformed map attribute in '{ static:OK, a"),
                        Map.entry("{ static:OK, { a = b } }", "unknown map attribute in '{ static"),
                        Map.entry(
                                "{ static:OK, { a = b }c }",
                                "malformed map attribute: syntax error after '}' in"),
                        Map.entry(
                                "{ static:OK, { search_order = } }",
                                "empty search_order in '{ static:OK, { search_order = } }'"),
                        Map.entry(
                                "{ static:OK, { search_order = cert_fingerprint a } }",
                                "unknown search type 'a' in '{ static:OK, { search_order"));
        List<String> wrong = new ArrayList<>();
        bad.forEach((argument, text) -> {
            try {
                Doors doors =
                        new Doors(
                                temp,
                                "smtpd_client_restrictions = check_ccert_access "
                                        + argument
                                        + "\n");
                List<RestrictionChecks.Fault> faults = RestrictionChecks.of(doors.settings);
                Reply refusal = doors.access.decide(Stage.RECIPIENT, doors.writing()).refusal();
                if (faults.size() != 1
                        || !faults.getFirst().text().startsWith(text)
                        || !AccessReplies.CONFIGURATION.equals(refusal)) {
                    wrong.add(argument + ": " + faults + " " + refusal);
                }
            } catch (IOException | RuntimeException e) {
                wrong.add(argument + ": " + e);
            }
        });
        assertEquals(List.of(), wrong);
    }
}
