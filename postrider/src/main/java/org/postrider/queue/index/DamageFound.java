package org.postrider.queue.index;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postrider.queue.QueuedMessage;
import org.postrider.queue.files.Bodies;
import org.postrider.queue.files.CorruptQueue;
import org.postrider.queue.record.QueueIds;
import org.postrider.time.Clock;

/// Puts what recovery finds damaged into `corrupt/` and says so; a reader says so, and lists it as
/// if it were there.
public final class DamageFound implements Recovery.Damage {
    private interface SetAside {
        void run() throws IOException;
    }

    private final CorruptQueue corrupt;
    private final QueueIds ids;
    private final Index index;
    private final Bodies bodies;
    private final @Nullable Clock clock;
    private final Consumer<String> warnings;

    /// References to large bodies that stand in what was found, with what that is set aside as.
    private final Map<String, String> bodiesOf = new LinkedHashMap<>();

    private @Nullable Set<String> bodyFiles;

    private boolean any;

    /// What a reader found; no more than [#MOST_LISTED] of it.
    private final List<QueuedMessage> toList = new ArrayList<>();

    private static final int MOST_LISTED = 1000;

    /// What a reference to a large body looks like; its second number is a secret of the queue's.
    private static final Pattern BODY = Pattern.compile("([0-9a-f]{1,16})-[0-9a-f]{1,16}");

    /// @param clock null for a reader
    public DamageFound(
            CorruptQueue corrupt,
            QueueIds ids,
            Index index,
            Bodies bodies,
            @Nullable Clock clock,
            Consumer<String> warnings) {
        this.corrupt = corrupt;
        this.ids = ids;
        this.index = index;
        this.bodies = bodies;
        this.clock = clock;
        this.warnings = warnings;
    }

    public boolean any() {
        return any;
    }

    /// What a reader found and cannot put into `corrupt/`.
    public List<QueuedMessage> toList() {
        return List.copyOf(toList);
    }

    /// Large bodies of what was found are put beside it: nothing in the queue refers to them, and
    /// they would be deleted. After all in the queue was claimed.
    public void keepBodies() {
        bodiesOf.forEach((reference, name) -> {
            try {
                bodies.setAsideUnclaimed(reference, file -> corrupt.takeBody(file, name));
            } catch (IOException e) {
                warnings.accept("queue: cannot keep body " + reference + ": " + e.getMessage());
            }
        });
    }

    private void bodiesIn(byte[] octets, String name) {
        if (bodyFiles == null) {
            bodyFiles = bodies.files();
        }
        Matcher m = BODY.matcher(new String(octets, StandardCharsets.ISO_8859_1));
        boolean first = true;
        while (m.find()) {
            // A mail may be full of what looks like one.
            if (bodyFiles.contains(m.group(1))) {
                bodiesOf.putIfAbsent(m.group(), first ? name : name + "-" + m.group());
                first = false;
            }
        }
    }

    @Override
    public void found(String where, byte[] octets) {
        String name = where.replace(' ', '-').replace(':', '-').replace('/', '-');
        bodiesIn(octets, name);
        say("damaged journal at " + where, name, octets, () -> corrupt.put(name, octets));
    }

    @Override
    public void message(long id, byte[] payload) {
        // Where an older record of it is still whole, this is but a stretch.
        String name = ids.text(id) + (index.find(id) == null ? "" : "-copy");
        bodiesIn(payload, name);
        say(name + ": damaged in the journal", name, payload, () -> corrupt.put(name, payload));
    }

    @Override
    public void doubtful(long id, byte[] payload) {
        String name = ids.text(id);
        bodiesIn(payload, name);
        say(
                name + ": in a damaged batch of the journal that may not have been completed",
                name,
                payload,
                () -> corrupt.put(name, payload));
    }

    @Override
    public void missing(long generation) {
        any = true;
        warnings.accept("queue: segment " + generation + " of the journal is missing");
    }

    @Override
    public void lost(long id, @Nullable String bodyFile) {
        any = true;
        String name = ids.text(id);
        String kept = bodyFile == null ? "" : ", all but its body: corrupt/" + name + ".body";
        warnings.accept("queue: " + name + ": lost with a segment of the journal" + kept);
        if (bodyFile != null) {
            bodiesOf.put(bodyFile, name);
        }
    }

    @Override
    public void segment(Path file) {
        long now = clock == null ? 0 : clock.wallMillis();
        String name = "segment-" + file.getFileName() + "-" + now;
        say(file + " has no header", name, new byte[0], () -> corrupt.take(file, name));
    }

    private void say(String what, String name, byte[] octets, SetAside how) {
        any = true;
        if (clock == null) {
            warnings.accept("queue: " + what);
            if (toList.size() < MOST_LISTED) {
                toList.add(corrupt.found(name, octets, octets.length));
            }
            return;
        }
        warnings.accept("queue: " + what + ", set aside in corrupt/" + name);
        try {
            how.run();
        } catch (IOException e) {
            warnings.accept("queue: cannot write corrupt/" + name + ": " + e.getMessage());
        }
    }
}
