package org.postrider.local.expand;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.rewrite.Resolved;
import org.postrider.rights.Account;

/// What an expansion asks of the machine: accounts, users' files, where an address goes. Nothing of
/// it changes anything.
public interface World {
    /// The accounts cannot be asked now.
    final class NoAnswer extends Exception {
        private static final long serialVersionUID = 1;

        public NoAnswer(String message) {
            super(message);
        }
    }

    /// What became of reading a file.
    sealed interface Text {
        /// There is none.
        record Absent() implements Text {}

        /// It is not to be read.
        ///
        /// @param warning as the log says it
        record Refused(String warning) implements Text {}

        /// It could not be read to its end.
        record Unread(String why) implements Text {}

        /// @param text octets as chars
        /// @param owner uid of the file's owner
        record Lines(String text, int owner) implements Text {}
    }

    /// Where the octets of files have room while they are looked at.
    interface Room {
        /// @return how many of them there is room for: fewer, or none, where memory is short
        int take(int wanted);

        /// So many need no more room.
        void give(int octets);
    }

    @Nullable Account user(String name) throws NoAnswer;

    @Nullable Account user(int uid) throws NoAnswer;

    /// False where a home directory is to be there (require_home_directory) and is not.
    ///
    /// @return null where it is there, or why not
    @Nullable String homeFault(Account user);

    /// A `.forward` file, read as this user: a regular file of his own or of root's that not
    /// everybody may write to.
    ///
    /// @param room keeps as many octets as the text has
    Text forward(String file, Account as, Room room);

    /// An `:include:` file: a regular file that not everybody may write to.
    ///
    /// @param as whose rights it is read with; null where an alias of the administrator names it
    /// @param room keeps as many octets as the text has
    Text include(String file, @Nullable Account as, Room room);

    /// In canonical form.
    Address canonical(Address address);

    /// Where a canonical address goes.
    ///
    /// @throws org.postrider.maps.TableException when a table cannot answer
    Resolved resolve(Address address);

    /// The alias databases in their order.
    List<AliasTable> aliases();

    /// What else the log says.
    void warn(String text);
}
