package org.postrider.milter.wire;

/// What a milter is told of, with its command and the flags of the negotiation that concern it.
public enum Event {
    CONNECT('C', "SMFIC_CONNECT", 0x1, 0x1000, 2),
    HELO('H', "SMFIC_HELO", 0x2, 0x2000, 2),
    MAIL('M', "SMFIC_MAIL", 0x4, 0x4000, 2),
    RCPT('R', "SMFIC_RCPT", 0x8, 0x8000, 2),
    BODY('B', "SMFIC_BODY", 0x10, 0x80000, 2),
    HEADER('L', "SMFIC_HEADER", 0x20, 0x80, 2),
    END_OF_HEADER('N', "SMFIC_EOH", 0x40, 0x40000, 2),
    UNKNOWN('U', "SMFIC_UNKNOWN", 0x100, 0x20000, 3),
    DATA('T', "SMFIC_DATA", 0x200, 0x10000, 4),
    END_OF_BODY('E', "SMFIC_BODYEOB", 0, 0, 2);

    private final char command;
    private final String word;
    private final int unheard;
    private final int unanswered;
    private final int since;

    Event(char command, String word, int unheard, int unanswered, int since) {
        this.command = command;
        this.word = word;
        this.unheard = unheard;
        this.unanswered = unanswered;
        this.since = since;
    }

    public char command() {
        return command;
    }

    /// As logs have it.
    public String word() {
        return word;
    }

    /// The flag of a milter that does not want to hear of it; 0 for none.
    public int unheard() {
        return unheard;
    }

    /// The flag of a milter that does not answer it; 0 for none.
    public int unanswered() {
        return unanswered;
    }

    /// The first version of the protocol that has it.
    public int since() {
        return since;
    }
}
