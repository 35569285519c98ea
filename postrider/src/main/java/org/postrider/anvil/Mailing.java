package org.postrider.anvil;

import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.log.Event;
import org.postrider.maps.TableException;
import org.postrider.peer.Client;

/// A mail in progress, as rate limits see it. Its session's thread only.
public interface Mailing {
    Client client();

    /// Who the client has authenticated as; null for nobody.
    @Nullable String login();

    /// As the client gave it.
    Address sender();

    /// The address that mail goes by, however the client wrote it.
    ///
    /// @throws TableException if a table cannot answer
    Address completed(Address address);

    /// The mail is put on hold, for this reason, which is logged.
    void hold(String why);

    /// Tells the log.
    void event(Event event);

    void warn(String text);
}
