package org.postrider.access.restriction;

import org.jspecify.annotations.Nullable;
import org.postrider.access.Stage;
import org.postrider.access.Subject;
import org.postrider.maps.TableException;

/// A restriction that answers by itself. It looks at nothing but the question and what it was made
/// with, and changes nothing: what it wants to happen it says in its ruling and by
/// [Question#wants]. Immutable; any thread.
public non-sealed interface Rule extends Restriction {
    /// @throws TableException when something cannot be looked up: the client is told to come again,
    ///   in the name of [#about]
    Ruling ask(Question question);

    /// What it looks at, whichever list it stands in.
    ///
    /// @param list of the list
    default Stage about(Stage list) {
        return list;
    }

    /// Whom it may never let pass, whatever its table says, as it looks at what strangers say of
    /// themselves; null if it may.
    default @Nullable String neverPermits(Subject subject) {
        return null;
    }

    /// It asks whether the recipient exists: nobody needs to ask again at the end.
    default boolean checksRecipient() {
        return false;
    }
}
