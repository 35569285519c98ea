package org.postrider.moving;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.postrider.queue.Queue;
import org.postrider.queue.QueueId;

/// Makes an end of what a former run had begun: of each message of its batch, either it is where it
/// should be and its original goes, or it is not, and the original is as before. One thread.
public final class Unfinished {
    private Unfinished() {}

    /// @param ours queue_directory
    /// @param at the queue of Postfix's in a directory
    /// @return how many messages it was about; 0 where nothing was unfinished
    public static int end(Queue queue, Path ours, Ledger ledger, Function<Path, PostfixQueue> at)
            throws IOException {
        Ledger.Found found = ledger.read();
        if (found == null) {
            return 0;
        }
        PostfixQueue postfix = at.apply(found.directory());
        List<Ledger.Entry> moved = new ArrayList<>();
        for (Ledger.Entry e : found.entries()) {
            Path path = postfix.directory().resolve(e.path());
            boolean here = queue.state(new QueueId(e.id())) != null;
            boolean there = Files.exists(path, LinkOption.NOFOLLOW_LINKS);
            switch (e.kind()) {
                case IN -> {
                    if (here) {
                        moved.add(e);
                    } else if (there) {
                        postfix.mode(path, e.mode());
                    }
                }
                case OUT -> {
                    if (here) {
                        Import.remove(postfix, List.of(e));
                    } else {
                        Export.ready(postfix, List.of(e));
                    }
                }
                case MAILDROP_IN, MAILDROP_OUT -> Submissions.end(postfix, ours, e);
            }
        }
        Import.remove(postfix, moved);
        ledger.clear();
        return found.entries().size();
    }
}
