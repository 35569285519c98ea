package org.postrider.local.expand;

import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.queue.Recipient;
import org.postrider.rights.Account;

/// How the mail of one recipient came to the point where it is: through which aliases and files,
/// with whose rights, and who hears of it. A value, so that what one branch of an expansion does is
/// not seen in another.
///
/// @param level how deep the expansion is nested
/// @param to the address that it is for now, with what of RFC 3461 is left for it
/// @param name the same address taken apart
/// @param back who hears of it
/// @param through what named the address
/// @param as with whose rights files and commands are delivered to; null for those of default_privs
public record Way(
        int level, Recipient to, Name name, Back back, Through through, @Nullable Account as) {
    /// Who hears of what becomes of the mail.
    ///
    /// @param sender the envelope sender: of the mail, or the list's owner
    /// @param owner the owner, or the user whose `.forward` it was; null for none. Other local
    ///   users then get the mail as a mail of its own
    /// @param list the sender is the owner: nothing of the sender's RFC 3461 wishes is passed on
    /// @param delivered what Delivered-To says; null until the first recipient is looked at
    public record Back(
            Address sender, @Nullable String owner, boolean list, @Nullable Address delivered) {
        Back withDelivered(Address other) {
            return new Back(sender, owner, list, other);
        }

        Back withOwner(@Nullable String other) {
            return new Back(sender, other, list, delivered);
        }

        /// Where `owner-NAME` exists.
        Back ownedBy(Address listOwner, Address from) {
            return new Back(from, listOwner.text(), true, delivered);
        }
    }

    /// What named an address.
    public enum By {
        NOBODY,
        ALIAS,
        FORWARD,
        INCLUDE
    }

    /// @param from the alias, or the local part whose file it was; null for none
    /// @param unmatched the extension that no table or file name used up; null for none
    /// @param delimiter what stood before it; empty for none
    public record Through(
            By by, @Nullable String from, @Nullable String unmatched, String delimiter) {
        /// The address with what is left of the extension.
        Address extended(Address address) {
            if (unmatched == null) {
                return address;
            }
            String extension = delimiter + unmatched;
            int at = address.text().lastIndexOf('@');
            return new Address(
                    at < 0
                            ? address.text() + extension
                            : address.local() + extension + address.text().substring(at));
        }

        Through withUnmatched(@Nullable String other) {
            return new Through(by, from, other, delimiter);
        }
    }

    Way deeper() {
        return new Way(level + 1, to, name, back, through, as);
    }

    Way with(Back other) {
        return new Way(level, to, name, other, through, as);
    }

    Way with(Through other) {
        return new Way(level, to, name, back, other, as);
    }

    Way with(Name other) {
        return new Way(level, to, other, back, through, as);
    }

    Way as(@Nullable Account other) {
        return new Way(level, to, name, back, through, other);
    }

    Way to(Recipient other) {
        return new Way(level, other, name, back, through, as);
    }

    /// To this address, for the same original recipient.
    Way to(Address address) {
        return to(new Recipient(address, to.original(), to.dsnNotify(), to.originalDsn()));
    }

    /// To those that an alias or a file names: success is told of the alias, not of its members,
    /// and nothing of the sender's wishes holds for a list's (RFC 3461 5.2.7).
    Way withoutSuccess(boolean ofList) {
        int notify =
                to.dsnNotify() == Recipient.SUCCESS
                        ? Recipient.NEVER
                        : to.dsnNotify() & ~Recipient.SUCCESS;
        return to(
                new Recipient(
                        to.address(),
                        ofList ? null : to.original(),
                        notify,
                        ofList ? null : to.originalDsn()));
    }

    /// The one whom the mail was for at first; null where that is not told (a list's members).
    public @Nullable Address original() {
        return back.list() ? null : to.original();
    }
}
