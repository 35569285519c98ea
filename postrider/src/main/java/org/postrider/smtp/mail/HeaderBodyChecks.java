package org.postrider.smtp.mail;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.maps.Table;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;
import org.postrider.message.ContentAction;
import org.postrider.message.HeaderKind;
import org.postrider.message.Headers;
import org.postrider.message.MimeState;
import org.postrider.smtp.ClientSettings;
import org.postrider.smtp.SmtpParams;
import org.postrider.smtp.Twin;

/// smtp_header_checks and their kin: what changes in a content as it leaves (header_checks(5), of
/// which only the actions that change or log a piece are known here). Immutable; any thread.
final class HeaderBodyChecks {
    private static final int LOGGED = 60;

    /// Hears what is done.
    interface Notes {
        /// Of this mail.
        void note(String text);

        /// Of a table.
        void warn(String text);
    }

    /// The tables of one parameter.
    ///
    /// @param where `header` or `body`, as logged
    record Checks(String parameter, String where, Table table) {
        /// @param piece a header field with LF between its lines and none at its end, a line of a
        ///   body, or a piece of a long one
        /// @throws TableException where the table cannot answer
        ContentAction check(String piece, Notes notes) {
            String found = table.lookup(piece);
            if (found == null) {
                return ContentAction.KEEP;
            }
            ContentAction.Order order = ContentAction.Order.of(found);
            return switch (order.verb()) {
                case "DUNNO", "OK" -> ContentAction.KEEP;
                case "IGNORE" -> ContentAction.DROP;
                case "STRIP" -> {
                    note(notes, "strip", piece, order.text());
                    yield ContentAction.DROP;
                }
                case "WARN" -> {
                    note(notes, "warning", piece, order.text());
                    yield ContentAction.KEEP;
                }
                case "INFO" -> {
                    note(notes, "info", piece, order.text());
                    yield ContentAction.KEEP;
                }
                case "REPLACE", "PREPEND" -> written(order, piece, notes);
                default -> {
                    notes.warn("unsupported command in " + parameter + " map: " + found);
                    yield ContentAction.KEEP;
                }
            };
        }

        private ContentAction written(ContentAction.Order order, String piece, Notes notes) {
            String verb = order.verb();
            String text = order.text();
            if (text.isEmpty()) {
                notes.warn(verb + " action without text in " + parameter + " map");
                return ContentAction.KEEP;
            }
            if (where.equals("header") && !order.header()) {
                notes.warn(
                        "bad "
                                + verb
                                + " header text \""
                                + text
                                + "\" in "
                                + parameter
                                + " map -- need \"headername: headervalue\"");
                return ContentAction.KEEP;
            }
            boolean replaces = verb.equals("REPLACE");
            note(notes, replaces ? "replace" : "prepend", piece, text);
            return replaces ? new ContentAction.Replace(text) : new ContentAction.Prepend(text);
        }

        private void note(Notes notes, String action, String piece, String text) {
            String start = piece.substring(0, Math.min(LOGGED, piece.length()));
            notes.note(action + ": " + where + " " + start + (text.isEmpty() ? "" : ": " + text));
        }
    }

    private final @Nullable Checks headers;
    private final @Nullable Checks mimeHeaders;
    private final @Nullable Checks nestedHeaders;
    private final @Nullable Checks bodies;

    private HeaderBodyChecks(ClientSettings settings, Tables tables) {
        headers = checks(settings, tables, SmtpParams.HEADER_CHECKS, "header");
        mimeHeaders = checks(settings, tables, SmtpParams.MIME_HEADER_CHECKS, "header");
        nestedHeaders = checks(settings, tables, SmtpParams.NESTED_HEADER_CHECKS, "header");
        bodies = checks(settings, tables, SmtpParams.BODY_CHECKS, "body");
    }

    /// @return null where none are configured
    static @Nullable HeaderBodyChecks of(ClientSettings settings, Tables tables) {
        HeaderBodyChecks made = new HeaderBodyChecks(settings, tables);
        boolean any =
                made.headers != null
                        || made.mimeHeaders != null
                        || made.nestedHeaders != null
                        || made.bodies != null;
        return any ? made : null;
    }

    private static @Nullable Checks checks(
            ClientSettings settings, Tables tables, Twin<List<String>> parameter, String where) {
        List<String> words = settings.get(parameter);
        return words.isEmpty()
                ? null
                : new Checks(
                        settings.name(parameter),
                        where,
                        tables.chain(settings.name(parameter), words));
    }

    /// What sees this field; null for nothing.
    ///
    /// @param field LF between its lines and none at its end
    @Nullable Checks of(MimeState.Block block, byte[] field, int length) {
        return of(block, HeaderKind.of(field, 0, Headers.nameLength(field, 0, length)).mime());
    }

    /// @param ofMime one of MIME's own fields
    @Nullable Checks of(MimeState.Block block, boolean ofMime) {
        return switch (block) {
            case PRIMARY -> ofMime ? mimeHeaders : headers;
            case PART -> mimeHeaders;
            case NESTED -> ofMime ? mimeHeaders : nestedHeaders;
        };
    }

    /// What sees lines of bodies; null for nothing.
    @Nullable Checks ofBody() {
        return bodies;
    }
}
