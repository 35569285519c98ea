package org.postrider;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/// One message for one destination, as a [DeliveryAgent] is given it. To be used while
/// [DeliveryAgent#deliver] runs, by any thread.
public interface Delivery {
    /// The message's queue id, as the mail log has it.
    ///
    /// @return `4WXk2n1Jh1z3J` or `7C2B3A1F`
    String queueId();

    /// The envelope sender.
    ///
    /// @return an address, or nothing for a notice
    String sender();

    /// Where it goes: the destination part of the transport's name, or the recipient's domain.
    ///
    /// @return such as `example.com`
    String nexthop();

    /// The recipients that are asked for.
    ///
    /// @return at least one
    List<Recipient> recipients();

    /// The size of the message, as Postfix logs it.
    ///
    /// @return octets
    long size();

    /// The message: header, an empty line, body; each line ends in CRLF.
    ///
    /// @return from its start, each time anew; to be closed
    /// @throws IOException when it cannot be read now
    InputStream message() throws IOException;

    /// One recipient, and what becomes of it. Any thread may say it while [DeliveryAgent#deliver]
    /// runs; only what is said first counts. What is said later is refused, since the recipient has
    /// been put off by then and is tried again.
    interface Recipient {
        /// The address, after rewriting and expansion.
        ///
        /// @return `user@example.com`
        String address();

        /// The address that the mail was sent to.
        ///
        /// @return the same as [#address] where nothing changed it
        String originalAddress();

        /// It is delivered, and this program answers for it now.
        ///
        /// @param text for the log, such as `delivered to mailbox`
        /// @throws IllegalStateException when the delivery has ended
        void sent(String text);

        /// It is to be tried again later (until `maximal_queue_lifetime`).
        ///
        /// @param status an enhanced status code of class 4, such as `4.2.2` (RFC 3463)
        /// @param text the reason, for the log and for a notice
        /// @throws IllegalArgumentException for a code of another class
        /// @throws IllegalStateException when the delivery has ended
        void deferred(String status, String text);

        /// It failed for good: the sender is told.
        ///
        /// @param status an enhanced status code of class 5, such as `5.1.1` (RFC 3463)
        /// @param text the reason, for the log and for the notice
        /// @throws IllegalArgumentException for a code of another class
        /// @throws IllegalStateException when the delivery has ended
        void bounced(String status, String text);
    }
}
