package org.postrider.rights;

/// What an act came to.
public sealed interface Answer<T> {
    record Done<T>(T value) implements Answer<T> {}

    /// Nothing of it is left behind, unless `text` says so.
    record Refused<T>(Trouble trouble) implements Answer<T> {
        /// The same for another kind of answer.
        public <U> Refused<U> as() {
            return new Refused<>(trouble);
        }
    }

    static <T> Answer<T> done(T value) {
        return new Done<>(value);
    }

    static <T> Answer<T> refused(Trouble trouble) {
        return new Refused<>(trouble);
    }
}
