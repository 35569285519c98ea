package org.postrider.smtpd.session;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.address.Quoting;
import org.postrider.authentication.MailAuthentication;
import org.postrider.config.ConfigParams;
import org.postrider.config.Settings;
import org.postrider.maps.Network;
import org.postrider.maps.TableException;
import org.postrider.milter.Macros;
import org.postrider.milter.MilterParams;
import org.postrider.peer.Client;
import org.postrider.queue.QueueId;
import org.postrider.rewrite.Resolved;
import org.postrider.smtpd.input.Party;
import org.postrider.tls.PeerCertificate;
import org.postrider.tls.TlsConnection;
import org.postrider.wire.Reply;

/// What Sendmail's macros have for values in a session (MILTER_README, "Sendmail macro emulation").
/// Session thread only.
final class SessionMacros implements Macros {
    /// What the settings say.
    record Terms(String hostname, String daemonName, String v) {
        static Terms of(Settings settings) {
            return new Terms(
                    settings.get(ConfigParams.MYHOSTNAME),
                    settings.get(MilterParams.MACRO_DAEMON_NAME),
                    settings.get(MilterParams.MACRO_V));
        }
    }

    private static final String CHECKED = "{auth_";

    private final Session s;
    private final Terms terms;
    private @Nullable Reply refused;

    SessionMacros(Session session, Terms terms) {
        this.s = session;
        this.terms = terms;
    }

    /// The recipient that is spoken of is refused, or, with null, is not.
    void refused(@Nullable Reply reply) {
        refused = reply;
    }

    @Override
    public @Nullable String value(String name) {
        return switch (name) {
            case "j" -> terms.hostname();
            case "v" -> terms.v();
            case "{daemon_name}" -> terms.daemonName();
            case "{daemon_addr}" -> here() == null ? null : Network.text(here().getAddress());
            case "{daemon_port}" -> here() == null ? null : Integer.toString(here().getPort());
            case "i" -> id();
            case "_", "{client_addr}", "{client_connections}", "{client_name}" -> client(name);
            case "{client_port}", "{client_ptr}", "{client_resolve}" -> client(name);
            case "{tls_version}", "{cipher}", "{cipher_bits}" -> tls(name);
            case "{cert_subject}", "{cert_issuer}" -> certificate(name);
            case "{auth_type}", "{auth_authen}", "{auth_author}" -> login(name);
            case "{mail_addr}", "{mail_host}", "{mail_mailer}" -> sender(name);
            case "{rcpt_addr}", "{rcpt_host}", "{rcpt_mailer}" -> recipient(name);
            default -> checked(name);
        };
    }

    /// `{auth_spf}`, `{auth_dmarc}` and their like: none of Sendmail's.
    @Nullable String checked(String name) {
        if (!name.startsWith(CHECKED)) {
            return null;
        }
        Mail mail = s.mailOrAsked();
        MailAuthentication found = mail == null ? null : mail.authentication;
        return found == null
                ? null
                : found.fact(name.substring(CHECKED.length(), name.length() - 1));
    }

    private @Nullable InetSocketAddress here() {
        return s.local();
    }

    private @Nullable String id() {
        Mail mail = s.mail();
        QueueId id = mail == null ? null : mail.id;
        return id == null ? null : id.text();
    }

    private @Nullable String client(String name) {
        Client peer = s.peer();
        return switch (name) {
            case "_" ->
                    peer.reverseName()
                            + " ["
                            + peer.ip()
                            + "]"
                            + (peer.name().equalsIgnoreCase(peer.reverseName())
                                    ? ""
                                    : " (may be forged)");
            case "{client_addr}" -> Network.text(peer.address());
            case "{client_connections}" ->
                    Integer.toString(s.events == null ? 0 : s.events.connections());
            case "{client_name}" -> peer.name();
            case "{client_port}" -> Integer.toString(Math.max(0, peer.port()));
            case "{client_ptr}" -> peer.reverseName();
            default ->
                    switch (peer.nameStatus()) {
                        case OK -> "OK";
                        case FORGED -> "FORGED";
                        case TEMPORARY -> "TEMP";
                        case NONE -> "FAIL";
                    };
        };
    }

    private @Nullable String tls(String name) {
        TlsConnection tls = s.tls();
        return tls == null
                ? null
                : switch (name) {
                    case "{tls_version}" -> tls.protocol();
                    case "{cipher}" -> tls.cipher();
                    default -> Integer.toString(tls.bits());
                };
    }

    private @Nullable String certificate(String name) {
        TlsConnection tls = s.tls();
        PeerCertificate peer = tls == null ? null : tls.peer();
        return peer == null || !peer.trusted()
                ? null
                : name.equals("{cert_subject}") ? peer.commonName() : peer.issuer();
    }

    private @Nullable String login(String name) {
        Party.Login login = s.party().login();
        Mail mail = s.mailOrAsked();
        return switch (name) {
            case "{auth_type}" -> login == null ? null : login.method();
            case "{auth_authen}" -> login == null ? null : login.username();
            default -> mail == null ? null : mail.parameters.auth();
        };
    }

    private @Nullable String sender(String name) {
        Mail mail = s.mailOrAsked();
        if (mail == null) {
            return null;
        }
        if (name.equals("{mail_addr}") && mail.sender.isNull()) {
            return "";
        }
        return resolved(name, mail.sender);
    }

    private @Nullable String recipient(String name) {
        Address address = s.about().recipient();
        Mail mail = s.mail();
        if (address == null && mail != null) {
            address = mail.firstRecipient();
        }
        if (address == null) {
            return null;
        }
        Reply no = refused;
        if (no != null) {
            return switch (name) {
                case "{rcpt_addr}" -> behindFirstWord(no.lines().getFirst());
                case "{rcpt_host}" -> no.status() == null ? "" : no.status().toString();
                default -> "error";
            };
        }
        return resolved(name, address);
    }

    /// What a refusal says of the recipient that it begins with.
    private static @Nullable String behindFirstWord(String text) {
        int blank = text.indexOf(' ');
        return blank < 0 ? null : text.substring(blank + 1);
    }

    private @Nullable String resolved(String name, Address address) {
        try {
            Resolved to = s.resolutions.of(s.sender(), address);
            return name.endsWith("_addr}")
                    ? Quoting.rfc5321(to.recipient())
                    : name.endsWith("_host}") ? to.nexthop() : to.transport();
        } catch (TableException e) {
            s.warn(e);
            return null;
        }
    }
}
