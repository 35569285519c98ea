package org.postrider.dns;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.DNSKEYRecord;
import org.xbill.DNS.DNSSEC;
import org.xbill.DNS.DSRecord;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.NSEC3Record;
import org.xbill.DNS.NSECRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.RRSIGRecord;
import org.xbill.DNS.RRset;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;
import org.xbill.DNS.utils.base32;

/// Zones signed by the test, and a name server for all of them that spoils its answers where it is
/// told to.
final class SignedZones {
    private static final int TTL = 60;
    private static final byte[] SALT = {1, 2};

    private final Map<Name, Zone> zones = new TreeMap<>();
    private final KeyPairGenerator generator;
    private Spoil spoil = _ -> {};

    /// Spoils an answer.
    interface Spoil {
        void spoil(Message answer) throws IOException;
    }

    SignedZones() throws GeneralSecurityException {
        generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
    }

    void spoils(Spoil by) {
        spoil = by;
    }

    /// A zone with a key of its own, and a delegation in the zone above it.
    ///
    /// @param delegated the zone above vouches for its key
    Zone zone(String origin, boolean delegated) throws Exception {
        Name name = Name.fromString(origin, Name.root);
        Zone made = new Zone(name);
        Zone above = zones.isEmpty() ? null : of(name.equals(Name.root) ? name : up(name));
        zones.put(name, made);
        if (above != null) {
            above.add(name, "NS ns.invalid.");
            if (delegated) {
                above.put(new DSRecord(name, DClass.IN, TTL, DNSSEC.Digest.SHA256, made.key));
            }
        }
        return made;
    }

    private static Name up(Name name) {
        return new Name(name, 1);
    }

    /// The zone that a name lies in.
    private Zone of(Name name) {
        Zone best = null;
        for (Zone each : zones.values()) {
            if (name.subdomain(each.origin)
                    && (best == null || each.origin.labels() > best.origin.labels())) {
                best = each;
            }
        }
        if (best == null) {
            throw new IllegalStateException(name.toString());
        }
        return best;
    }

    Message answer(Message query) throws IOException {
        Record asked = query.getQuestion();
        Message out = new Message(query.getHeader().getID());
        out.getHeader().setFlag(Flags.QR);
        // What it says of its own answers is not to count.
        out.getHeader().setFlag(Flags.AD);
        out.addRecord(asked, Section.QUESTION);
        Name name = asked.getName();
        for (int i = 0; i < 20; i++) {
            boolean cut = asked.getType() == Type.DS && zones.containsKey(name);
            Zone zone = cut && !name.equals(Name.root) ? of(up(name)) : of(name);
            Name next = zone.answer(out, name, asked.getType());
            if (next == null) {
                break;
            }
            name = next;
        }
        spoil.spoil(out);
        return out;
    }

    final class Zone {
        final Name origin;
        final DNSKEYRecord key;
        private final KeyPair pair;
        private final TreeMap<Name, TreeMap<Integer, RRset>> sets = new TreeMap<>();
        Instant from = Instant.now().minus(Duration.ofHours(1));
        Instant until = Instant.now().plus(Duration.ofHours(1));

        /// Rounds of NSEC3; -1: NSEC.
        int rounds = -1;

        Zone(Name origin) throws Exception {
            this.origin = origin;
            pair = generator.generateKeyPair();
            key =
                    new DNSKEYRecord(
                            origin,
                            DClass.IN,
                            TTL,
                            DNSKEYRecord.Flags.ZONE_KEY | DNSKEYRecord.Flags.SEP_KEY,
                            DNSKEYRecord.Protocol.DNSSEC,
                            DNSSEC.Algorithm.ECDSAP256SHA256,
                            pair.getPublic());
            put(key);
            add(origin, "SOA ns.invalid. root.invalid. 1 60 60 60 60");
        }

        Zone add(Name name, String record) throws IOException {
            String[] words = record.split(" ", 2);
            put(Record.fromString(name, Type.value(words[0]), DClass.IN, TTL, words[1], Name.root));
            return this;
        }

        /// @param line `mx.a.example A 127.0.0.1`
        Zone add(String line) throws IOException {
            String[] words = line.split(" ", 2);
            return add(Name.fromString(words[0], Name.root), words[1]);
        }

        void put(Record record) {
            sets.computeIfAbsent(record.getName(), _ -> new TreeMap<>())
                    .computeIfAbsent(record.getType(), _ -> new RRset())
                    .addRR(record);
        }

        RRSIGRecord signature(RRset set) {
            try {
                return DNSSEC.sign(set, key, pair.getPrivate(), from, until);
            } catch (DNSSEC.DNSSECException e) {
                throw new IllegalStateException(e);
            }
        }

        private void put(Message out, int section, RRset set) {
            set.rrs().forEach(r -> out.addRecord(r, section));
            out.addRecord(signature(set), section);
        }

        /// @return where an alias leads; null at the end
        @Nullable Name answer(Message out, Name name, int type) throws IOException {
            Map<Integer, RRset> there = sets.get(name);
            if (there == null) {
                Name wild = wildcard(name);
                RRset expanding = wild == null ? null : at(wild).get(type);
                if (expanding != null) {
                    expanded(out, name, expanding);
                    denied(out, name, false);
                    return null;
                }
                boolean between = sets.keySet().stream().anyMatch(n -> n.subdomain(name));
                if (!between) {
                    out.getHeader().setRcode(Rcode.NXDOMAIN);
                }
                soa(out);
                denied(out, name, !between);
                return null;
            }
            RRset alias = there.get(Type.CNAME);
            if (alias != null && type != Type.CNAME) {
                put(out, Section.ANSWER, alias);
                return ((CNAMERecord) alias.first()).getTarget();
            }
            if (there.containsKey(type)) {
                put(out, Section.ANSWER, there.get(type));
                return null;
            }
            soa(out);
            exists(out, name);
            return null;
        }

        private Map<Integer, RRset> at(Name name) {
            return Objects.requireNonNull(sets.get(name));
        }

        private void soa(Message out) {
            put(out, Section.AUTHORITY, Objects.requireNonNull(at(origin).get(Type.SOA)));
        }

        private @Nullable Name wildcard(Name name) throws IOException {
            for (Name at = name; at.labels() > origin.labels(); at = up(at)) {
                Name wild = Name.concatenate(Name.fromConstantString("*"), up(at));
                if (sets.containsKey(wild)) {
                    return wild;
                }
            }
            return null;
        }

        /// A wildcard's records under another name, with the wildcard's signature.
        private void expanded(Message out, Name name, RRset wild) {
            for (Record each : wild.rrs()) {
                out.addRecord(named(each, name), Section.ANSWER);
            }
            RRSIGRecord s = signature(wild);
            out.addRecord(named(s, name), Section.ANSWER);
        }

        private static Record named(Record record, Name name) {
            return Record.newRecord(
                    name,
                    record.getType(),
                    record.getDClass(),
                    record.getTTL(),
                    record.rdataToWireCanonical());
        }

        // ---- denial

        private void exists(Message out, Name name) {
            if (rounds < 0) {
                put(out, Section.AUTHORITY, nsec(name));
            } else {
                put(out, Section.AUTHORITY, nsec3(hash(name)));
            }
        }

        /// There is no such name, and no wildcard for it.
        private void denied(Message out, Name name, boolean wildcardToo) throws IOException {
            Name closest = up(name);
            while (!sets.keySet().stream().anyMatch(closestName(closest))) {
                closest = up(closest);
            }
            Name wild = Name.concatenate(Name.fromConstantString("*"), closest);
            if (rounds < 0) {
                Set<Name> at = new TreeSet<>();
                at.add(before(name));
                if (wildcardToo) {
                    at.add(before(wild));
                }
                at.forEach(each -> put(out, Section.AUTHORITY, nsec(each)));
                return;
            }
            Name nearest = name;
            while (!up(nearest).equals(closest)) {
                nearest = up(nearest);
            }
            TreeSet<String> hashes = hashes();
            Set<String> shown = new TreeSet<>();
            shown.add(text(hash(closest)));
            shown.add(covering(hashes, text(hash(nearest))));
            if (wildcardToo) {
                shown.add(covering(hashes, text(hash(wild))));
            }
            shown.forEach(each -> put(out, Section.AUTHORITY, nsec3(bytes(each))));
        }

        private static java.util.function.Predicate<Name> closestName(Name closest) {
            return n -> n.subdomain(closest);
        }

        private Name before(Name name) {
            Name found = sets.floorKey(name);
            return found == null ? sets.lastKey() : found;
        }

        private RRset nsec(Name at) {
            Name next = sets.higherKey(at);
            int[] types = types(at(at), Type.NSEC);
            return new RRset(
                    new NSECRecord(at, DClass.IN, TTL, next == null ? origin : next, types));
        }

        private static int[] types(Map<Integer, RRset> there, int denial) {
            List<Integer> out = new ArrayList<>(there.keySet());
            out.add(Type.RRSIG);
            if (denial == Type.NSEC) {
                out.add(denial);
            }
            return out.stream().mapToInt(Integer::intValue).toArray();
        }

        private TreeSet<String> hashes() {
            TreeSet<String> out = new TreeSet<>();
            sets.keySet().forEach(n -> out.add(text(hash(n))));
            return out;
        }

        private static String covering(TreeSet<String> hashes, String hash) {
            String found = hashes.lower(hash);
            return found == null ? hashes.last() : found;
        }

        private byte[] hash(Name name) {
            try {
                return new NSEC3Record(
                                name, DClass.IN, TTL, 1, 0, rounds, SALT, new byte[20], new int[0])
                        .hashName(name);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException(e);
            }
        }

        private static String text(byte[] hash) {
            return new base32(base32.Alphabet.BASE32HEX, false, false).toString(hash);
        }

        private static byte[] bytes(String text) {
            return new base32(base32.Alphabet.BASE32HEX, false, false).fromString(text);
        }

        private RRset nsec3(byte[] hash) {
            String own = text(hash);
            TreeSet<String> hashes = hashes();
            String next = hashes.higher(own);
            Name whose =
                    sets.keySet().stream()
                            .filter(n -> text(hash(n)).equals(own))
                            .findFirst()
                            .orElseThrow();
            try {
                return new RRset(
                        new NSEC3Record(
                                Name.fromString(own, origin),
                                DClass.IN,
                                TTL,
                                1,
                                0,
                                rounds,
                                SALT,
                                bytes(next == null ? hashes.first() : next),
                                types(at(whose), Type.NSEC3)));
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
