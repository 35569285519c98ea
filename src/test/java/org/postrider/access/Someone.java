package org.postrider.access;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.authentication.MailAuthentication;
import org.postrider.dnsbl.SessionLists;
import org.postrider.maps.Network;
import org.postrider.peer.Client;
import org.postrider.peer.NameStatus;
import org.postrider.rewrite.Resolved;
import org.postrider.rewrite.RewriteService;
import org.postrider.tls.PeerCertificate;

/// A subject made by hand: nobody is connected.
final class Someone implements Subject {
    private final RewriteService rewrite;
    private final SessionLists lists;
    private Client client;
    private String helo = "";
    private boolean inMail;
    private Address sender = Address.NULL;
    private @Nullable Address recipient;
    private int recipients;
    private @Nullable String login;
    private boolean encrypted;
    private @Nullable PeerCertificate certificate;
    private boolean pipelined;
    private boolean discarded;
    private @Nullable String etrn;
    private Effect.@Nullable DeferIfPermit deferred;
    private @Nullable Address resolvedAddress;
    private @Nullable Resolved resolved;
    private @Nullable PolicyLease policies;
    private @Nullable MailAuthentication authentication;

    /// From 192.0.2.1, `client.example`.
    Someone(RewriteService rewrite, SessionLists lists) {
        this.rewrite = rewrite;
        this.lists = lists;
        client = named("client.example", NameStatus.OK, "192.0.2.1");
    }

    private static Client named(String name, NameStatus status, String ip) {
        try {
            byte[] octets = Network.literal(ip);
            InetAddress address = InetAddress.getByAddress(octets);
            return new Client(name, status, name, status, address, ip, 25, null);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(ip, e);
        }
    }

    /// Sets one part, as a table of cases writes it: `ip=192.0.2.1`, `mail=a@b.example`, `tls`.
    Someone with(String part) {
        int equals = part.indexOf('=');
        String name = equals < 0 ? part : part.substring(0, equals);
        String value = equals < 0 ? "" : part.substring(equals + 1);
        switch (name) {
            case "" -> {}
            case "ip" -> client = named(client.name(), client.nameStatus(), value);
            case "named" -> client = named(value, NameStatus.OK, client.ip());
            case "nameless" -> client = named("unknown", NameStatus.valueOf(value), client.ip());
            case "helo" -> helo = value;
            case "mail" -> {
                inMail = true;
                sender = value.equals("<>") ? Address.NULL : new Address(value);
            }
            case "rcpt" -> recipient = new Address(value);
            case "recipients" -> recipients = Integer.parseInt(value);
            case "login" -> login = value;
            case "tls" -> encrypted = true;
            case "discarded" -> discarded = true;
            case "pipelined" -> pipelined = true;
            case "etrn" -> etrn = value;
            default -> throw new IllegalArgumentException(part);
        }
        return this;
    }

    Someone with(PeerCertificate shown) {
        encrypted = true;
        certificate = shown;
        return this;
    }

    Someone with(Effect.DeferIfPermit earlier) {
        deferred = earlier;
        return this;
    }

    Someone with(PolicyLease mail) {
        policies = mail;
        return this;
    }

    Someone with(MailAuthentication found) {
        authentication = found;
        return this;
    }

    @Override
    public @Nullable MailAuthentication authentication() {
        return authentication;
    }

    @Override
    public @Nullable PolicyLease policies() {
        return policies;
    }

    @Override
    public Client client() {
        return client;
    }

    @Override
    public String helo() {
        return helo;
    }

    @Override
    public boolean inMail() {
        return inMail;
    }

    @Override
    public Address sender() {
        return sender;
    }

    @Override
    public @Nullable Address recipient() {
        return recipient;
    }

    @Override
    public int recipients() {
        return recipients;
    }

    @Override
    public long size() {
        return 0;
    }

    @Override
    public boolean discarded() {
        return discarded;
    }

    @Override
    public @Nullable String login() {
        return login;
    }

    @Override
    public boolean encrypted() {
        return encrypted;
    }

    @Override
    public @Nullable PeerCertificate certificate() {
        return certificate;
    }

    @Override
    public boolean pipelined() {
        return pipelined;
    }

    @Override
    public @Nullable String etrn() {
        return etrn;
    }

    @Override
    public Effect.@Nullable DeferIfPermit deferred() {
        return deferred;
    }

    @Override
    public SessionLists lists() {
        return lists;
    }

    @Override
    public Resolved resolved(Address address) {
        if (resolved == null || !address.equals(resolvedAddress)) {
            resolved = rewrite.resolve(sender, rewrite.rewrite(address, true));
            resolvedAddress = address;
        }
        return resolved;
    }

    @Override
    public String toString() {
        return client
                + " "
                + helo
                + " "
                + inMail
                + " "
                + sender
                + " "
                + recipient
                + " "
                + recipients
                + " "
                + login
                + " "
                + encrypted
                + " "
                + pipelined
                + " "
                + etrn;
    }
}
