package org.postrider.maps.pattern;

/// What compiles the patterns of a `regexp:` or `pcre:` table. Any thread.
interface PatternEngine {
    /// A flag that is read and means nothing any more.
    int OBSOLETE = -1;

    /// `regexp` or `pcre`.
    String type();

    /// The options of a pattern without flags.
    int defaults();

    /// The option that a flag letter toggles, 0 for none, [#OBSOLETE].
    int flag(char letter);

    /// @throws IllegalArgumentException in the library's words if it is no pattern
    Compiled compile(String pattern, int options);

    /// A pattern. Any thread.
    interface Compiled {
        /// How many `( … )` groups it has.
        int groups();

        /// Whether it is found in the key; the groups' places go into the subject.
        ///
        /// @throws TableException if the search takes too long
        boolean find(Subject subject);
    }
}
