import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.postrider.address.Address;
import org.postrider.disk.RealDisk;
import org.postrider.dsn.Status;
import org.postrider.message.ContentWriter;
import org.postrider.message.Facts;
import org.postrider.queue.Attributes;
import org.postrider.queue.Envelope;
import org.postrider.queue.JournalQueue;
import org.postrider.queue.Mark;
import org.postrider.queue.NewMessage;
import org.postrider.queue.Queue;
import org.postrider.queue.QueueId;
import org.postrider.queue.Recipient;
import org.postrider.queue.Transaction;
import org.postrider.time.Clock;

/// Fill DIRECTORY COUNT: a queue of deferred messages of 1 to 5 KB, a tenth of them to
/// gmail.example with a 421, a hundredth larger than 4 KB; aged over a day.
class Fill {
    static final int BATCH = 500;

    public static void main(String[] args) throws Exception {
        Path directory = Path.of(args[0]);
        int count = Integer.parseInt(args[1]);
        Files.createDirectories(directory.resolve("pid"));
        Clock clock = Clock.system();
        JournalQueue.Options options =
                new JournalQueue.Options(
                        8 << 20,
                        262_144,
                        1 << 20,
                        false,
                        JournalQueue.Limits.ofContents(1 << 20, 1 << 20));
        byte[] header =
                "Subject: x\r\nMessage-Id: <1@a.example>\r\n".getBytes(StandardCharsets.ISO_8859_1);
        byte[] body = ("x".repeat(70) + "\r\n").repeat(60).getBytes(StandardCharsets.ISO_8859_1);
        try (Queue queue =
                JournalQueue.open(new RealDisk(), directory, options, clock, System.err::println)) {
            for (int i = 0; i < count; i += BATCH) {
                List<NewMessage> messages = new ArrayList<>();
                List<Mark> marks = new ArrayList<>();
                for (int k = i; k < Math.min(count, i + BATCH); k++) {
                    QueueId id = queue.newId();
                    boolean gmail = k % 10 == 0;
                    int size = k % 100 == 0 ? body.length : 1000 + k % 1000;
                    String domain = gmail ? "gmail.example" : "d" + k % 1000 + ".example";
                    long age = 1000L * (k % 86_400);
                    try (ContentWriter w = queue.content()) {
                        w.header(header, 0, header.length);
                        w.body(body, 0, size);
                        int all = header.length + size;
                        messages.add(
                                new NewMessage(
                                        id,
                                        new Envelope(
                                                new Address("s" + k % 50 + "@gen.example"),
                                                List.of(
                                                        Recipient.of(
                                                                new Address(
                                                                        "u" + k + "@" + domain))),
                                                clock.wallMillis() - age,
                                                Attributes.NONE),
                                        w.finish(
                                                new Facts(
                                                        all, size, 70, false, true, false, false,
                                                        0)),
                                        false));
                    }
                    String text =
                            gmail
                                    ? "host mx.gmail.example[192.0.2.1] said: 421-4.7.28 come later"
                                    : "connect to " + domain + "[192.0.2.2]:25: Connection refused";
                    marks.add(
                            new Mark.Deferred(
                                    id,
                                    clock.wallMillis() + 7_200_000,
                                    List.of(
                                            new Mark.Reason(
                                                    0,
                                                    new Status(4, gmail ? 7 : 4, 1),
                                                    text,
                                                    "none",
                                                    null,
                                                    null,
                                                    "delayed"))));
                }
                queue.commit(new Transaction(messages, List.of()));
                queue.commit(new Transaction(List.of(), marks));
            }
        }
    }
}
