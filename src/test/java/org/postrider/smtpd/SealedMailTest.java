package org.postrider.smtpd;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.postrider.dkim.ArcResult;
import org.postrider.dkim.Verdict;
import org.xbill.DNS.Rcode;

/// Sealed mail of a stranger (ARC) before a server that checks, and mail that this server seals.
class SealedMailTest extends SignedStranger {
    private static final String OUTSIDE =
            "virtual_alias_maps = inline:{b@test.example=x@outside.example}\n";

    @Test
    void aTrustedChainOverridesAndSaysSo() throws IOException {
        String mail = sealed("list.example", HEADER, NO_CHAIN, PASSED);
        String header = header(session(TRUSTED, mail, text(BODY)));
        assertTrue(header.contains("arc=pass (i=1) arc.chain=list.example"), header);
        assertTrue(
                header.contains(
                        "dmarc=pass (p=reject dis=none) reason=\"local override: ARC chain of"
                                + " list.example\" header.from=signed.example"),
                header);
    }

    @Test
    void aChainIsBelievedOnlyIfItIsWholeAndSaysItOfThisAuthor() throws IOException {
        String mail = sealed("list.example", HEADER, NO_CHAIN, PASSED);
        assertTrue(reply(session(TRUSTED, mail, "\r\nanother\r\n")).startsWith("550 5.7.29"));
        assertTrue(
                reply(session(REJECTS.replace("reject_dkim_fail, ", ""), mail, text(BODY)))
                        .startsWith("550 5.7.1 "));
        for (String results :
                List.of(
                        "list.example; dmarc=pass header.from=evil.example",
                        "list.example; dmarc=fail header.from=signed.example",
                        "list.example; spf=pass (dmarc=pass header.from=signed.example)",
                        "list.example; dkim=pass header.from=signed.example")) {
            String other = sealed("list.example", HEADER, NO_CHAIN, results);
            assertTrue(reply(session(TRUSTED, other, text(BODY))).startsWith("550 5.7.1 "));
        }
        String stranger = sealed("other.example", HEADER, NO_CHAIN, PASSED);
        assertTrue(reply(session(TRUSTED, stranger, text(BODY))).startsWith("550 5.7.1 "));
    }

    /// A chain of trusted hands whose key is not to be had now may vouch for it later; nobody
    /// else's puts it off.
    @Test
    void aTrustedChainThatCannotBeCheckedNowPutsOff() throws IOException {
        String only = TRUSTED.replace("reject_arc_fail, ", "");
        String mail = sealed("list.example", HEADER, NO_CHAIN, PASSED);
        String stranger = sealed("other.example", HEADER, NO_CHAIN, PASSED);
        server.rcodes.put("r._domainkey.list.example", Rcode.SERVFAIL);
        server.rcodes.put("r._domainkey.other.example", Rcode.SERVFAIL);
        Reception it = session(only, mail, text(BODY));
        assertTrue(reply(it).startsWith("451 4.7.1 <END-OF-MESSAGE>: "), reply(it));
        Reception chain =
                session("smtpd_end_of_data_restrictions = reject_arc_fail\n", stranger, text(BODY));
        assertTrue(reply(chain).startsWith("451 4.7.29 <END-OF-MESSAGE>: "), reply(chain));
        String shown = header(session("arc_trusted_sealers = list.example\n", mail, text(BODY)));
        assertTrue(shown.contains("dmarc=temperror (p=reject dis=none)"), shown);
        assertFalse(shown.contains("arc.chain"), shown);
        String fails = sealed("list.example", HEADER, NO_CHAIN, PASSED.replace("=pass", "=fail"));
        for (String each : List.of(fails, stranger)) {
            assertTrue(reply(session(only, each, text(BODY))).startsWith("550 5.7.1 "));
        }
    }

    /// Whoever sealed last, or in between, may have changed all of it.
    @Test
    void everySealOfABelievedChainIsOfATrustedOne() throws IOException {
        String first = sealed("list.example", HEADER, NO_CHAIN, PASSED);
        ArcResult one = new ArcResult(Verdict.PASS, 1, 0, List.of(), "");
        String second = sealed("other.example", first, one, PASSED);
        String shown = header(session("", second, text(BODY)));
        assertTrue(
                shown.contains("arc=pass (i=2) arc.chain=\"other.example:list.example\""), shown);
        assertTrue(reply(session(TRUSTED, second, text(BODY))).startsWith("550 5.7.1 "));
        String both = TRUSTED.replace("= list.example", "= list.example other.example");
        assertTrue(header(session(both, second, text(BODY))).contains("local override"));
    }

    /// What leaves again is sealed with what was known of it; what stays is not.
    @Test
    void mailThatLeavesAgainIsSealed() throws IOException {
        Path file = temp.resolve("key.pem");
        Files.writeString(
                file,
                "-----BEGIN PRIVATE KEY-----\n"
                        + Base64.getMimeEncoder().encodeToString(sealing.getPrivate().getEncoded())
                        + "\n-----END PRIVATE KEY-----\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        String seals = "arc_sealing_key = list.example:r:" + file + "\n";
        String stays = header(session(seals, signed("signed.example"), text(BODY)));
        assertFalse(stays.contains("ARC-Seal"), stays);
        String leaves = header(session(seals + OUTSIDE, signed("signed.example"), text(BODY)));
        assertTrue(leaves.startsWith("ARC-Seal: i=1; a=rsa-sha256; "), leaves);
        assertTrue(
                leaves.contains("ARC-Authentication-Results: i=1; mx.test.example; spf=none"),
                leaves);
        assertTrue(leaves.contains(" cv=none; d=list.example; s=r; "), leaves);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        Reception open = session(seals + OUTSIDE, signed("signed.example"), text(BODY));
        assertTrue(reply(open).startsWith("451 "), reply(open));
    }
}
