package org.postrider.log.text;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.jspecify.annotations.Nullable;
import org.postrider.log.ConfigurationEvent;
import org.postrider.log.DeliveryEvent;
import org.postrider.log.Event;
import org.postrider.log.MailEvent;
import org.postrider.log.QueueEvent;
import org.postrider.log.SessionEvent;
import org.postrider.log.TlsEvent;
import org.postrider.log.Trouble;

/// The fields of each event in a JSON line (docs/json-log.md), in Postfix's words.
public final class JsonLines {
    private JsonLines() {}

    public static void render(Event event, JsonWriter json) {
        switch (event) {
            case SessionEvent e -> session(e, json);
            case MailEvent e -> mail(e, json);
            case QueueEvent e -> queue(e, json);
            case DeliveryEvent e -> delivery(e, json);
            case TlsEvent e -> tls(e, json);
            case ConfigurationEvent e -> configuration(e, json);
            case Trouble e -> trouble(e, json);
            case Event.Text e -> json.field("event", "text").field("text", e.text());
        }
    }

    private static void trouble(Trouble event, JsonWriter json) {
        switch (event) {
            case Trouble.Panic e -> {
                StringWriter stack = new StringWriter();
                e.bug().printStackTrace(new PrintWriter(stack));
                json.field("event", "panic")
                        .field("text", e.what() + ": " + e.bug())
                        .field("stack", stack.toString());
            }
            case Trouble.LogStopped e ->
                    json.field("event", "log_stopped")
                            .field("log", e.log())
                            .field("reason", e.reason());
            case Trouble.LogGoesOn e ->
                    json.field("event", "log_goes_on")
                            .field("log", e.log())
                            .field("lost", e.lost());
            case Trouble.LogEnded e ->
                    json.field("event", "log_ended").field("log", e.log()).field("lost", e.lost());
            case Trouble.LookupFailed e ->
                    json.field("event", "lookup_failed").field("text", e.text());
            case Trouble.SubscriberFailed e ->
                    json.field("event", "subscriber_failed")
                            .field("subscriber", e.subscriber())
                            .field("lost", e.events())
                            .field("reason", e.bug().toString());
        }
    }

    private static JsonWriter of(String event, String queueId, JsonWriter json) {
        return json.field("event", event).field("queue_id", queueId);
    }

    private static void session(SessionEvent event, JsonWriter json) {
        switch (event) {
            case SessionEvent.Connect e -> client("connect", e.client(), json);
            case SessionEvent.Disconnect e ->
                    client("disconnect", e.client(), json)
                            .counts("commands", e.commands(), SessionEvent.Count::tried)
                            .counts("succeeded", e.commands(), SessionEvent.Count::succeeded);
            case SessionEvent.Ended e ->
                    client("session_ended", e.client(), json)
                            .field("reason", e.cause().words())
                            .field("after", e.after());
            case SessionEvent.Screened e ->
                    client("screened", e.client(), json)
                            .field("verdict", e.verdict())
                            .field("text", e.said());
            case SessionEvent.EarlyTalk e ->
                    client("early_talk", e.client(), json)
                            .field("after", e.after())
                            .field("text", e.text());
            case SessionEvent.NotSmtp e ->
                    client("not_smtp", e.client(), json).field("text", e.text());
            case SessionEvent.LineTooLong e ->
                    client("line_too_long", e.client(), json)
                            .field("limit", e.limit())
                            .field("text", e.text());
            case SessionEvent.AuthFailed e ->
                    client("auth_failed", e.client(), json)
                            .field("sasl_method", e.mechanism())
                            .field("sasl_username", e.username())
                            .field("reason", e.reason());
            case SessionEvent.AuthAborted e ->
                    client("auth_aborted", e.client(), json).field("sasl_method", e.mechanism());
            case SessionEvent.LimitExceeded e ->
                    client("limit_exceeded", e.client(), json)
                            .field("limit", e.limit())
                            .field("count", e.count())
                            .field("service", e.service());
            case SessionEvent.HandshakeRefused e ->
                    client("handshake_refused", e.client(), json)
                            .field("request", e.request())
                            .field("service", e.service());
            case SessionEvent.RateExceeded e ->
                    client("rate_exceeded", e.client(), json)
                            .field("limit", e.limit())
                            .field("counted", e.counted())
                            .field("name", e.name())
                            .field("service", e.service())
                            .field("parameter", e.rate().parameter())
                            .field("most", e.rate().most())
                            .field("period", e.rate().time())
                            .field("action", e.rate().action());
        }
    }

    private static void spoke(MailEvent.Spoke spoke, JsonWriter json) {
        if (!spoke.protocol().isEmpty()) {
            json.field("protocol_name", spoke.protocol());
        }
        if (!spoke.helo().isEmpty()) {
            json.field("helo_name", spoke.helo());
        }
        MailEvent.Tls tls = spoke.tls();
        if (tls != null) {
            json.field("tls_version", tls.version()).field("cipher_name", tls.cipher());
        }
    }

    private static JsonWriter client(String event, String client, JsonWriter json) {
        return host(json.field("event", event), "client", client);
    }

    private static void mail(MailEvent event, JsonWriter json) {
        switch (event) {
            case MailEvent.Pickup e ->
                    of("pickup", e.queueId(), json)
                            .field("uid", e.uid())
                            .field("sender", e.sender());
            case MailEvent.Requeued e ->
                    of("requeued", e.queueId(), json)
                            .field("uid", e.uid())
                            .field("sender", e.sender())
                            .field("orig_queue_id", e.formerId());
            case MailEvent.Client e -> {
                host(of("client", e.queueId(), json), "client", e.client());
                login(e.login(), json);
                json.field("sasl_sender", e.saslSender())
                        .field("orig_queue_id", e.former().queueId())
                        .field("orig_client", e.former().client());
                spoke(e.spoke(), json);
            }
            case MailEvent.Access e -> {
                of("access", e.queueId(), json)
                        .field("action", e.action())
                        .field("command", e.command());
                host(json, "client", e.client());
                if (e.parties() != null) {
                    parties(e.parties(), json);
                }
                json.field("reply", e.reply());
            }
            case MailEvent.MessageId e ->
                    of("message_id", e.queueId(), json)
                            .field("message_id", e.messageId())
                            .field("resent", e.resent());
            case MailEvent.ContentCheck e -> {
                of("content_check", e.queueId(), json)
                        .field("action", e.action())
                        .field("part", word(e.where()))
                        .field("piece", e.where().substring(word(e.where()).length()).strip());
                host(json, "client", e.client());
                parties(e.parties(), json);
                some("reply", e.text(), json);
            }
            case MailEvent.BadChunk e -> {
                host(of("bad_chunk", e.queueId(), json), "client", e.client())
                        .field("reason", e.fault());
                some("text", e.text(), json);
            }
            case MailEvent.NoMemory e ->
                    host(of("no_memory", e.queueId(), json), "client", e.client())
                            .field("nrcpt", e.recipients());
            case MailEvent.TooLarge e -> of("too_large", e.queueId(), json);
        }
    }

    private static String word(String text) {
        int space = text.indexOf(' ');
        return space < 0 ? text : text.substring(0, space);
    }

    private static void parties(MailEvent.Parties p, JsonWriter json) {
        json.field("sender", p.sender()).field("recipient", p.recipient());
        some("protocol_name", p.protocol(), json);
        some("helo_name", p.helo(), json);
        login(p.login(), json);
        if (p.rule() != null) {
            json.field("rule", p.rule().text()).field("rule_set", p.rule().set());
        }
    }

    private static void login(MailEvent.@Nullable Login login, JsonWriter json) {
        if (login != null) {
            json.field("sasl_method", login.method()).field("sasl_username", login.username());
        }
    }

    /// Left out where it is empty.
    private static void some(String name, String text, JsonWriter json) {
        json.field(name, text.isEmpty() ? null : text);
    }

    private static void queue(QueueEvent event, JsonWriter json) {
        switch (event) {
            case QueueEvent.Active e ->
                    of("active", e.queueId(), json)
                            .field("sender", e.sender())
                            .field("size", e.size())
                            .field("nrcpt", e.recipients());
            case QueueEvent.Expired e ->
                    of("expired", e.queueId(), json)
                            .field("sender", e.sender())
                            .field("status", e.forced() ? "force-expired" : "expired");
            case QueueEvent.Removed e -> of("removed", e.queueId(), json);
            case QueueEvent.Kept e -> json.field("event", "kept").field("reason", e.reason());
            case QueueEvent.NoticePutOff e ->
                    of("notice_put_off", e.queueId(), json)
                            .field("last", e.last())
                            .field("reason", e.reason());
            case QueueEvent.Suspended _ -> json.field("event", "queue_suspended");
            case QueueEvent.Resumed _ -> json.field("event", "queue_resumed");
            case QueueEvent.NoSpace e -> json.field("event", "no_space").field("free", e.free());
            case QueueEvent.SetAside e ->
                    json.field("event", "set_aside")
                            .field("file", e.file())
                            .field("reason", e.reason());
        }
    }

    private static void delivery(DeliveryEvent event, JsonWriter json) {
        switch (event) {
            case DeliveryEvent.Delivery e -> outcome(e, json);
            case DeliveryEvent.NoConnection e ->
                    host(json.field("event", "no_connection"), "relay", e.server())
                            .field("reason", e.reason());
            case DeliveryEvent.ServerRefused e ->
                    of("server_refused", e.queueId(), json).field("reply", e.text());
            case DeliveryEvent.NoTransport e ->
                    json.field("event", "no_transport").field("transport", e.transport());
            case DeliveryEvent.Notification e ->
                    of("notification", e.queueId(), json)
                            .field("notification", e.kind())
                            .field("notice_queue_id", e.noticeId());
        }
    }

    private static void outcome(DeliveryEvent.Delivery e, JsonWriter json) {
        of("delivery", e.queueId(), json)
                .field("recipient", e.recipient())
                .field("original_recipient", e.originalRecipient());
        host(json.field("relay", e.relay().name()), "relay", e.relay().name());
        if (e.relay().use() > 1) {
            json.field("conn_use", e.relay().use());
        }
        json.seconds("delay", e.delayNanos()).seconds("delays", e.delaysNanos());
        some("tls", e.relay().tls(), json);
        json.field("dsn", e.dsn()).field("status", e.status()).field("reply", e.reason());
    }

    private static void tls(TlsEvent event, JsonWriter json) {
        switch (event) {
            case TlsEvent.Established e -> {
                host(json.field("event", "tls"), peer(e.end()), e.peer())
                        .field("trust", e.trust())
                        .field("tls_server_name", e.serverName())
                        .field("tls_version", e.agreed().protocol())
                        .field("cipher_name", e.agreed().cipher());
                some("exchange", e.agreed().exchange(), json);
            }
            case TlsEvent.Failed e ->
                    host(json.field("event", "tls_failed"), peer(e.end()), e.peer())
                            .field("reason", e.reason());
            case TlsEvent.Unverified e ->
                    client("tls_unverified", e.client(), json).field("reason", e.reason());
            case TlsEvent.LibraryProblem e ->
                    json.field("event", "tls_library_problem").field("text", e.text());
        }
    }

    private static String peer(TlsEvent.End end) {
        return end == TlsEvent.End.SERVER ? "client" : "relay";
    }

    private static void configuration(ConfigurationEvent event, JsonWriter json) {
        switch (event) {
            case ConfigurationEvent.Started e ->
                    json.field("event", "started")
                            .field("mail_version", e.version())
                            .field("config_directory", e.directory());
            case ConfigurationEvent.Reloaded e ->
                    json.field("event", "reloaded")
                            .field("mail_version", e.version())
                            .field("config_directory", e.directory());
            case ConfigurationEvent.StartRefused e ->
                    json.field("event", "start_refused").field("reason", e.reason());
            case ConfigurationEvent.ReloadRefused e ->
                    json.field("event", "reload_refused").field("reason", e.reason());
            case ConfigurationEvent.Notice e ->
                    json.field("event", "configuration_notice").field("text", e.text());
            case ConfigurationEvent.Unchanged e ->
                    json.field("event", "unchanged")
                            .field("parameter", e.parameter())
                            .field("wanted", e.wanted())
                            .field("value", e.is());
            case ConfigurationEvent.Stopping e ->
                    json.field("event", "stopping").field("broken", e.broken());
        }
    }

    /// `name[address]` and `name[address]:port` in their parts, looked at from the end: the name is
    /// whatever its owner says. `local` and its like are names.
    private static JsonWriter host(JsonWriter json, String what, String text) {
        int close = text.lastIndexOf(']');
        int open = text.lastIndexOf('[', close);
        String port = text.substring(close + 1);
        if (open < 0 || close < 0 || !(port.isEmpty() || port(port))) {
            return what.equals("client") ? json.field("client_name", text) : json;
        }
        json.field(what + "_name", text.substring(0, open))
                .field(what + "_address", text.substring(open + 1, close));
        if (!port.isEmpty()) {
            json.digits(what + "_port", port.substring(1));
        }
        return json;
    }

    /// `:` and a number as JSON writes it.
    private static boolean port(String text) {
        return text.length() > 1
                && text.length() < 7
                && text.charAt(0) == ':'
                && text.charAt(1) != '0'
                && text.chars().skip(1).allMatch(c -> c >= '0' && c <= '9');
    }
}
