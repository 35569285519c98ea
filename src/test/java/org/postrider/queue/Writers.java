package org.postrider.queue;

import java.util.ArrayList;
import java.util.List;
import org.postrider.message.ContentWriter;

/// The writers of contents that a test makes, open until their mail is committed. One thread.
public final class Writers implements AutoCloseable {
    private final List<ContentWriter> open = new ArrayList<>();

    /// For the next content.
    public ContentWriter of(Queue queue) {
        ContentWriter made = queue.content();
        open.add(made);
        return made;
    }

    /// All of them are in the queue by now, or are not to be.
    @Override
    public void close() {
        open.forEach(ContentWriter::close);
        open.clear();
    }
}
