package org.postrider.master;

import java.nio.file.Path;
import org.postrider.log.MailLog;
import org.postrider.time.Clock;

final class Submissions {
    Submissions(Path q, Generation g, MailLog log, Clock clock) {}
    void start() {}
    void wake() {}
    void generation(Generation g) {}
    void close() {}
}
