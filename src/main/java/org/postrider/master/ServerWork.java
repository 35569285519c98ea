package org.postrider.master;

import org.postrider.threads.Work;

/// What the threads of the server itself do.
final class ServerWork {
    private ServerWork() {}

    static final Work SMTP_SESSION =
            Work.of("session", "serves an SMTP client").failing("the session ends");
    static final Work LOCAL_SESSION =
            Work.of("local-session", "answers a command on this machine")
                    .failing("the answer ends");
    static final Work HOST_LOOKUP =
            Work.of("host-lookup", "asks the system's name services for next hops")
                    .onPlatform()
                    .failing("the recipients are deferred");
    static final Work STOPPING =
            Work.of("stop", "ends the mail system")
                    .onPlatform()
                    .failing("the process is to be killed");
}
