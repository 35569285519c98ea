import java.nio.file.Files;
import java.nio.file.Path;
import org.postrider.log.DeliveryEvent;
import org.postrider.log.Events;
import org.postrider.log.LogTag;
import org.postrider.log.Logging;
import org.postrider.log.MailEvent;
import org.postrider.log.PostfixLog;
import org.postrider.log.QueueEvent;
import org.postrider.log.SessionEvent;
import org.postrider.log.TraceLog;
import org.postrider.threads.Supervisor;
import org.postrider.time.Clock;

/// TraceCost DIRECTORY: processor time of what is told of one relayed message, without and with its story kept, by turns:
/// java --class-path (of target/run/ready) bench/log/TraceCost.java DIRECTORY
class TraceCost {
    static final int COUNT = 400_000;

    static long cpu() {
        return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
    }

    public static void main(String[] args) throws Exception {
        for (int round = 0; round < 8; round++) {
            boolean kept = round % 2 == 1;
            Path directory = Files.createTempDirectory(Path.of(args[0]), "cost");
            Events events = new Events(Clock.system(), new LogTag("postfix/master", 1));
            Logging logging = new Logging(Supervisor.alone(), Clock.system(), events, 10_000_000_000L);
            PostfixLog.file(logging, directory.resolve("log"), "0600", "mx");
            if (kept) {
                TraceLog.server(logging, directory, 64 << 20, 604_800_000);
            }
            long began = cpu();
            for (int i = 0; i < COUNT; i++) {
                tell(events, "1985CC3C072C2");
            }
            events.close();
            System.out.printf("%s %.1f us a message%n", kept ? "kept " : "plain", (cpu() - began) / 1000.0 / COUNT);
        }
    }

    static void tell(Events events, String id) {
        LogTag smtpd = new LogTag("postfix/smtpd", 4194401);
        LogTag own = new LogTag("postfix/qmgr", 77);
        String client = "localhost[127.0.0.1]";
        events.event(smtpd, new SessionEvent.Connect(client));
        events.event(
                smtpd,
                new MailEvent.Client(
                        id, client, null, null, MailEvent.Former.NONE,
                        new MailEvent.Spoke("ESMTP", "client.example", null)));
        events.event(own, new MailEvent.MessageId(id, "<12345678@client.example>", false));
        events.event(own, new QueueEvent.Active(id, "ann@client.example", 2048, 1));
        events.event(
                own,
                new DeliveryEvent.Delivery(
                        id, "joe@b.example", null,
                        new DeliveryEvent.Relay("127.0.0.1[127.0.0.1]:2525", 3, ""),
                        12_000_000, new long[] {1_000_000, 0, 2_000_000, 9_000_000},
                        "2.0.0", "sent", "250 2.0.0 Ok: queued as ABCDEF12345"));
        events.event(own, new QueueEvent.Removed(id));
    }
}
