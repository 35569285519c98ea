package org.postrider.rights;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.rights.FileFacts.FileNumber;

/// The fields that [Wire]'s requests and answers are made of: numbers of 4 or 8 octets, flags of
/// one, texts with their length before them. What is read is no longer than what was sent, and
/// nothing is made room for before it is there.
final class Fields {
    private Fields() {}

    /// Writes them.
    static final class Out {
        private final ByteArrayOutputStream octets = new ByteArrayOutputStream(256);
        private final DataOutputStream data = new DataOutputStream(octets);

        int size() {
            return octets.size();
        }

        /// Behind their length.
        void to(DataOutputStream to) throws IOException {
            to.writeInt(octets.size());
            octets.writeTo(to);
        }

        Out text(String text) throws IOException {
            byte[] value = text.getBytes(StandardCharsets.ISO_8859_1);
            data.writeInt(value.length);
            data.write(value);
            return this;
        }

        Out maybe(@Nullable String text) throws IOException {
            return text == null ? flag(false) : flag(true).text(text);
        }

        Out texts(List<String> texts) throws IOException {
            data.writeInt(texts.size());
            for (String text : texts) {
                text(text);
            }
            return this;
        }

        Out number(int number) throws IOException {
            data.writeInt(number);
            return this;
        }

        Out large(long number) throws IOException {
            data.writeLong(number);
            return this;
        }

        Out time(Duration time) throws IOException {
            return large(time.toNanos());
        }

        Out flag(boolean flag) throws IOException {
            data.writeByte(flag ? 1 : 0);
            return this;
        }

        Out identity(Identity who) throws IOException {
            text(who.name()).number(who.uid()).number(who.gid()).number(who.groups().size());
            for (int group : who.groups()) {
                number(group);
            }
            return this;
        }

        Out facts(FileFacts f) throws IOException {
            number(f.mode()).number(f.uid()).number(f.gid());
            large(f.size()).large(f.modifiedSeconds());
            FileNumber n = f.number();
            return large(n.device()).large(n.inode()).large(n.links());
        }

        Out rules(ReadRules rules) throws IOException {
            return number(rules.limit()).flag(rules.ownedByUser()).flag(rules.follow());
        }
    }

    /// Reads them.
    static final class In {
        private final DataInputStream data;

        /// @param longest octets of them all
        In(DataInputStream from, int longest) throws IOException {
            int length = from.readInt();
            if (length < 0 || length > longest) {
                throw new IOException("too long");
            }
            byte[] fields = from.readNBytes(length);
            if (fields.length < length) {
                throw new IOException("cut off");
            }
            data = new DataInputStream(new ByteArrayInputStream(fields));
        }

        /// That was all.
        <T> T all(T value) throws IOException {
            if (data.available() > 0) {
                throw new IOException("more than was said");
            }
            return value;
        }

        /// A number of things that the rest has room for.
        int count(int size) throws IOException {
            int count = data.readInt();
            if (count < 0 || count > data.available() / size) {
                throw new IOException("a number of things that are not there");
            }
            return count;
        }

        String text() throws IOException {
            byte[] octets = new byte[count(1)];
            data.readFully(octets);
            return new String(octets, StandardCharsets.ISO_8859_1);
        }

        @Nullable String maybe() throws IOException {
            return flag() ? text() : null;
        }

        List<String> texts() throws IOException {
            List<String> out = new ArrayList<>();
            for (int left = count(Integer.BYTES); left > 0; left--) {
                out.add(text());
            }
            return out;
        }

        int number() throws IOException {
            return data.readInt();
        }

        long large() throws IOException {
            return data.readLong();
        }

        Duration time() throws IOException {
            long nanos = large();
            if (nanos < 0) {
                throw new IOException("a time that is none");
            }
            return Duration.ofNanos(nanos);
        }

        boolean flag() throws IOException {
            return data.readByte() != 0;
        }

        <T extends Enum<T>> T one(T[] of) throws IOException {
            String name = text();
            for (T each : of) {
                if (each.name().equals(name)) {
                    return each;
                }
            }
            throw new IOException("a kind that is none");
        }

        Identity identity() throws IOException {
            String name = text();
            int uid = number();
            int gid = number();
            List<Integer> groups = new ArrayList<>();
            for (int left = count(Integer.BYTES); left > 0; left--) {
                groups.add(number());
            }
            return new Identity(name, uid, gid, groups);
        }

        FileFacts facts() throws IOException {
            int mode = number();
            int uid = number();
            int gid = number();
            long size = large();
            long modified = large();
            FileNumber number = new FileNumber(large(), large(), large());
            return new FileFacts(mode, uid, gid, size, modified, number);
        }

        ReadRules rules() throws IOException {
            return new ReadRules(number(), flag(), flag());
        }
    }
}
