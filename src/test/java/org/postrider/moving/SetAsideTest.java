package org.postrider.moving;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postrider.disk.RealDisk;

/// What Postfix has set aside moves under its name, and over nothing else.
class SetAsideTest {
    private static final String ID = "4XkZ0000000001z";
    private static final String LONG = "x".repeat(200_000);

    @TempDir Path directory;
    private final List<String> said = new ArrayList<>();
    private Path ours;
    private Path theirs;

    @BeforeEach
    void queues() throws IOException {
        ours = directory.resolve("ours/corrupt");
        theirs = directory.resolve("theirs/corrupt");
        Files.createDirectories(ours);
        Files.createDirectories(theirs);
    }

    private Submissions moving() {
        Told told =
                new Told() {
                    @Override
                    public void moved(String queueName, String before, String now) {
                        said.add("moved " + before + " " + now);
                    }

                    @Override
                    public void left(String what, String why) {
                        said.add("left " + what);
                    }

                    @Override
                    public void remark(String what, String text) {}
                };
        RealDisk disk = new RealDisk();
        PostfixQueue postfix = new PostfixQueue(disk, directory.resolve("theirs"), Set.of(), 1);
        Path here = directory.resolve("ours");
        return new Submissions(postfix, here, new Ledger(disk, here), false, told);
    }

    @Test
    void itGoesAndComesBackUnderItsName() throws IOException {
        Files.writeString(theirs.resolve(ID), LONG);
        moving().takeCorrupt();
        assertEquals(LONG, Files.readString(ours.resolve("postfix-" + ID)));
        assertEquals(false, Files.exists(theirs.resolve(ID)));
        moving().giveCorrupt();
        assertEquals(LONG, Files.readString(theirs.resolve(ID)));
        assertEquals(
                List.of("moved " + ID + " postfix-" + ID, "moved postfix-" + ID + " " + ID), said);
    }

    /// Two queues may have set aside the same id: neither is lost.
    @Test
    void anotherOfTheSameNameStaysAndIsNamed() throws IOException {
        for (String other : List.of(LONG + "y", "x".repeat(199_999) + "y", "y")) {
            said.clear();
            Files.writeString(theirs.resolve(ID), LONG);
            Files.writeString(ours.resolve("postfix-" + ID), other);
            moving().takeCorrupt();
            moving().giveCorrupt();
            assertEquals(LONG, Files.readString(theirs.resolve(ID)));
            assertEquals(other, Files.readString(ours.resolve("postfix-" + ID)));
            assertEquals("left corrupt/" + ID, said.getFirst());
        }
    }

    /// A run that was killed has left a copy whole under its name, or a part of one beside it.
    @Test
    void whatAnInterruptedRunLeftIsNoOther() throws IOException {
        Files.writeString(theirs.resolve(ID), LONG);
        Files.writeString(ours.resolve("postfix-" + ID), LONG);
        Files.writeString(ours.resolve("moving-postfix-" + ID), LONG.substring(0, 70_000));
        moving().takeCorrupt();
        assertEquals(List.of("moved " + ID + " postfix-" + ID), said);
        assertEquals(LONG, Files.readString(ours.resolve("postfix-" + ID)));
        assertEquals(List.of(), List.of(Objects.requireNonNull(theirs.toFile().list())));
        assertEquals(
                List.of("postfix-" + ID), List.of(Objects.requireNonNull(ours.toFile().list())));
    }
}
