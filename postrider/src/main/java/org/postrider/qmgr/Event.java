package org.postrider.qmgr;

import java.util.List;
import org.postrider.qmgr.rate.Groups;

/// What the scheduler's owner is told.
sealed interface Event {
    record Add(List<Entry> entries) implements Event {}

    record Ended(Entry entry, Entry.Verdict verdict) implements Event {}

    record Tick() implements Event {}

    record Revive() implements Event {}

    record Asked() implements Event {}

    record Grouped(Entry asked, Groups.Found found) implements Event {}

    record FullSpeed(String name) implements Event {}

    record Pause(boolean on) implements Event {}

    record NewLimits(Policies policies) implements Event {}
}
