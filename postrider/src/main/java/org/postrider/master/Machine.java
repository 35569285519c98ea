package org.postrider.master;

import java.util.concurrent.ExecutorService;
import org.postrider.dns.Resolver;
import org.postrider.io.Connector;
import org.postrider.log.MailLog;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// What every part of a running server stands on; it outlives reloads.
///
/// @param hostLookups for the system's name services, which block a thread
public record Machine(
        Clock clock,
        Supervisor threads,
        MailLog log,
        Resolver dns,
        Connector connector,
        ExecutorService hostLookups) {}
