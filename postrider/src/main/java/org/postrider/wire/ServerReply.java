package org.postrider.wire;

import java.util.List;
import org.postrider.dsn.Status;

/// A server's reply as logs and notices quote it.
///
/// @param code 0–999
/// @param status the reply's own enhanced code where its class fits, else x.0.0, and 5.5.0 where
///   the code is no 2xx, 4xx or 5xx
/// @param text code and all, lines joined by a blank, controls replaced
/// @param lines the same line by line
public record ServerReply(int code, Status status, String text, List<String> lines) {}
