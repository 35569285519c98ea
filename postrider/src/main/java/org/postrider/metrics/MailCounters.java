package org.postrider.metrics;

import java.util.List;
import org.postrider.log.ConfigurationEvent;
import org.postrider.log.DeliveryEvent;
import org.postrider.log.Event;
import org.postrider.log.MailEvent;
import org.postrider.log.Occurrence;
import org.postrider.log.QueueEvent;
import org.postrider.log.SessionEvent;
import org.postrider.log.Subscriber;
import org.postrider.log.TlsEvent;
import org.postrider.log.Trouble;

/// Counts what happens. Any thread.
public final class MailCounters implements Subscriber {
    private final IncomingCounters incoming = new IncomingCounters();
    private final OutgoingCounters outgoing = new OutgoingCounters();
    private final Counter lines =
            new Counter("postrider_log_events_total", "What the mail log tells.", "severity");

    private final Counter removed =
            new Counter("postrider_messages_removed_total", "Messages that were settled.");

    private final Counter expired =
            new Counter("postrider_messages_expired_total", "Messages returned for their age.");

    private final Counter queueTrouble =
            new Counter("postrider_queue_trouble_total", "What went wrong with the queue.", "kind");

    private final Counter reloads =
            new Counter("postrider_reloads_total", "Reloads of the configuration.", "result");

    private final Counter trouble =
            new Counter(
                    "postrider_internal_trouble_total",
                    "Bugs, logs that stopped, tables that did not answer.",
                    "kind");

    @Override
    public void take(Occurrence occurrence) {
        lines.add(occurrence.severity().word());
        switch (occurrence.event()) {
            case Event.Text _ -> {
                // counted by its severity alone
            }
            case SessionEvent e -> incoming.session(e, occurrence.tag(), Speaker.of(occurrence));
            case MailEvent e -> incoming.mail(e, Speaker.of(occurrence));
            case DeliveryEvent e -> outgoing.delivery(e, Speaker.of(occurrence));
            case TlsEvent e -> outgoing.tls(e, Speaker.of(occurrence));
            case QueueEvent e -> queue(e);
            case ConfigurationEvent e -> configuration(e);
            case Trouble e -> trouble.add(kind(e));
        }
    }

    private void queue(QueueEvent event) {
        switch (event) {
            case QueueEvent.Active _ -> {
                // a pass, not a message
            }
            case QueueEvent.Expired _ -> expired.add();
            case QueueEvent.Removed _ -> removed.add();
            case QueueEvent.Kept _ -> queueTrouble.add("kept beyond its time");
            case QueueEvent.NoticePutOff _ -> queueTrouble.add("notice put off");
            case QueueEvent.Suspended _ -> queueTrouble.add("suspended");
            case QueueEvent.Resumed _ -> queueTrouble.add("resumed");
            case QueueEvent.NoSpace _ -> queueTrouble.add("no space");
            case QueueEvent.SetAside _ -> queueTrouble.add("set aside");
        }
    }

    private void configuration(ConfigurationEvent event) {
        switch (event) {
            case ConfigurationEvent.Reloaded _ -> reloads.add("done");
            case ConfigurationEvent.ReloadRefused _ -> reloads.add("refused");
            case ConfigurationEvent.Started _,
                    ConfigurationEvent.StartRefused _,
                    ConfigurationEvent.Notice _,
                    ConfigurationEvent.Unchanged _,
                    ConfigurationEvent.Stopping _ -> {
                // seen by the process itself
            }
        }
    }

    private static String kind(Trouble event) {
        return switch (event) {
            case Trouble.Panic _ -> "panic";
            case Trouble.LogStopped _ -> "log stopped";
            case Trouble.LogGoesOn _ -> "log goes on";
            case Trouble.LogEnded _ -> "log ended";
            case Trouble.LookupFailed _ -> "lookup failed";
            case Trouble.SubscriberFailed _ -> "subscriber failed";
        };
    }

    void write(Exposition out) {
        incoming.write(out);
        outgoing.write(out);
        List.of(removed, expired, queueTrouble, reloads, trouble, lines)
                .forEach(each -> each.write(out));
    }
}
