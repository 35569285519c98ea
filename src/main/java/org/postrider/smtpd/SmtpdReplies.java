package org.postrider.smtpd;

import org.postrider.wire.Reply;

/// The server's replies that need no data, in Postfix's words.
final class SmtpdReplies {
    static final Reply HELO_SYNTAX = Reply.plain(501, "Syntax: HELO hostname");
    static final Reply EHLO_SYNTAX = Reply.plain(501, "Syntax: EHLO hostname");
    static final Reply HELO_FIRST = Reply.of(503, 5, 1, "Error: send HELO/EHLO first");
    static final Reply NESTED_MAIL = Reply.of(503, 5, 1, "Error: nested MAIL command");
    static final Reply NEED_MAIL = Reply.of(503, 5, 1, "Error: need MAIL command");
    static final Reply NEED_RCPT = Reply.of(503, 5, 1, "Error: need RCPT command");
    static final Reply NO_VALID_RECIPIENTS = Reply.of(554, 5, 1, "Error: no valid recipients");
    static final Reply MAIL_AFTER_BDAT = Reply.of(503, 5, 1, "Error: MAIL after BDAT");
    static final Reply RCPT_AFTER_BDAT = Reply.of(503, 5, 1, "Error: RCPT after BDAT");
    static final Reply DATA_AFTER_BDAT = Reply.of(503, 5, 1, "Error: DATA after BDAT");
    static final Reply MAIL_SYNTAX = Reply.of(501, 5, 4, "Syntax: MAIL FROM:<address>");
    static final Reply RCPT_SYNTAX = Reply.of(501, 5, 4, "Syntax: RCPT TO:<address>");
    static final Reply DATA_SYNTAX = Reply.of(501, 5, 4, "Syntax: DATA");
    static final Reply RSET_SYNTAX = Reply.of(501, 5, 4, "Syntax: RSET");
    static final Reply VRFY_SYNTAX = Reply.of(501, 5, 4, "Syntax: VRFY address");
    static final Reply VRFY_SYNTAX_UTF8 = Reply.of(501, 5, 4, "Syntax: VRFY address [SMTPUTF8]");
    static final Reply STARTTLS_SYNTAX = Reply.of(501, 5, 4, "Syntax: STARTTLS");
    static final Reply STARTTLS_FIRST = Reply.of(530, 7, 0, "Must issue a STARTTLS command first");
    static final Reply TLS_READY = Reply.of(220, 0, 0, "Ready to start TLS");
    static final Reply TLS_ACTIVE = Reply.of(554, 5, 1, "Error: TLS already active");
    static final Reply TLS_UNAVAILABLE =
            Reply.of(454, 7, 0, "TLS not available due to local problem");
    static final Reply MAIL_IN_PROGRESS =
            Reply.of(503, 5, 1, "Error: MAIL transaction in progress");
    static final Reply XCLIENT_SYNTAX = Reply.of(501, 5, 4, "Syntax: XCLIENT attribute=value...");
    static final Reply XFORWARD_SYNTAX = Reply.of(501, 5, 4, "Syntax: XFORWARD attribute=value...");
    static final Reply BLANK = Reply.of(500, 5, 2, "Error: bad syntax");
    static final Reply BAD_UTF8 = Reply.of(500, 5, 2, "Error: bad UTF-8 syntax");
    static final Reply NULL_CHUNK = Reply.of(551, 7, 1, "Null BDAT request");
    static final Reply SIZE_OVERFLOW =
            Reply.of(552, 3, 4, "Message size exceeds file system imposed limit");
    static final Reply BDAT_SYNTAX = Reply.of(521, 5, 4, "Syntax: BDAT count [LAST]");
    static final Reply BAD_SENDER = Reply.of(501, 1, 7, "Bad sender address syntax");
    static final Reply BAD_RECIPIENT = Reply.of(501, 1, 3, "Bad recipient address syntax");
    static final Reply BAD_SIZE = Reply.of(501, 5, 4, "Bad message size syntax");
    static final Reply SIZE_LIMIT = Reply.of(552, 3, 4, "Message size exceeds fixed limit");
    static final Reply CHUNK_SIZE = Reply.of(552, 3, 4, "Chunk exceeds message size limit");
    static final Reply TOO_BIG = Reply.of(552, 3, 4, "Error: message file too big");
    static final Reply NO_SPACE = Reply.of(452, 3, 1, "Insufficient system storage");
    static final Reply QUEUE_WRITE = Reply.of(451, 3, 0, "Error: queue file write error");
    static final Reply DSN_DISABLED = Reply.of(501, 7, 1, "DSN support is disabled");
    static final Reply BAD_RET = Reply.of(501, 5, 4, "Bad RET parameter syntax");
    static final Reply BAD_ENVID = Reply.of(501, 5, 4, "Bad ENVID parameter syntax");
    static final Reply BAD_NOTIFY = Reply.of(501, 5, 4, "Error: Bad NOTIFY parameter syntax");
    static final Reply BAD_ORCPT = Reply.of(501, 5, 4, "Error: Bad ORCPT parameter syntax");
    static final Reply TOO_MANY_RECIPIENTS = Reply.of(452, 5, 3, "Error: too many recipients");
    static final Reply VERP_SENDER = Reply.of(503, 5, 4, "Error: XVERP requires non-null sender");
    static final Reply MAIL_OK = Reply.of(250, 1, 0, "Ok");
    static final Reply RCPT_OK = Reply.of(250, 1, 5, "Ok");
    static final Reply OK = Reply.of(250, 0, 0, "Ok");
    static final Reply BYE = Reply.of(221, 0, 0, "Bye");
    static final Reply END_DATA = Reply.plain(354, "End data with <CR><LF>.<CR><LF>");
    static final Reply VRFY_DISABLED = Reply.of(502, 5, 1, "VRFY command is disabled");
    static final Reply NOT_RECOGNIZED = Reply.of(500, 5, 2, "Error: command not recognized");
    static final Reply BREAKS_RULES =
            Reply.of(221, 7, 0, "Error: I can break rules, too. Goodbye.");
    static final Reply SYNCHRONIZATION =
            Reply.of(554, 5, 0, "Error: SMTP protocol synchronization");
    static final Reply NOT_IMPLEMENTED = Reply.of(502, 5, 1, "Error: command not implemented");
    static final Reply CHUNKING_OFF = Reply.of(521, 5, 1, "Error: command not implemented");
    static final Reply AUTH_DISABLED = Reply.of(503, 5, 1, "Error: authentication not enabled");
    static final Reply AUTH_SYNTAX = Reply.of(501, 5, 4, "Syntax: AUTH mechanism");
    static final Reply AUTHENTICATED_ALREADY = Reply.of(503, 5, 1, "Error: already authenticated");
    static final Reply AUTHENTICATED = Reply.of(235, 7, 0, "Authentication successful");
    static final Reply AUTH_ABORTED = Reply.of(501, 7, 0, "Authentication aborted");
    static final Reply RESPONSE_LIMIT = Reply.of(500, 5, 6, "SASL response limit exceeded");
    static final Reply NOT_AUTHORIZED = Reply.of(550, 7, 0, "Error: insufficient authorization");
    static final Reply ETRN_HELO_FIRST = Reply.plain(503, "Error: send HELO/EHLO first");
    static final Reply ETRN_IN_MAIL = Reply.plain(503, "Error: MAIL transaction in progress");
    static final Reply ETRN_SYNTAX = Reply.plain(500, "Syntax: ETRN domain");
    static final Reply ETRN_PARAMETER = Reply.plain(501, "Error: invalid parameter syntax");
    static final Reply ETRN_STARTED = Reply.plain(250, "Queuing started");
    static final Reply ETRN_UNABLE = Reply.plain(458, "Unable to queue messages");
    static final Reply UNDECLARED_UTF8 =
            Reply.of(553, 6, 7, "Must declare SMTPUTF8 to send unicode address");
    static final Reply LOOKUP_ERROR = Reply.of(451, 3, 0, "Temporary lookup error");

    private SmtpdReplies() {}

    static Reply stopping(String hostname) {
        return Reply.of(421, 3, 2, hostname + " Service is shutting down, try again later");
    }

    static Reply verpDelimiters(String allowed) {
        return Reply.of(501, 5, 4, "Error: XVERP needs two characters from " + allowed);
    }

    static Reply dataError(String host) {
        return Reply.of(421, 3, 0, host + " Server local data error");
    }

    static Reply localError(String host) {
        return Reply.of(421, 3, 0, host + " Server local error");
    }

    static Reply accessDenied(String client) {
        return Reply.of(503, 7, 0, "Error: access denied for " + client);
    }

    static Reply timeout(String host) {
        return Reply.of(421, 4, 2, host + " Error: timeout exceeded");
    }

    static Reply tooManyErrors(String host) {
        return Reply.of(421, 7, 0, host + " Error: too many errors");
    }

    static Reply unsupported(String option) {
        return Reply.of(555, 5, 4, "Unsupported option: " + option);
    }

    /// @param what `queued`, or with chunks `N bytes queued`
    static Reply queued(String what, String id) {
        return Reply.of(250, 0, 0, "Ok: " + what + " as " + id);
    }
}
