package org.postrider.virtual;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.postrider.address.Address;
import org.postrider.config.ServiceSettings;
import org.postrider.maps.TableDirectory;
import org.postrider.time.Clock;

/// What is wrong with settings of virtual(8); what it does is played beside Postfix
/// (src/test/delivered).
class VirtualSettingsTest {
    private static List<String> problems(String name, String value) {
        return VirtualAgent.problems(ServiceSettings.none().with(Map.of(name, value)));
    }

    @Test
    void defaultsAreGood() {
        assertEquals(List.of(), problems("virtual_mailbox_base", "/var/vmail"));
    }

    @Test
    void whatCannotBeIsSaidOnce() {
        assertEquals(
                List.of("do not specify relative pathname: virtual_mailbox_base = vmail"),
                problems("virtual_mailbox_base", "vmail"));
        assertEquals(
                List.of("unknown virtual_mailbox_lock value \"lockf\""),
                problems("virtual_mailbox_lock", "lockf"));
        assertEquals(
                List.of(
                        "configuration error: virtual_mailbox_limit is smaller than"
                                + " message_size_limit"),
                problems("virtual_mailbox_limit", "1000"));
    }

    private static Mailboxes.Found of(String uid, String gid, String least) {
        Map<String, String> main =
                Map.of(
                        "virtual_mailbox_base",
                        "/var/vmail",
                        "virtual_mailbox_maps",
                        "static:box",
                        "virtual_uid_maps",
                        "static:" + uid,
                        "virtual_gid_maps",
                        "static:" + gid,
                        "virtual_minimum_uid",
                        least);
        Mailboxes all =
                new Mailboxes(
                        ServiceSettings.none().with(main),
                        new TableDirectory(Clock.system(), "hash"));
        return all.find(new Address("u@v.example"), w -> {});
    }

    @Test
    void numbersBelowTheLeastAndRootsAreNobodys() {
        assertInstanceOf(Mailboxes.Found.Mailbox.class, of("100", "100", "100"));
        assertInstanceOf(Mailboxes.Found.Fault.class, of("99", "100", "100"));
        assertInstanceOf(Mailboxes.Found.Mailbox.class, of("1", "1", "1"));
        for (String none : List.of("0", "-1", "00", "4294967295", "4294967296", "x", "")) {
            assertInstanceOf(Mailboxes.Found.Fault.class, of(none, "1", "1"), none);
            assertInstanceOf(Mailboxes.Found.Fault.class, of("1", none, "1"), none);
        }
    }
}
