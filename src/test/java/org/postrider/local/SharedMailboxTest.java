package org.postrider.local;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.address.Address;
import org.postrider.config.ServiceSettings;
import org.postrider.maps.TableDirectory;
import org.postrider.queue.NewMessage;
import org.postrider.queue.Recipient;
import org.postrider.time.Clock;
import org.postrider.virtual.VirtualAgent;

/// Two recipients of one mail who have the same mailbox get it once each, as from Postfix, and not
/// once more if nobody lived to say so.
class SharedMailboxTest {
    @TempDir private Path directory;

    private static NewMessage mail() {
        NewMessage one = PostOffice.message("one@own.example");
        Recipient two = new Recipient(new Address("two@own.example"), null, 0, null);
        return new NewMessage(
                one.id(),
                one.envelope().withRecipients(List.of(one.envelope().recipients().getFirst(), two)),
                one.content(),
                false);
    }

    private static int mails(String mailbox) {
        return mailbox.split("\nSubject: made\n", -1).length - 1;
    }

    @Test
    void twoAliasesOfOneUser() throws Exception {
        PostOffice office =
                new PostOffice(
                        directory, "alias_maps = inline:{ { one = alice }, { two = alice } }");
        for (int i = 0; i < 2; i++) {
            office.again(mail());
            assertEquals(2, mails(office.file("spool/alice")));
        }
    }

    @Test
    void twoAddressesOfOneVirtualMailbox() throws Exception {
        PostOffice office = new PostOffice(directory);
        Map<String, String> settings =
                Map.of(
                        "virtual_mailbox_base",
                        directory.toString(),
                        "virtual_mailbox_maps",
                        "static:box",
                        "virtual_uid_maps",
                        "static:5000",
                        "virtual_gid_maps",
                        "static:5000",
                        "strict_mailbox_ownership",
                        "no");
        VirtualAgent agent =
                new VirtualAgent(
                        ServiceSettings.none().with(settings),
                        "virtual",
                        new TableDirectory(Clock.system(), "hash"),
                        new VirtualAgent.Machine(
                                new Hands(directory), "h", (tag, event) -> {}, Clock.system()));
        for (int i = 0; i < 2; i++) {
            agent.deliver(PostOffice.request(mail()), office);
            assertEquals(2, mails(office.file("box")), office.last()::toString);
        }
    }
}
