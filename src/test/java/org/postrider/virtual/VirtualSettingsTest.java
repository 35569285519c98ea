package org.postrider.virtual;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.postrider.config.ServiceSettings;

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
}
