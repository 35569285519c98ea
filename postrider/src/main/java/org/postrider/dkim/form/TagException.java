package org.postrider.dkim.form;

/// A signature, a seal or a key record that does not keep to its grammar. The message is one of
/// ours, in printable ASCII, for a reason.
public final class TagException extends Exception {
    private static final long serialVersionUID = 1;

    public TagException(String message) {
        // Who catches it wants the words alone.
        super(message, null, false, false);
    }
}
