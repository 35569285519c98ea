package org.postrider.milter.wire;

import org.jspecify.annotations.Nullable;

/// What a milter may say.
public enum Response {
    ADD_RECIPIENT('+', "SMFIR_ADDRCPT", true),
    DELETE_RECIPIENT('-', "SMFIR_DELRCPT", true),
    ADD_RECIPIENT_WITH('2', "SMFIR_ADDRCPT_PAR", true),
    SHUTDOWN('4', "SMFIR_SHUTDOWN", false),
    ACCEPT('a', "SMFIR_ACCEPT", false),
    REPLACE_BODY('b', "SMFIR_REPLBODY", true),
    CONTINUE('c', "SMFIR_CONTINUE", false),
    DISCARD('d', "SMFIR_DISCARD", false),
    CHANGE_FROM('e', "SMFIR_CHGFROM", true),
    CONNECTION_FAILED('f', "SMFIR_CONN_FAIL", false),
    ADD_HEADER('h', "SMFIR_ADDHEADER", true),
    INSERT_HEADER('i', "SMFIR_INSHEADER", true),
    SET_SYMBOLS('l', "SMFIR_SETSYMLIST", false),
    CHANGE_HEADER('m', "SMFIR_CHGHEADER", true),
    PROGRESS('p', "SMFIR_PROGRESS", false),
    QUARANTINE('q', "SMFIR_QUARANTINE", false),
    REJECT('r', "SMFIR_REJECT", false),
    SKIP('s', "SMFIR_SKIP", false),
    TEMPFAIL('t', "SMFIR_TEMPFAIL", false),
    REPLY_CODE('y', "SMFIR_REPLYCODE", false);

    private final char command;
    private final String word;
    private final boolean change;

    Response(char command, String word, boolean change) {
        this.command = command;
        this.word = word;
        this.change = change;
    }

    /// Null for none of them.
    public static @Nullable Response of(char command) {
        for (Response each : values()) {
            if (each.command == command) {
                return each;
            }
        }
        return null;
    }

    /// As logs have it.
    public String word() {
        return word;
    }

    /// It wants the mail to be changed, which is for the end of the message.
    public boolean change() {
        return change;
    }
}
