package org.postrider.access.policy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.access.PolicyServices;
import org.postrider.io.Connection;
import org.postrider.io.DeadlineException;

/// A connection to a policy server: requests and answers are attributes, `name=value`, a line each,
/// up to an empty line. Of an answer [#LONGEST] octets are read and no more. One thread at a time.
public final class PolicyConnection implements AutoCloseable {
    /// Octets of one answer, all its lines together.
    static final int LONGEST = 64 << 10;

    /// What Postfix prints where the system has no words: nothing failed.
    private static final String NOTHING = "Application error";

    private static final String NAME = "input attribute name";
    private static final String VALUE = "input attribute value";

    private final PolicyService service;
    private final PolicyServices services;
    private final Connection connection;
    private final long openedNanos;
    private final byte[] buffer = new byte[1024];
    private int start;
    private int end;
    private int answered;
    private int left;
    private volatile long idleNanos;

    /// @param openedNanos when
    public PolicyConnection(
            PolicyService service,
            PolicyServices services,
            Connection connection,
            long openedNanos) {
        this.service = service;
        this.services = services;
        this.connection = connection;
        this.openedNanos = openedNanos;
        idleNanos = openedNanos;
    }

    public PolicyService service() {
        return service;
    }

    /// It waits from now on.
    public void idle(long nowNanos) {
        idleNanos = nowNanos;
    }

    /// Neither its life nor its time without work is over, nor has it served enough.
    public boolean young(long nowNanos) {
        PolicyService.Times t = service.times();
        return nowNanos - openedNanos < t.life() * 1_000_000L
                && nowNanos - idleNanos < t.idle() * 1_000_000L
                && (service.requests() == 0 || answered < service.requests());
    }

    /// The next request may go over it.
    public boolean usable(long nowNanos) {
        return young(nowNanos) && start == end && connection.quiet();
    }

    /// Back to those that wait.
    public void give() {
        services.give(this);
    }

    /// What became of a request.
    sealed interface Answer {
        record Action(String text) implements Answer {}

        /// @param reason in the system's words
        /// @param told it was said in the log already what is wrong, or the system's words say so
        record Failure(String reason, boolean told) implements Answer {}
    }

    /// Asks and waits for the answer, for service.timeoutMillis() in all.
    ///
    /// @param warnings gets what is odd about an answer
    Answer ask(byte[] request, Consumer<String> warnings) {
        String[] reading = {null, NAME};
        try {
            connection.deadline(service.timeoutMillis());
            connection.write(request, 0, request.length);
            left = LONGEST;
            return answer(warnings, reading);
        } catch (DeadlineException e) {
            if (reading[0] != null) {
                warnings.accept("timeout on " + endpoint() + " while reading " + reading[1]);
            }
            return new Answer.Failure("Connection timed out", true);
        } catch (IOException e) {
            String why = e.getMessage();
            return new Answer.Failure(why == null ? "Input/output error" : why, false);
        }
    }

    private String endpoint() {
        return service.address().endpoint();
    }

    /// @param reading what is being read: null first while nothing has come
    private Answer answer(Consumer<String> warnings, @Nullable String[] reading)
            throws IOException {
        if (!fill()) {
            return new Answer.Failure(NOTHING, false);
        }
        reading[0] = "";
        String action = null;
        while (true) {
            reading[1] = NAME;
            String line = line(warnings, reading);
            if (line == null) {
                return new Answer.Failure(NOTHING, false);
            }
            if (line.isEmpty()) {
                return ended(action, warnings);
            }
            if (line.equals("action") && action == null) {
                warnings.accept("missing value for string attribute action from " + endpoint());
                return new Answer.Failure(NOTHING, false);
            }
            if (line.startsWith("action=") && action == null) {
                action = line.substring("action=".length());
            }
        }
    }

    private Answer ended(@Nullable String action, Consumer<String> warnings) {
        if (action == null) {
            warnings.accept("missing attribute action in input from " + endpoint());
            return new Answer.Failure(NOTHING, false);
        }
        answered++;
        return new Answer.Action(action);
    }

    /// Null where it ends, or is longer than an answer may be: said in the log.
    private @Nullable String line(Consumer<String> warnings, @Nullable String[] reading)
            throws IOException {
        StringBuilder out = new StringBuilder();
        while (true) {
            while (start < end) {
                byte b = buffer[start++];
                if (b == '\n') {
                    return out.toString();
                }
                if (b == '=') {
                    reading[1] = VALUE;
                }
                if (--left < 0) {
                    warnings.accept(
                            "string length > "
                                    + LONGEST
                                    + " characters from "
                                    + endpoint()
                                    + " while reading "
                                    + reading[1]);
                    return null;
                }
                out.append((char) (b & 0xff));
            }
            if (!fill()) {
                warnings.accept(
                        "premature end-of-input on " + endpoint() + " while reading " + reading[1]);
                return null;
            }
        }
    }

    private boolean fill() throws IOException {
        start = 0;
        end = 0;
        int n = connection.read(buffer, 0, buffer.length);
        end = Math.max(0, n);
        return n >= 0;
    }

    @Override
    public void close() {
        connection.close();
    }

    /// A request's octets: those that no line may have are replaced.
    static byte[] octets(StringBuilder lines) {
        return lines.toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
