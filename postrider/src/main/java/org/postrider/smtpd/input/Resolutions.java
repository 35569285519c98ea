package org.postrider.smtpd.input;

import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.maps.TableException;
import org.postrider.rewrite.Resolved;
import org.postrider.rewrite.RewriteService;

/// Where addresses lead, completed as our own users' addresses are. The last answer is kept, since
/// one command asks for it many times. Session thread only.
public final class Resolutions {
    private final RewriteService rewrite;
    private Address sender = Address.NULL;
    private @Nullable Address address;
    private @Nullable Resolved resolved;

    public Resolutions(RewriteService rewrite) {
        this.rewrite = rewrite;
    }

    /// @param from the mail's sender, the null address for none
    /// @throws TableException if a table cannot answer
    public Resolved of(Address from, Address asked) {
        Resolved known = resolved;
        if (known == null || !asked.equals(address) || !from.equals(sender)) {
            known = rewrite.resolve(from, rewrite.rewrite(asked, true));
            resolved = known;
            address = asked;
            sender = from;
        }
        return known;
    }

    /// Whether no mail can be for such an address. If a table cannot answer that is not known:
    /// whatever asks for more of the address will say so.
    public boolean malformed(Address from, Address asked) {
        try {
            return of(from, asked).badSyntax();
        } catch (TableException e) {
            return false;
        }
    }
}
