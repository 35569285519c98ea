package org.postrider.log;

import java.util.List;

/// What happens to mail.
public sealed interface LogEvent extends Event {
    /// `connect from name[ip]`
    record Connect(String client) implements LogEvent {}

    /// `disconnect from name[ip] ehlo=1 mail=1 … commands=5`
    record Disconnect(String client, String counts) implements LogEvent {}

    /// `QID: client=name[ip]` with further `, name=value`
    record Client(String queueId, String client, String more) implements LogEvent {}

    /// `NOQUEUE: reject: RCPT from name[ip]: 554 …; from=<> to=<> proto=ESMTP helo=<>`
    record Reject(String queueIdOrNoqueue, String action, String text) implements LogEvent {}

    /// The kinds of `counts` in [Disconnect], in Postfix's order.
    List<String> COUNTED =
            List.of(
                    "helo",
                    "ehlo",
                    "xclient",
                    "xforward",
                    "starttls",
                    "auth",
                    "mail",
                    "rcpt",
                    "data",
                    "bdat",
                    "rset",
                    "noop",
                    "vrfy",
                    "etrn",
                    "quit",
                    "unknown");
}
