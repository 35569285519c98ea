package org.postrider.dmarc;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.address.Mailto;
import org.postrider.dns.HostName;
import org.postrider.maps.Fold;

/// A URI of `rua` that reports can go to: a plain `mailto:`.
///
/// @param most octets of a report, as its `!10m` has it (RFC 7489 6.2); the largest number without
public record ReportPlace(Address to, long most) {
    private static final Pattern SIZE = Pattern.compile("(.*)!(\\d{1,12})([kmgtKMGT]?)");
    private static final int STEP = 10;

    /// Null for anything else.
    public static @Nullable ReportPlace of(String uri) {
        Matcher m = SIZE.matcher(uri);
        boolean limited = m.matches();
        Address to = Mailto.plain(limited ? m.group(1) : uri);
        if (to == null || !HostName.valid(to.domain())) {
            return null;
        }
        if (!limited) {
            return new ReportPlace(to, Long.MAX_VALUE);
        }
        int unit = " kmgt".indexOf(Fold.lower(m.group(3) + " ").charAt(0));
        long number = Long.parseLong(m.group(2));
        int shift = STEP * unit;
        return new ReportPlace(
                to, number > Long.MAX_VALUE >> shift ? Long.MAX_VALUE : number << shift);
    }
}
