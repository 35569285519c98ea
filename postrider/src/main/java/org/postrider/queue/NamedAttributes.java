package org.postrider.queue;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// The names under which [Attributes] lie on disk and postcat shows them: Postfix's. Nobody else
/// knows them.
public final class NamedAttributes {
    private static final String YES = "yes";

    private NamedAttributes() {}

    /// Tells every attribute that is said and known, in the order in which Postfix's records have
    /// them.
    public static void each(Attributes a, BiConsumer<String, String> to) {
        Telling out = new Telling(to);
        Encoding encoding = a.encoding();
        out.tell("encoding", encoding == null ? null : encoding.text());
        out.tell("envelope_id", a.dsn().envelopeId());
        Dsn.Return returned = a.dsn().returned();
        out.tell("ret_flags", returned == null ? null : returned.name());
        Dsn.Report report = a.dsn().report();
        out.tell("trace_flags", report == null ? null : text(report));
        Routing r = a.routing();
        out.tell("smtputf8", r.smtputf8() ? YES : null);
        out.tell("verp_delims", r.verpDelimiters());
        out.tell("requiretls", r.requireTls() ? YES : null);
        out.tell("tls_required", r.tls() == Routing.Tls.OPTIONAL ? "no" : null);
        Origin o = a.origin();
        out.tell("sender_fullname", o.fullName());
        Origin.Context context = o.context();
        out.tell("rewrite_context", context == null ? null : text(context));
        out.tell("content_filter", r.contentFilter());
        out.tell("redirect_to", r.redirectTo());
        out.tell("settled_members", r.settled());
        out.tell("dkim_sign", a.origin().ours() ? YES : null);
        Login l = a.login();
        if (l != null) {
            out.told("sasl_method", l.method());
            out.told("sasl_username", l.username());
            out.tell("sasl_sender", l.sender());
        }
        logged(o, out);
        client(o, out);
    }

    /// Postfix's numbers.
    private static String text(Dsn.Report report) {
        return switch (report) {
            case VERIFY -> "512";
            case DELIVERY -> "1024";
        };
    }

    private static String text(Origin.Context context) {
        return switch (context) {
            case LOCAL -> "local";
            case REMOTE -> "remote";
        };
    }

    private static void logged(Origin o, Telling out) {
        Origin.Client c = o.logged();
        if (c != null) {
            out.told("log_client_name", c.name());
            out.told("log_client_address", c.address());
            out.port("log_client_port", c.port());
        }
        out.tell("log_message_origin", o.source());
        if (c != null) {
            out.told("log_helo_name", c.helo());
            out.told("log_protocol_name", c.protocol());
        }
        out.tell("log_ident", o.trace().ident());
    }

    private static void client(Origin o, Telling out) {
        Origin.Client c = o.client();
        if (c != null) {
            out.told("client_name", c.name());
            out.told("reverse_client_name", c.reverseName());
            out.told("client_address", c.address());
            out.port("client_port", c.port());
        }
        Origin.Server s = o.server();
        if (s != null) {
            out.told("server_address", s.address());
            out.port("server_port", s.port());
        }
        if (c != null) {
            out.told("helo_name", c.helo());
            out.told("protocol_name", c.protocol());
            out.tell("client_address_type", c.address().isEmpty() ? null : family(c.address()));
        }
    }

    /// As in Postfix: the address family of a client, 2 or 6.
    private static String family(String address) {
        return address.indexOf(':') >= 0 ? "6" : "2";
    }

    /// Leaves out what is not said.
    private record Telling(BiConsumer<String, String> to) {
        void tell(String name, @Nullable String value) {
            if (value != null) {
                to.accept(name, value);
            }
        }

        void told(String name, String value) {
            tell(name, value.isEmpty() ? null : value);
        }

        void port(String name, int port) {
            tell(name, port < 0 ? null : Integer.toString(port));
        }
    }

    /// Makes [Attributes] of names and values. What it would not write as it reads it, it keeps as
    /// unknown. One thread.
    public static final class Reader {
        private @Nullable Encoding encoding;
        private @Nullable String envelopeId;
        private Dsn.@Nullable Return returned;
        private Dsn.@Nullable Report report;
        private Routing routing = Routing.PLAIN;
        private Origin.@Nullable Context context;
        private @Nullable String source;
        private @Nullable String ident;
        private @Nullable String fullName;
        private String method = "";
        private String username = "";
        private @Nullable String saslSender;
        private @Nullable ClientReader logged;
        private @Nullable ClientReader client;
        private String serverAddress = "";
        private int serverPort = -1;
        private @Nullable String family;
        private boolean ours;
        private final List<Attributes.Unknown> unknown = new ArrayList<>(0);

        /// A field of which only the tag is known.
        public void field(int tag, String octets) {
            unknown.add(new Attributes.Unknown.Tagged(tag, octets));
        }

        public void attribute(String name, String value) {
            if (!taken(name, value)) {
                unknown.add(new Attributes.Unknown.Named(name, value));
            }
        }

        private boolean taken(String name, String value) {
            switch (name) {
                case "envelope_id" -> envelopeId = value;
                case "log_message_origin" -> source = value;
                case "log_ident" -> ident = value;
                case "sender_fullname" -> fullName = value;
                case "sasl_method" -> method = value;
                case "sasl_username" -> username = value;
                case "sasl_sender" -> saslSender = value;
                case "content_filter" -> routing = routing.withContentFilter(value);
                case "redirect_to" -> routing = routing.withRedirect(value);
                case "verp_delims" -> routing = routing.withVerp(value);
                case "settled_members" -> routing = routing.withSettled(value);
                case "client_address_type" -> family = value;
                default -> {
                    return ofAClient(name, value) || ofOneKind(name, value);
                }
            }
            return true;
        }

        private boolean ofOneKind(String name, String value) {
            switch (name + "=" + value) {
                case "encoding=7bit" -> encoding = Encoding.SEVEN_BIT;
                case "encoding=8bit" -> encoding = Encoding.EIGHT_BIT;
                case "ret_flags=FULL" -> returned = Dsn.Return.FULL;
                case "ret_flags=HDRS" -> returned = Dsn.Return.HDRS;
                case "trace_flags=512" -> report = Dsn.Report.VERIFY;
                case "trace_flags=1024" -> report = Dsn.Report.DELIVERY;
                case "smtputf8=yes" -> routing = routing.withSmtputf8();
                case "requiretls=yes" -> routing = routing.withRequireTls();
                case "tls_required=no" -> routing = routing.withTlsOptional();
                case "dkim_sign=yes" -> ours = true;
                case "rewrite_context=local" -> context = Origin.Context.LOCAL;
                case "rewrite_context=remote" -> context = Origin.Context.REMOTE;
                default -> {
                    return false;
                }
            }
            return true;
        }

        private boolean ofAClient(String name, String value) {
            if (value.isEmpty()) {
                return false;
            }
            return switch (name) {
                case "log_client_name" -> logged().name(value);
                case "log_client_address" -> logged().address(value);
                case "log_client_port" -> logged().port(port(value));
                case "log_helo_name" -> logged().helo(value);
                case "log_protocol_name" -> logged().protocol(value);
                case "client_name" -> client().name(value);
                case "reverse_client_name" -> client().reverseName(value);
                case "client_address" -> client().address(value);
                case "client_port" -> client().port(port(value));
                case "helo_name" -> client().helo(value);
                case "protocol_name" -> client().protocol(value);
                case "server_address" -> {
                    serverAddress = value;
                    yield true;
                }
                case "server_port" -> {
                    serverPort = port(value);
                    yield serverPort >= 0;
                }
                default -> false;
            };
        }

        private ClientReader logged() {
            ClientReader known = logged;
            if (known == null) {
                known = new ClientReader();
                logged = known;
            }
            return known;
        }

        private ClientReader client() {
            ClientReader known = client;
            if (known == null) {
                known = new ClientReader();
                client = known;
            }
            return known;
        }

        /// @return -1 for what no port is written as
        private static int port(String text) {
            int n = 0;
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                if (c < '0' || c > '9' || n > 0xffff || (c == '0' && i == 0 && text.length() > 1)) {
                    return -1;
                }
                n = n * 10 + c - '0';
            }
            return n;
        }

        public Attributes read() {
            Origin.Client who = client == null ? null : client.read();
            String said = family;
            if (said != null && (who == null || !said.equals(family(who.address())))) {
                unknown.add(new Attributes.Unknown.Named("client_address_type", said));
            }
            Origin.Server server =
                    serverAddress.isEmpty() && serverPort < 0
                            ? null
                            : new Origin.Server(serverAddress, serverPort);
            Origin.Client asLogged = logged == null ? null : logged.read();
            boolean login = !method.isEmpty() || !username.isEmpty() || saslSender != null;
            Dsn dsn =
                    returned == null && envelopeId == null && report == null
                            ? Dsn.NONE
                            : new Dsn(returned, envelopeId, report);
            return new Attributes(
                    new Origin(
                            context,
                            new Origin.Trace(source, asLogged, ident),
                            who,
                            server,
                            fullName,
                            ours),
                    login ? new Login(method, username, saslSender) : null,
                    dsn,
                    routing,
                    encoding,
                    unknown);
        }
    }

    /// What is known so far of a client; each says whether it took the value.
    private static final class ClientReader {
        private String name = "";
        private String reverseName = "";
        private String address = "";
        private int port = -1;
        private String helo = "";
        private String protocol = "";

        boolean name(String value) {
            name = value;
            return true;
        }

        boolean reverseName(String value) {
            reverseName = value;
            return true;
        }

        boolean address(String value) {
            address = value;
            return true;
        }

        boolean port(int value) {
            port = value;
            return value >= 0;
        }

        boolean helo(String value) {
            helo = value;
            return true;
        }

        boolean protocol(String value) {
            protocol = value;
            return true;
        }

        /// @return null where nothing is known
        Origin.@Nullable Client read() {
            boolean none = (name + reverseName + address + helo + protocol).isEmpty() && port < 0;
            return none
                    ? null
                    : new Origin.Client(name, reverseName, address, port, helo, protocol);
        }
    }
}
