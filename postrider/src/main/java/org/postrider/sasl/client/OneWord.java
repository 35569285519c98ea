package org.postrider.sasl.client;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// EXTERNAL (RFC 4422 A) and ANONYMOUS (RFC 4505): the client says one thing, and where that is
/// nothing, when it is asked for it.
final class OneWord implements Responder {
    private final String word;
    private boolean said;

    OneWord(String word) {
        this.word = word;
    }

    @Override
    public byte @Nullable [] initial() {
        if (word.isEmpty()) {
            return null;
        }
        said = true;
        return word.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Override
    public byte[] answer(byte[] challenge) throws Refusal {
        if (said) {
            throw Refusal.done();
        }
        said = true;
        return new byte[0];
    }
}
