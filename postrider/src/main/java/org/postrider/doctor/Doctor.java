package org.postrider.doctor;

import java.util.List;
import java.util.function.Consumer;
import org.postrider.config.ConfigException;
import org.postrider.doctor.Examination.RelayTest;
import org.postrider.doctor.Examination.Relayed;

/// Runs all checks of one domain. One thread, blocking; each step has an end.
public final class Doctor {
    private final Examination examination;
    private final Questions questions;
    private final Findings findings;

    /// @param out gets each finding as it comes
    public Doctor(Examination examination, Consumer<Finding> out) {
        this.examination = examination;
        questions = new Questions(examination.means().dns(), examination.means().clock());
        findings = new Findings(out);
    }

    /// @return the worst that was found
    public Level examine() {
        Exchangers exchangers = new Exchangers(examination, questions, findings);
        Exchangers.Found found = exchangers.check();
        Senders senders = new Senders(examination, questions, findings);
        Senders.Known known = senders.check();
        new SenderPolicy(examination, questions, findings).check(known, found);
        new DkimRecords(examination, questions, findings).check();
        new DmarcRecord(examination, questions, findings).check();
        new TransportPolicies(examination, questions, findings).check(found);
        new Ports(examination, questions, findings).check(found);
        relay();
        new DenyLists(examination, questions, findings).check(known);
        return findings.worst();
    }

    private void relay() {
        RelayTest test = examination.means().relay();
        if (test == null) {
            return;
        }
        try {
            List<Relayed> all = test.tried();
            for (Relayed each : all) {
                String at = all.size() == 1 ? "" : " at " + each.listener();
                if (each.refusal().isEmpty()) {
                    findings.wrong(
                            "relay",
                            "this server is an open relay"
                                    + at
                                    + ": a stranger's mail for another stranger is taken"
                                    + " (smtpd_relay_restrictions, mynetworks)");
                } else {
                    findings.ok("relay", "strangers cannot relay" + at + ": " + each.refusal());
                }
            }
        } catch (ConfigException e) {
            findings.unknown("relay", String.valueOf(e.getMessage()));
        }
    }
}
