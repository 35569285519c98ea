package org.postrider.dmarc;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The way up from a domain (RFC 9989 4.10): which names above it have records, and which of them
/// is the organization's.
///
/// @param start where it began
/// @param found from the longest name to the shortest
/// @param unknown a name on the way could not be asked
record TreeWalk(String start, List<Step> found, boolean unknown) {
    private static final int MOST_LABELS = 8;

    record Step(String domain, DmarcRecord record) {}

    static TreeWalk of(String start, Zone zone) {
        List<Step> found = new ArrayList<>();
        boolean unknown = false;
        for (String at : names(start)) {
            Zone.At there = zone.at(at);
            if (there.unknown()) {
                // Whatever stands above: it may be what this name would have said.
                unknown = true;
                break;
            }
            DmarcRecord record = there.record();
            if (record != null) {
                found.add(new Step(at, record));
                if (record.psd() != DmarcRecord.Psd.UNKNOWN) {
                    break;
                }
            }
        }
        return new TreeWalk(start, List.copyOf(found), unknown);
    }

    /// At most eight: the name itself, then those of seven labels and fewer above it.
    static List<String> names(String start) {
        List<String> out = new ArrayList<>();
        out.add(start);
        String at = start;
        for (int more = labels(start) - MOST_LABELS; more > 0; more--) {
            at = above(at);
        }
        for (at = above(at); !at.isEmpty(); at = above(at)) {
            out.add(at);
        }
        return out;
    }

    private static int labels(String domain) {
        return (int) domain.chars().filter(c -> c == '.').count() + 1;
    }

    /// Empty at the top.
    private static String above(String domain) {
        int dot = domain.indexOf('.');
        return dot < 0 ? "" : domain.substring(dot + 1);
    }

    /// The organizational domain (4.10.2).
    String organization() {
        for (Step each : found) {
            switch (each.record().psd()) {
                case NO -> {
                    return each.domain();
                }
                case YES -> {
                    if (!each.domain().equals(start)) {
                        return below(each.domain());
                    }
                }
                case UNKNOWN -> {
                    // It may be, if none above has a record.
                }
            }
        }
        return found.isEmpty() ? start : found.getLast().domain();
    }

    /// One label more of the start than `domain` has.
    private String below(String domain) {
        String before = start.substring(0, start.length() - domain.length() - 1);
        return before.substring(before.lastIndexOf('.') + 1) + "." + domain;
    }

    /// The record for a domain that has none itself: its organization's, or else its public
    /// suffix's (4.10.1).
    @Nullable Step policy() {
        String organization = organization();
        Step suffix = null;
        for (Step each : found) {
            if (each.domain().equals(organization)) {
                return each;
            }
            if (each.record().psd() == DmarcRecord.Psd.YES) {
                suffix = each;
            }
        }
        return suffix;
    }
}
