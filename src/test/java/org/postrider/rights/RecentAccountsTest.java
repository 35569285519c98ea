package org.postrider.rights;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Accounts that are remembered for five seconds.
class RecentAccountsTest {
    private final Map<String, Account> users = new HashMap<>();
    private final List<Object> asked = new ArrayList<>();
    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
    private boolean silent;

    private final Accounts recent =
            Accounts.recent(
                    new Accounts() {
                        @Override
                        public @Nullable Account named(String name) {
                            asked.add(name);
                            if (silent) {
                                throw new Accounts.LookupException(Errno.EIO);
                            }
                            return users.get(name);
                        }

                        @Override
                        public @Nullable Account numbered(int uid) {
                            asked.add(uid);
                            return users.values().stream()
                                    .filter(u -> u.uid() == uid)
                                    .findAny()
                                    .orElse(null);
                        }

                        @Override
                        public @Nullable Integer group(String name) {
                            asked.add("group " + name);
                            return null;
                        }
                    },
                    nanos::get);

    private static Account user(String name, int uid, String home) {
        return new Account(name, uid, uid, "", home, "/bin/sh");
    }

    @Test
    void aUserIsLookedUpOnceInFiveSeconds() {
        Account before = user("ann", 7, "/old");
        Account after = user("ann", 7, "/new");
        users.put("ann", before);
        assertEquals(before, recent.named("ann"));
        users.put("ann", after);
        nanos.addAndGet(4_999_999_999L);
        assertEquals(before, recent.named("ann"));
        assertEquals(List.of("ann"), asked);
        nanos.addAndGet(1);
        assertEquals(after, recent.named("ann"));
        assertEquals(after, recent.numbered(7));
        assertEquals(after, recent.numbered(7));
        assertEquals(List.of("ann", "ann", 7), asked);
    }

    @Test
    void whoIsNotThereIsAskedForEachTime() {
        assertNull(recent.named("bob"));
        users.put("bob", user("bob", 8, "/"));
        assertEquals(users.get("bob"), recent.named("bob"));
        assertNull(recent.group("staff"));
        assertNull(recent.group("staff"));
        assertEquals(List.of("bob", "bob", "group staff", "group staff"), asked);
    }

    @Test
    void aDatabaseThatDoesNotAnswerIsNoAnswer() {
        users.put("ann", user("ann", 7, "/"));
        silent = true;
        assertThrows(Accounts.LookupException.class, () -> recent.named("ann"));
        silent = false;
        assertEquals(users.get("ann"), recent.named("ann"));
    }

    @Test
    void noMoreAreRememberedThanAFewThousand() {
        for (int i = 0; i < 10_000; i++) {
            users.put("u" + i, user("u" + i, i, "/"));
            recent.named("u" + i);
        }
        asked.clear();
        for (int i = 0; i < 10_000; i++) {
            recent.named("u" + i);
        }
        assertEquals(10_000, asked.size());
    }
}
