package org.postrider.report;

import java.io.IOException;
import org.postrider.address.Address;

/// Takes reports that go by mail. Any thread.
public interface Outbox {
    /// @return the queue's id, once it is there for good
    /// @throws IOException where it is not
    String mail(Letter letter, Address to) throws IOException;
}
