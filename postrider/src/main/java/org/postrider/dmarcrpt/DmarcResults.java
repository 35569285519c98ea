package org.postrider.dmarcrpt;

/// Takes what came of mails. Any thread; returns at once, whatever becomes of it.
public interface DmarcResults {
    /// Nobody is told: dmarc_reporting = no.
    DmarcResults NONE = outcome -> {};

    /// One mail's, once, when the client has its answer.
    void took(DmarcOutcome outcome);
}
