package org.postrider.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.postrider.agent.ServiceUser.Found;
import org.postrider.agent.ServiceUser.Why;
import org.postrider.config.ServiceSettings;
import org.postrider.config.Settings;
import org.postrider.rights.Account;
import org.postrider.rights.Accounts;
import org.postrider.rights.Identity;

/// Nobody's command runs as root or as the mail system, by user or by group.
class ServiceUserTest {
    private static final Settings SETTINGS =
            ServiceSettings.none().with(Map.of("mail_owner", "mail", "setgid_group", "drop"));

    private static final class Town implements Accounts {
        @Override
        public @Nullable Account named(String name) {
            return switch (name) {
                case "root" -> account(name, 0, 0);
                case "toor" -> account(name, 0, 7);
                case "mail" -> account(name, 5, 5);
                case "post" -> account(name, 5, 9);
                case "wheel" -> account(name, 8, 0);
                case "clerk" -> account(name, 8, 5);
                case "user" -> account(name, 8, 8);
                case "away" -> throw new LookupException(11);
                default -> null;
            };
        }

        private static Account account(String name, int uid, int gid) {
            return new Account(name, uid, gid, "", "/", "/bin/sh");
        }

        @Override
        public @Nullable Account numbered(int uid) {
            throw new AssertionError(uid);
        }

        @Override
        public @Nullable Integer group(String name) {
            return switch (name) {
                case "root" -> 0;
                case "mail" -> 5;
                case "drop" -> 6;
                case "staff" -> 9;
                default -> null;
            };
        }
    }

    private static Found find(String value) {
        return ServiceUser.of(value).find(new Town(), SETTINGS);
    }

    private static Why why(String value) {
        return assertInstanceOf(Found.Refused.class, find(value)).why();
    }

    @Test
    void aUserActsWithHisOwnGroupOrTheOneThatIsNamed() {
        assertEquals(new Found.Known(Identity.of("user", 8, 8)), find("user"));
        assertEquals(new Found.Known(Identity.of("user", 8, 9)), find("user:staff"));
    }

    @Test
    void rootAndTheMailSystemAreRefusedUnderWhateverName() {
        assertEquals(Why.ROOT, why("root"));
        assertEquals(Why.ROOT, why("toor:staff"));
        assertEquals(Why.OWNER, why("mail"));
        assertEquals(Why.OWNER, why("post:staff"));
        assertEquals(Why.ROOT_GROUP, why("wheel"));
        assertEquals(Why.ROOT_GROUP, why("user:root"));
        assertEquals(Why.OWNER_GROUP, why("clerk"));
        assertEquals(Why.OWNER_GROUP, why("user:mail"));
        assertEquals(Why.SUBMISSION_GROUP, why("user:drop"));
    }

    @Test
    void whoIsNotThereIsNotTheSameAsNoAnswer() {
        assertEquals(Why.NO_USER, why("nobody"));
        assertEquals(Why.NO_USER, why(""));
        assertEquals(Why.NO_GROUP, why("user:none"));
        assertEquals(Why.NO_GROUP, why("user:"));
        assertInstanceOf(Found.Unanswered.class, find("away"));
    }
}
