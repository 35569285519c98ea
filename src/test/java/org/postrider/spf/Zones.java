package org.postrider.spf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.dns.StubServer;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/// A file of zones and cases as src/test/resources/spf has them.
public record Zones(List<Zone> zones) {
    /// @param results that are right, the best one first
    /// @param explanation null where it does not matter
    public record Case(
            String name,
            String client,
            String helo,
            String sender,
            List<String> results,
            @Nullable String explanation) {}

    /// What a name server says of one zone.
    public static final class Zone implements StubServer.Answers {
        final String title;
        final List<Case> cases = new ArrayList<>();
        private static final int MOST_ALIASES = 10;

        private final Map<Name, List<Record>> records = new HashMap<>();
        private final Set<String> failing = new HashSet<>();

        public Zone(String title) {
            this.title = title;
        }

        public void line(String line) throws IOException {
            String[] words = line.split(" ", 3);
            Name name = Name.fromString(words[0], Name.root);
            List<Record> there = records.computeIfAbsent(name, _ -> new ArrayList<>());
            if (words[1].equals("-")) {
                return;
            }
            if (words[2].equals("TIMEOUT")) {
                failing.add(key(name, words[1]));
                return;
            }
            int type = Type.value(words[1]);
            there.add(Record.fromString(name, type, DClass.IN, 60, words[2], Name.root));
        }

        private static String key(Name name, String type) {
            return name.toString().toLowerCase(java.util.Locale.ROOT) + " " + type;
        }

        @Override
        public Message to(Message query) {
            Record question = query.getQuestion();
            Name name = question.getName();
            Message out = new Message(query.getHeader().getID());
            out.getHeader().setFlag(Flags.QR);
            out.addRecord(question, Section.QUESTION);
            List<Record> there = records.get(name);
            boolean found = false;
            // Aliases are followed, as a name server does that is asked to recur.
            for (int aliases = 0; there != null && aliases < MOST_ALIASES; aliases++) {
                Name alias = null;
                for (Record each : there) {
                    if (each.getType() == question.getType() || each.getType() == Type.CNAME) {
                        out.addRecord(each, Section.ANSWER);
                        found = true;
                    }
                    alias = each instanceof CNAMERecord c ? c.getTarget() : alias;
                }
                if (alias == null || question.getType() == Type.CNAME) {
                    break;
                }
                there = records.get(alias);
            }
            if (failing.contains(key(name, Type.string(question.getType())))
                    || !found && failing.contains(key(name, "*"))
                    || there == null && name.toString().startsWith("error.")) {
                out.removeAllRecords(Section.ANSWER);
                out.getHeader().setRcode(Rcode.SERVFAIL);
            } else if (there == null) {
                out.getHeader().setRcode(Rcode.NXDOMAIN);
            }
            return out;
        }
    }

    public static Zones read(Path file) throws IOException {
        List<Zone> out = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            if (line.startsWith("zone ")) {
                out.add(new Zone(line.substring(5)));
            } else if (line.startsWith("case ")) {
                String[] f = line.substring(5).split(" \\| ", -1);
                out.getLast()
                        .cases
                        .add(
                                new Case(
                                        f[0],
                                        f[2],
                                        f[3],
                                        f[4],
                                        List.of(f[5].split(" ", -1)),
                                        f.length > 6 ? f[6] : null));
            } else {
                out.getLast().line(line);
            }
        }
        return new Zones(out);
    }
}
