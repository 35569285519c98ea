package org.postrider.cleanup;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.config.Param;
import org.postrider.config.Settings;
import org.postrider.dsn.DsnSplit;
import org.postrider.dsn.Status;
import org.postrider.log.MailEvent;
import org.postrider.maps.Table;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;
import org.postrider.message.ContentAction;
import org.postrider.message.MimeState;
import org.postrider.queue.Origin;
import org.postrider.queue.Routing;

/// What header_checks, body_checks and the like want done with a piece of content
/// (header_checks(5)).
final class CheckTables {
    private static final int LOGGED = 200;
    private static final int MIME_LOGGED = 100;

    private final String parameter;
    private final String prefix;
    private final String context;
    private final Table table;

    /// @param context `header` or `body`, as logged
    /// @param prefix of what is done, as logged
    CheckTables(String parameter, String prefix, String context, Table table) {
        this.parameter = parameter;
        this.prefix = prefix;
        this.context = context;
        this.table = table;
    }

    /// @return null where none are configured
    static @Nullable CheckTables of(
            Settings settings, Tables tables, Param<List<String>> parameter, String context) {
        List<String> words = settings.get(parameter);
        return words.isEmpty()
                ? null
                : new CheckTables(
                        parameter.name(), "", context, tables.chain(parameter.name(), words));
    }

    /// milter_header_checks.
    ///
    /// @return null where none are configured
    static @Nullable CheckTables ofMilters(Settings settings, Tables tables) {
        List<String> words = settings.get(CleanupParams.MILTER_HEADER_CHECKS);
        return words.isEmpty()
                ? null
                : new CheckTables(
                        CleanupParams.MILTER_HEADER_CHECKS.name(),
                        "milter-header-",
                        "header",
                        tables.chain(CleanupParams.MILTER_HEADER_CHECKS.name(), words));
    }

    /// What is wrong with a result, in the words that are logged when mail comes to it, and the
    /// mail goes on as if there were none; null for nothing.
    ///
    /// @param body of body_checks, whose text need not begin as a header field does
    static @Nullable String fault(String found, String parameter, boolean body) {
        boolean ofMilters = parameter.equals(CleanupParams.MILTER_HEADER_CHECKS.name());
        ContentAction.Order order = ContentAction.Order.of(found);
        String verb = order.verb();
        String text = order.text();
        String map = " in " + parameter + " map";
        return switch (verb) {
            case "DUNNO", "OK", "IGNORE", "STRIP", "WARN", "INFO", "REJECT", "DISCARD", "HOLD" ->
                    null;
            case "PASS" -> ofMilters ? "unsupported command" + map + ": " + found : null;
            case "FILTER" ->
                    text.isEmpty()
                            ? "missing FILTER command argument" + map
                            : text.indexOf(':') >= 0
                                    ? null
                                    : "bad FILTER command "
                                            + text
                                            + " in "
                                            + parameter
                                            + " -- need transport:destination";
            case "REDIRECT" -> address(text, "bad REDIRECT target", map);
            case "BCC" -> address(text, "bad BCC address", map);
            case "PREPEND", "REPLACE" ->
                    text.isEmpty()
                            ? verb + " action without text" + map
                            : body || order.header()
                                    ? null
                                    : "bad "
                                            + verb
                                            + " header text \""
                                            + text
                                            + "\""
                                            + map
                                            + " -- need \"headername: headervalue\"";
            default -> (ofMilters ? "unsupported" : "unknown") + " command" + map + ": " + found;
        };
    }

    private static @Nullable String address(String text, String bad, String map) {
        return text.indexOf('@') > 0
                ? null
                : bad + " \"" + text + "\"" + map + " -- need user@domain";
    }

    /// Looks up one header (folded lines parted by LF) or body line and does what the table says.
    ContentAction check(Run run, String piece) {
        if (piece.isEmpty() || run.failure() != null) {
            // No table is asked for nothing, nor for mail that is refused already.
            return ContentAction.KEEP;
        }
        String found;
        try {
            found = table.lookup(piece);
        } catch (TableException e) {
            run.refused(e, parameter + " map lookup problem");
            run.fail(Problem.WRITE);
            return ContentAction.KEEP;
        }
        return found == null ? ContentAction.KEEP : act(run, piece, found);
    }

    private ContentAction act(Run run, String piece, String found) {
        String fault = fault(found, parameter, context.equals("body"));
        if (fault != null) {
            run.log.warning(run.tag, fault);
            return ContentAction.KEEP;
        }
        ContentAction.Order order = ContentAction.Order.of(found);
        String text = order.text();
        Routing routing = run.attributes.routing();
        switch (order.verb()) {
            case "IGNORE" -> {
                return ContentAction.DROP;
            }
            case "STRIP" -> {
                log(run, prefix + "strip", context, piece, text);
                return ContentAction.DROP;
            }
            case "PREPEND" -> {
                log(run, prefix + "prepend", context, piece, text);
                return new ContentAction.Prepend(text);
            }
            case "REPLACE" -> {
                log(run, prefix + "replace", context, piece, text);
                return new ContentAction.Replace(text);
            }
            case "WARN" -> log(run, prefix + "warning", context, piece, text);
            case "INFO" -> log(run, prefix + "info", context, piece, text);
            case "PASS" -> {
                log(run, "pass", context, piece, text);
                run.checking = false;
            }
            case "REJECT" -> reject(run, prefix, context, piece, text);
            case "DISCARD" -> {
                log(run, prefix + "discard", context, piece, text);
                run.discarded = new CleanupService.Result.Discarded(text.isEmpty() ? null : text);
                run.checking = false;
            }
            case "HOLD" -> {
                if (!run.hold) {
                    log(run, prefix + "hold", context, piece, text);
                    run.hold = true;
                }
            }
            case "FILTER" -> {
                log(run, prefix + "filter", context, piece, text);
                run.attributes = run.attributes.withRouting(routing.withContentFilter(text));
            }
            case "REDIRECT" -> {
                log(run, prefix + "redirect", context, piece, text);
                run.attributes = run.attributes.withRouting(routing.withRedirect(text));
                // Who is sent elsewhere is looked at no further.
                run.checking = false;
            }
            case "BCC" -> {
                log(run, prefix + "bcc", context, piece, text);
                run.bcc.add(text);
            }
            // DUNNO, OK
            default -> {}
        }
        return ContentAction.KEEP;
    }

    /// One of strict_8bitmime and its kin, or a limit.
    static void mimeFault(Run run, MimeState.Fault fault, byte[] text, int length) {
        String piece = text(text, 0, Math.min(MIME_LOGGED, length));
        run.log.event(
                run.tag,
                new MailEvent.ContentCheck(
                        run.id().text(),
                        "reject",
                        "mime-error " + fault.text() + ": " + piece,
                        run.source(),
                        new MailEvent.Parties(run.sender.text(), run.lastRecipient, "", ""),
                        ""));
    }

    static void reject(Run run, String context, String piece, String text) {
        reject(run, "", context, piece, text);
    }

    private static void reject(Run run, String prefix, String context, String piece, String text) {
        Status status = Problem.CONTENT.status();
        String reason = text.isEmpty() ? "message content rejected" : text;
        Status own = DsnSplit.status(reason);
        if (own != null) {
            reason = DsnSplit.rest(reason);
            status = own;
            if (own.kind() == 2) {
                run.log.warning(run.tag, "bad DSN action in " + text + " -- need 4.x.x or 5.x.x");
                status = new Status(4, own.subject(), own.detail());
            }
        }
        log(run, prefix + "reject", context, piece, status + " " + reason);
        run.fail(status.permanent() ? Problem.CONTENT : Problem.DEFER, status, reason);
        run.checking = false;
    }

    private static void log(Run run, String action, String context, String piece, String text) {
        Origin.Client client = run.attributes.origin().logged();
        run.log.event(
                run.tag,
                new MailEvent.ContentCheck(
                        run.id().text(),
                        action,
                        context + " " + piece.substring(0, Math.min(LOGGED, piece.length())),
                        run.source(),
                        new MailEvent.Parties(
                                run.sender.text(),
                                run.lastRecipient.isEmpty() ? null : run.lastRecipient,
                                client == null ? "" : client.protocol(),
                                client == null ? "" : client.helo()),
                        text));
    }

    /// What a table or a setting puts into a message: CRLF ends each of its lines, whatever ended
    /// it there, and the last.
    static byte[] lines(String text) {
        return octets(crlf(text));
    }

    static String crlf(String text) {
        String clean = text.replace("\r\n", "\n").replace('\r', ' ').replace("\n", "\r\n");
        return clean + "\r\n";
    }

    static byte[] octets(CharSequence text) {
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    static String text(byte[] from, int start, int end) {
        return new String(from, start, end - start, StandardCharsets.ISO_8859_1);
    }
}
