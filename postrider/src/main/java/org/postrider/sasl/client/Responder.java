package org.postrider.sasl.client;

import org.jspecify.annotations.Nullable;

/// The client's half of one mechanism, on octets. One thread.
public interface Responder {
    /// What is said with AUTH; null where the server speaks first.
    byte @Nullable [] initial() throws Refusal;

    /// @throws Refusal for a challenge that makes no sense, or proves that the server is not the
    ///   one
    byte[] answer(byte[] challenge) throws Refusal;

    /// Whether the server has proved all that the mechanism has it prove.
    default boolean complete() {
        return true;
    }
}
