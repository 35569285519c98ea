package org.postrider.cleanup.author;

import java.util.List;
import org.postrider.address.Address;
import org.postrider.maps.TableException;
import org.postrider.message.Content;
import org.postrider.message.ContentWriter;
import org.postrider.message.HeaderList;
import org.postrider.queue.Recipient;

/// A mail on its way through cleanup, as rules for its author and signatures see it. One thread.
public interface AuthorMail {
    /// The header, to be changed.
    HeaderList header();

    /// With the header as it is now.
    Content content();

    /// Another content takes its place, header and all.
    void content(Content other);

    /// Closes with the mail what is written in the place of its content.
    ContentWriter copy(ContentWriter writer);

    /// Its envelope's sender, as it is now.
    Address sender();

    void sender(Address other);

    /// Who gets it, after aliases.
    List<Recipient> recipients();

    /// Says in the log that the mail cannot be taken now, and why; it is answered 451 or waits.
    ///
    /// @param why what fails, in one line
    void later(String why);

    /// A table failed: says in the log which.
    ///
    /// @return the failure, of which nothing is left to say
    TableException refused(TableException failure, String purpose);
}
