package org.postrider;

/// A mail system cannot run as it is described; the message has the reason, in Postfix's words
/// where it has any.
public final class PostriderException extends RuntimeException {
    private static final long serialVersionUID = 1;

    PostriderException(String message, Throwable cause) {
        super(message, cause);
    }
}
