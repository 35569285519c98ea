package org.postrider.dns;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

/// A name server on a loopback port with records made up by the test.
public final class StubServer implements AutoCloseable {
    private static final int PORTS_TRIED = 100;

    final AtomicInteger overTcp = new AtomicInteger();
    public final Map<String, Integer> rcodes = new HashMap<>();
    private final Map<String, Integer> spoiled = new HashMap<>();
    private final Map<Name, List<Record>> zone = new HashMap<>();
    private final DatagramSocket udp;
    private final ServerSocket tcp;
    private boolean wrongId;
    private volatile boolean silent;
    private volatile boolean withoutEdns;
    private volatile boolean cut;
    private volatile @Nullable Name owner;
    private volatile @Nullable Answers answers;
    private volatile @Nullable RuntimeException bug;
    public final AtomicInteger asked = new AtomicInteger();

    public StubServer() throws IOException {
        InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        DatagramSocket udpFound = null;
        ServerSocket tcpFound = null;
        for (int i = 0; tcpFound == null && i < PORTS_TRIED; i++) {
            DatagramSocket free = new DatagramSocket(new InetSocketAddress(loopback, 0));
            try {
                tcpFound = new ServerSocket(free.getLocalPort(), 10, loopback);
                udpFound = free;
            } catch (BindException e) {
                // Its TCP half is another test's.
                free.close();
            }
        }
        if (udpFound == null || tcpFound == null) {
            throw new IOException("no port that is free for UDP and TCP");
        }
        udp = udpFound;
        tcp = tcpFound;
        // Where virtual threads compute for long, it answers all the same.
        Thread.ofPlatform().daemon().start(this::overUdp);
        Thread.ofPlatform().daemon().start(this::overTcp);
    }

    public int port() {
        return udp.getLocalPort();
    }

    void wrongId() {
        wrongId = true;
    }

    public void silent(boolean now) {
        silent = now;
    }

    void withoutEdns() {
        withoutEdns = true;
    }

    /// Says what the server answers.
    public interface Answers {
        Message to(Message query) throws IOException;
    }

    public void answers(Answers by) {
        answers = by;
    }

    /// Answers over UDP are cut, TCP is hung up.
    void cut() {
        cut = true;
    }

    /// Answers are of records of another name.
    void owner(String name) throws IOException {
        owner = Name.fromString(name, Name.root);
    }

    /// Answers come with their records and this code.
    void refuses(String name, int rcode) {
        spoiled.put(name, rcode);
    }

    public void zone(String lines) throws IOException {
        for (String line : lines.lines().toList()) {
            String[] words = line.split(" ", 3);
            Name name = Name.fromString(words[0], Name.root);
            Record r =
                    Record.fromString(
                            name,
                            org.xbill.DNS.Type.value(words[1]),
                            org.xbill.DNS.DClass.IN,
                            60,
                            words[2],
                            Name.root);
            zone.computeIfAbsent(name, _ -> new java.util.ArrayList<>()).add(r);
        }
    }

    private Message answer(byte[] asked, int length) throws IOException {
        Message query = new Message(Arrays.copyOf(asked, length));
        this.asked.incrementAndGet();
        Answers by = answers;
        if (by != null) {
            try {
                return by.to(query);
            } catch (RuntimeException e) {
                bug = e;
                throw new IOException(e);
            }
        }
        Message out =
                new Message(wrongId ? query.getHeader().getID() ^ 1 : query.getHeader().getID());
        out.getHeader().setFlag(Flags.QR);
        Record question = query.getQuestion();
        out.addRecord(question, Section.QUESTION);
        String text = question.getName().toString(true);
        if (withoutEdns && query.getOPT() != null) {
            out.getHeader().setRcode(Rcode.FORMERR);
            return out;
        }
        out.getHeader().setRcode(spoiled.getOrDefault(text, Rcode.NOERROR));
        if (cut) {
            out.getHeader().setFlag(Flags.TC);
        }
        if (rcodes.containsKey(text)) {
            out.getHeader().setRcode(rcodes.get(text));
            return out;
        }
        List<Record> there = zone.get(question.getName());
        if (there == null) {
            out.getHeader().setRcode(Rcode.NXDOMAIN);
            return out;
        }
        for (Record r : there) {
            if (r.getType() == question.getType() || r.getType() == org.xbill.DNS.Type.CNAME) {
                Name named = owner;
                out.addRecord(
                        named == null
                                ? r
                                : Record.newRecord(
                                        named,
                                        r.getType(),
                                        r.getDClass(),
                                        r.getTTL(),
                                        r.rdataToWireCanonical()),
                        Section.ANSWER);
            }
        }
        return out;
    }

    private void overUdp() {
        byte[] buffer = new byte[4096];
        while (!udp.isClosed()) {
            try {
                DatagramPacket p = new DatagramPacket(buffer, buffer.length);
                udp.receive(p);
                if (silent) {
                    continue;
                }
                byte[] wire = answer(buffer, p.getLength()).toWire(1232);
                udp.send(new DatagramPacket(wire, wire.length, p.getSocketAddress()));
            } catch (IOException e) {
                if (udp.isClosed()) {
                    return;
                }
            }
        }
    }

    private void overTcp() {
        while (!tcp.isClosed()) {
            try (Socket s = tcp.accept()) {
                DataInputStream in = new DataInputStream(s.getInputStream());
                byte[] asked = new byte[in.readUnsignedShort()];
                in.readFully(asked);
                overTcp.incrementAndGet();
                if (cut) {
                    continue;
                }
                byte[] wire = answer(asked, asked.length).toWire(65535);
                DataOutputStream out = new DataOutputStream(s.getOutputStream());
                out.writeShort(wire.length);
                out.write(wire);
                out.flush();
            } catch (IOException e) {
                if (tcp.isClosed()) {
                    return;
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        udp.close();
        tcp.close();
        RuntimeException found = bug;
        if (found != null) {
            throw found;
        }
    }
}
