package org.postrider.master.life;

import org.postrider.threads.Work;

/// What the threads of the server itself do.
public final class ServerWork {
    private ServerWork() {}

    public static final Work HOST_LOOKUP =
            Work.of("host-lookup", "asks the system's name services for next hops")
                    .onPlatform()
                    .failing("the recipients are deferred");
    public static final Work ACT =
            Work.of("act", "writes mailboxes and runs commands of the server's own user")
                    .onPlatform()
                    .waiting()
                    .failing("the recipient is deferred");
    public static final Work STOPPING =
            Work.of("stop", "ends the mail system")
                    .onPlatform()
                    .failing("the process is to be killed");
}
