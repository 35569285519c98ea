package org.postrider.smtpd;

import org.postrider.wire.Reply;

/// The server's replies that need no data, in Postfix's words.
public final class SmtpdReplies {
    public static final Reply HELO_SYNTAX = Reply.plain(501, "Syntax: HELO hostname");
    public static final Reply EHLO_SYNTAX = Reply.plain(501, "Syntax: EHLO hostname");
    public static final Reply HELO_FIRST = Reply.of(503, 5, 1, "Error: send HELO/EHLO first");
    public static final Reply NESTED_MAIL = Reply.of(503, 5, 1, "Error: nested MAIL command");
    public static final Reply NEED_MAIL = Reply.of(503, 5, 1, "Error: need MAIL command");
    public static final Reply NEED_RCPT = Reply.of(503, 5, 1, "Error: need RCPT command");
    public static final Reply NO_VALID_RECIPIENTS =
            Reply.of(554, 5, 1, "Error: no valid recipients");
    public static final Reply MAIL_AFTER_BDAT = Reply.of(503, 5, 1, "Error: MAIL after BDAT");
    public static final Reply RCPT_AFTER_BDAT = Reply.of(503, 5, 1, "Error: RCPT after BDAT");
    public static final Reply DATA_AFTER_BDAT = Reply.of(503, 5, 1, "Error: DATA after BDAT");
    public static final Reply MAIL_SYNTAX = Reply.of(501, 5, 4, "Syntax: MAIL FROM:<address>");
    public static final Reply RCPT_SYNTAX = Reply.of(501, 5, 4, "Syntax: RCPT TO:<address>");
    public static final Reply DATA_SYNTAX = Reply.of(501, 5, 4, "Syntax: DATA");
    public static final Reply RSET_SYNTAX = Reply.of(501, 5, 4, "Syntax: RSET");
    public static final Reply VRFY_SYNTAX = Reply.of(501, 5, 4, "Syntax: VRFY address");
    public static final Reply VRFY_SYNTAX_UTF8 =
            Reply.of(501, 5, 4, "Syntax: VRFY address [SMTPUTF8]");
    public static final Reply STARTTLS_SYNTAX = Reply.of(501, 5, 4, "Syntax: STARTTLS");
    public static final Reply STARTTLS_FIRST =
            Reply.of(530, 7, 0, "Must issue a STARTTLS command first");
    public static final Reply TLS_READY = Reply.of(220, 0, 0, "Ready to start TLS");
    public static final Reply TLS_ACTIVE = Reply.of(554, 5, 1, "Error: TLS already active");
    public static final Reply TLS_UNAVAILABLE =
            Reply.of(454, 7, 0, "TLS not available due to local problem");
    public static final Reply MAIL_IN_PROGRESS =
            Reply.of(503, 5, 1, "Error: MAIL transaction in progress");
    public static final Reply XCLIENT_SYNTAX =
            Reply.of(501, 5, 4, "Syntax: XCLIENT attribute=value...");
    public static final Reply XFORWARD_SYNTAX =
            Reply.of(501, 5, 4, "Syntax: XFORWARD attribute=value...");
    public static final Reply BLANK = Reply.of(500, 5, 2, "Error: bad syntax");
    public static final Reply BAD_UTF8 = Reply.of(500, 5, 2, "Error: bad UTF-8 syntax");
    public static final Reply NULL_CHUNK = Reply.of(551, 7, 1, "Null BDAT request");
    public static final Reply SIZE_OVERFLOW =
            Reply.of(552, 3, 4, "Message size exceeds file system imposed limit");
    public static final Reply BDAT_SYNTAX = Reply.of(521, 5, 4, "Syntax: BDAT count [LAST]");
    public static final Reply BAD_SENDER = Reply.of(501, 1, 7, "Bad sender address syntax");
    public static final Reply BAD_RECIPIENT = Reply.of(501, 1, 3, "Bad recipient address syntax");
    public static final Reply BAD_SIZE = Reply.of(501, 5, 4, "Bad message size syntax");
    public static final Reply SIZE_LIMIT = Reply.of(552, 3, 4, "Message size exceeds fixed limit");
    public static final Reply CHUNK_SIZE = Reply.of(552, 3, 4, "Chunk exceeds message size limit");
    public static final Reply TOO_BIG = Reply.of(552, 3, 4, "Error: message file too big");
    public static final Reply HEADER_TOO_BIG =
            Reply.of(552, 3, 4, "Error: message header too big to be checked");
    public static final Reply NO_SPACE = Reply.of(452, 3, 1, "Insufficient system storage");
    public static final Reply QUEUE_WRITE = Reply.of(451, 3, 0, "Error: queue file write error");
    public static final Reply DSN_DISABLED = Reply.of(501, 7, 1, "DSN support is disabled");
    public static final Reply BAD_RET = Reply.of(501, 5, 4, "Bad RET parameter syntax");
    public static final Reply BAD_ENVID = Reply.of(501, 5, 4, "Bad ENVID parameter syntax");
    public static final Reply BAD_NOTIFY =
            Reply.of(501, 5, 4, "Error: Bad NOTIFY parameter syntax");
    public static final Reply BAD_ORCPT = Reply.of(501, 5, 4, "Error: Bad ORCPT parameter syntax");
    public static final Reply TOO_MANY_RECIPIENTS =
            Reply.of(452, 5, 3, "Error: too many recipients");
    public static final Reply VERP_SENDER =
            Reply.of(503, 5, 4, "Error: XVERP requires non-null sender");
    public static final Reply MAIL_OK = Reply.of(250, 1, 0, "Ok");
    public static final Reply RCPT_OK = Reply.of(250, 1, 5, "Ok");
    public static final Reply OK = Reply.of(250, 0, 0, "Ok");
    public static final Reply BYE = Reply.of(221, 0, 0, "Bye");
    public static final Reply END_DATA = Reply.plain(354, "End data with <CR><LF>.<CR><LF>");
    public static final Reply VRFY_DISABLED = Reply.of(502, 5, 1, "VRFY command is disabled");
    public static final Reply NOT_RECOGNIZED = Reply.of(500, 5, 2, "Error: command not recognized");
    public static final Reply BREAKS_RULES =
            Reply.of(221, 7, 0, "Error: I can break rules, too. Goodbye.");
    public static final Reply SYNCHRONIZATION =
            Reply.of(554, 5, 0, "Error: SMTP protocol synchronization");
    public static final Reply NOT_IMPLEMENTED =
            Reply.of(502, 5, 1, "Error: command not implemented");
    public static final Reply CHUNKING_OFF = Reply.of(521, 5, 1, "Error: command not implemented");
    public static final Reply AUTH_DISABLED =
            Reply.of(503, 5, 1, "Error: authentication not enabled");
    public static final Reply AUTH_SYNTAX = Reply.of(501, 5, 4, "Syntax: AUTH mechanism");
    public static final Reply AUTHENTICATED_ALREADY =
            Reply.of(503, 5, 1, "Error: already authenticated");
    public static final Reply AUTHENTICATED = Reply.of(235, 7, 0, "Authentication successful");
    public static final Reply AUTH_ABORTED = Reply.of(501, 7, 0, "Authentication aborted");
    public static final Reply RESPONSE_LIMIT = Reply.of(500, 5, 6, "SASL response limit exceeded");
    public static final Reply NOT_AUTHORIZED =
            Reply.of(550, 7, 0, "Error: insufficient authorization");
    public static final Reply ETRN_HELO_FIRST = Reply.plain(503, "Error: send HELO/EHLO first");
    public static final Reply ETRN_IN_MAIL =
            Reply.plain(503, "Error: MAIL transaction in progress");
    public static final Reply ETRN_SYNTAX = Reply.plain(500, "Syntax: ETRN domain");
    public static final Reply ETRN_PARAMETER = Reply.plain(501, "Error: invalid parameter syntax");
    public static final Reply ETRN_STARTED = Reply.plain(250, "Queuing started");
    public static final Reply ETRN_UNABLE = Reply.plain(458, "Unable to queue messages");
    public static final Reply UNDECLARED_UTF8 =
            Reply.of(553, 6, 7, "Must declare SMTPUTF8 to send unicode address");
    public static final Reply LOOKUP_ERROR = Reply.of(451, 3, 0, "Temporary lookup error");

    private SmtpdReplies() {}

    public static Reply stopping(String hostname) {
        return Reply.of(421, 3, 2, hostname + " Service is shutting down, try again later");
    }

    public static Reply verpDelimiters(String allowed) {
        return Reply.of(501, 5, 4, "Error: XVERP needs two characters from " + allowed);
    }

    public static Reply dataError(String host) {
        return Reply.of(421, 3, 0, host + " Server local data error");
    }

    public static Reply localError(String host) {
        return Reply.of(421, 3, 0, host + " Server local error");
    }

    public static Reply accessDenied(String client) {
        return Reply.of(503, 7, 0, "Error: access denied for " + client);
    }

    public static Reply timeout(String host) {
        return Reply.of(421, 4, 2, host + " Error: timeout exceeded");
    }

    public static Reply tooManyErrors(String host) {
        return Reply.of(421, 7, 0, host + " Error: too many errors");
    }

    public static Reply unsupported(String option) {
        return Reply.of(555, 5, 4, "Unsupported option: " + option);
    }

    /// @param what `queued`, or with chunks `N bytes queued`
    public static Reply queued(String what, String id) {
        return Reply.of(250, 0, 0, "Ok: " + what + " as " + id);
    }

    /// The text of a reply as it is sent: controls, and without SMTPUTF8 all above ASCII, become
    /// blanks.
    ///
    /// @param utf8 smtputf8_enable
    public static String shown(String text, boolean utf8) {
        for (int i = 0; i < text.length(); i++) {
            if (unshown(text.charAt(i), utf8)) {
                StringBuilder blanked = new StringBuilder(text);
                for (int k = i; k < blanked.length(); k++) {
                    if (unshown(blanked.charAt(k), utf8)) {
                        blanked.setCharAt(k, ' ');
                    }
                }
                return blanked.toString();
            }
        }
        return text;
    }

    private static boolean unshown(char c, boolean utf8) {
        return c < ' ' || c == 127 || (c > 127 && !utf8);
    }
}
