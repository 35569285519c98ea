package org.postrider.local;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.cleanup.Desk;
import org.postrider.local.expand.World;
import org.postrider.maps.TableDirectory;
import org.postrider.rewrite.TrivialRewrite;
import org.postrider.rights.Account;
import org.postrider.rights.Accounts;
import org.postrider.rights.Answer;
import org.postrider.rights.Errno;
import org.postrider.rights.FileFacts;
import org.postrider.rights.FileText;
import org.postrider.rights.Identity;
import org.postrider.rights.ReadRules;
import org.postrider.rights.Trouble;
import org.postrider.time.Clock;

/// Users' files as an expansion sees them: how much of them, and what their absence means.
class LocalWorldTest {
    @TempDir Path directory;
    private final Account alice = Hands.account("alice", 2000, "/home/alice");

    /// So many octets, and how many of them are taken.
    private static final class Octets implements World.Room {
        private final int most;
        private int taken;

        Octets(int most) {
            this.most = most;
        }

        @Override
        public int take(int wanted) {
            int got = Math.min(wanted, most - taken);
            taken += got;
            return got;
        }

        @Override
        public void give(int octets) {
            taken -= octets;
        }
    }

    private LocalWorld world(Hands hands) throws IOException {
        TrivialRewrite rewrite =
                new TrivialRewrite(
                        new Desk(directory).settings,
                        new TableDirectory(Clock.system(), "hash"),
                        w -> {});
        return new LocalWorld(Accounts.system(), hands, rewrite, List.of(), w -> {});
    }

    @Test
    void aFileIsReadInRoomThatWasTakenForIt() throws Exception {
        Path large = Files.writeString(directory.resolve("large"), "x".repeat(500_000));
        Path small = Files.writeString(directory.resolve("small"), "y");
        LocalWorld world = world(new Hands(directory));
        Octets room = new Octets(10_000_000);
        assertEquals(
                500_000,
                ((World.Text.Lines) world.forward(large.toString(), alice, room)).text().length());
        assertEquals(500_000, room.taken);
        assertEquals(
                500_000,
                ((World.Text.Lines) world.include(large.toString(), alice, room)).text().length());
        assertEquals(
                500_000,
                ((World.Text.Lines) world.include(large.toString(), null, room)).text().length());
        assertEquals(1_500_000, room.taken);
        room = new Octets(400_000);
        World.Text none = new World.Text.Unread("Cannot allocate memory");
        assertEquals(none, world.forward(large.toString(), alice, room));
        assertEquals(none, world.include(large.toString(), alice, room));
        assertEquals(none, world.include(large.toString(), null, room));
        assertEquals(0, room.taken);
        assertEquals("y", ((World.Text.Lines) world.include(small.toString(), null, room)).text());
        assertEquals(1, room.taken);
    }

    /// It is there, as far as anybody knows: to go past it would be to the wrong place.
    @Test
    void aFileThatCannotBeLookedAtNowIsNotTakenForNone() throws Exception {
        List<Integer> errors = new ArrayList<>(List.of(Errno.EIO, Errno.ESTALE, Errno.EMFILE));
        for (int errno : errors) {
            Hands faulty =
                    new Hands(directory) {
                        private <T> Answer<T> fails(String what) {
                            return Answer.refused(
                                    new Trouble(
                                            Trouble.Kind.SYSTEM,
                                            errno,
                                            what + ": " + Errno.text(errno)));
                        }

                        @Override
                        public Answer<FileFacts> look(Identity who, String path, boolean follow) {
                            return path.equals("/seen")
                                    ? super.look(who, "/", follow)
                                    : fails("unable to lookup");
                        }

                        @Override
                        public Answer<FileText> read(Identity who, String path, ReadRules rules) {
                            return fails(path.equals("/seen") ? "cannot open" : "unable to lookup");
                        }
                    };
            World world = world(faulty);
            Octets room = new Octets(1_000_000);
            for (World.Text each :
                    List.of(
                            world.forward("/away", alice, room),
                            world.forward("/seen", alice, room),
                            world.include("/away", alice, room),
                            world.include("/seen", alice, room))) {
                assertEquals(World.Text.Unread.class, each.getClass(), "error " + errno);
            }
        }
        World real = world(new Hands(directory));
        assertEquals(
                new World.Text.Absent(), real.forward("/no/such", alice, new Octets(1_000_000)));
    }
}
