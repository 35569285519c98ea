package org.postrider.postscreen;

import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Which clients have passed which tests, and until when: a time stamp in seconds since 1970 for
/// each [Check], in its order. [#NEVER] stands for a test that was never passed, [#DISABLED] for
/// one that was not made. Any thread.
public interface Cache {
    /// How many time stamps a client has.
    int STAMPS = 5;

    long NEVER = 0;
    long DISABLED = 1;

    long @Nullable [] lookup(String client);

    void update(String client, long[] stamps);

    /// Forgets clients.
    ///
    /// @param keep those whose stamps it is true of
    /// @return how many are left, and how many are forgotten
    Cleaned cleanUp(Predicate<long[]> keep);

    /// What came of a cleaning.
    record Cleaned(int retained, int dropped) {}

    /// Remembers nobody.
    Cache NONE =
            new Cache() {
                @Override
                public long @Nullable [] lookup(String client) {
                    return null;
                }

                @Override
                public void update(String client, long[] stamps) {}

                @Override
                public Cleaned cleanUp(Predicate<long[]> keep) {
                    return new Cleaned(0, 0);
                }
            };
}
