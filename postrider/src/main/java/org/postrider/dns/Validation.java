package org.postrider.dns;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.postrider.disk.Reading;
import org.postrider.time.Clock;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.ExtendedResolver;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Resolver;
import org.xbill.DNS.Section;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.dnssec.ValidatingResolver;

/// DNSSEC validated here, down from trust anchors (RFC 4035 5): the chain of keys is asked of the
/// same name servers, whose own word does not count. An answer that is forged, cut of its
/// signatures or out of time is SERVFAIL; one of a zone that is proved to be unsigned has no AD
/// bit.
///
/// Who owns a zone decides how much work its answers are (CVE-2023-50387, CVE-2023-50868): the
/// signatures that are tried, the digests of keys, the rounds of NSEC3, the questions asked and the
/// time that one answer may take are bounded. The work is done by the thread that asks, which stops
/// at its time limit. Keys are kept for some minutes. Any thread.
final class Validation {
    /// Questions of keys and delegations for one answer.
    static final int MOST_QUESTIONS = 64;

    /// Steps of the work for one answer; each tries the few signatures of one set of records.
    private static final int MOST_STEPS = 4096;

    private static final long MOST_MILLIS = 30_000;
    private static final String MOST_SIGNATURES = "8";
    private static final String MOST_FALSE_KEYS = "4";

    /// RFC 9276 3.2: with more, a zone counts as unsigned.
    private static final String MOST_ROUNDS = "150";

    private static final int LONGEST_REASON = 200;

    private final byte[] anchors;
    private final Clock clock;
    private volatile @Nullable Made made;

    /// @param of the servers that it asks
    private record Made(ExtendedResolver of, ValidatingResolver by) {}

    /// @throws IOException if the file cannot be read, or has no anchor
    Validation(Path file, Clock clock) throws IOException {
        this.clock = clock;
        anchors = Reading.text(file, Reading.SHORT).getBytes(StandardCharsets.ISO_8859_1);
        try {
            if (validating(new ExtendedResolver(List.of())).getTrustAnchors().items().isEmpty()) {
                throw new IOException("no DS or DNSKEY record");
            }
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private ValidatingResolver validating(ExtendedResolver servers) throws IOException {
        ValidatingResolver out = new ValidatingResolver(new Counted(servers), new Wall(clock));
        Properties bounds = new Properties();
        bounds.setProperty("dnsjava.dnssec.max_validate_rrsigs", MOST_SIGNATURES);
        bounds.setProperty("dnsjava.dnssec.max_ds_match_failures", MOST_FALSE_KEYS);
        for (String bits : List.of("1024", "2048", "4096")) {
            bounds.setProperty("dnsjava.dnssec.nsec3.iterations." + bits, MOST_ROUNDS);
        }
        out.init(bounds);
        out.loadTrustAnchors(new ByteArrayInputStream(anchors));
        return out;
    }

    /// @throws IOException if there is no answer, or finding out about it is too much work
    Message send(ExtendedResolver servers, Message query) throws IOException {
        Made now = made;
        if (now == null || now.of() != servers) {
            now = new Made(servers, validating(servers));
            made = now;
        }
        Work work = new Work();
        long until = clock.nanos() + MOST_MILLIS * 1_000_000L;
        CompletableFuture<Message> answer = now.by().sendAsync(query, work).toCompletableFuture();
        answer.whenComplete((_, _) -> work.execute(() -> {}));
        for (int steps = 0; !answer.isDone(); steps++) {
            Runnable step = steps < MOST_STEPS ? work.next(until - clock.nanos()) : null;
            if (step == null) {
                throw new IOException("DNSSEC: too much work");
            }
            step.run();
        }
        Message found;
        try {
            found = answer.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        }
        if (work.failed() && !found.getHeader().getFlag(Flags.AD)) {
            // Who keeps keys or delegations from being found does not make a zone unsigned by it.
            throw new IOException("DNSSEC: a question was not answered");
        }
        return found;
    }

    /// Why an answer was found to be no good; null where nothing is said.
    static @Nullable String reason(Message answer) {
        for (Record each : answer.getSection(Section.ADDITIONAL)) {
            if (each instanceof TXTRecord text
                    && text.getDClass() == ValidatingResolver.VALIDATION_REASON_QCLASS) {
                String said = String.join("", text.getStrings());
                String shown = said.replaceAll("[^ -~]", "?");
                return shown.substring(0, Math.min(LONGEST_REASON, shown.length()));
            }
        }
        return null;
    }

    /// The steps of one answer, done by who asks, and how many questions it asked.
    private static final class Work implements Executor {
        private final LinkedBlockingQueue<Runnable> steps = new LinkedBlockingQueue<>();
        private final AtomicInteger questions = new AtomicInteger();
        private final AtomicBoolean failed = new AtomicBoolean();

        @Override
        public void execute(Runnable step) {
            steps.add(step);
        }

        /// @return null where none comes in time
        @Nullable Runnable next(long nanos) throws IOException {
            try {
                return nanos <= 0 ? null : steps.poll(nanos, TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }

        boolean mayAsk() {
            return questions.incrementAndGet() <= MOST_QUESTIONS;
        }

        void seen(@Nullable Message answer) {
            int rcode = answer == null ? Rcode.SERVFAIL : answer.getHeader().getRcode();
            if (rcode != Rcode.NOERROR && rcode != Rcode.NXDOMAIN) {
                failed.set(true);
            }
        }

        /// A question was not asked or not answered.
        boolean failed() {
            return failed.get();
        }
    }

    /// The name servers, which one answer may ask only so often.
    private record Counted(Resolver servers) implements Resolver {
        @Override
        public CompletionStage<Message> sendAsync(Message query, Executor executor) {
            if (!(executor instanceof Work work)) {
                throw new IllegalStateException("a question for no answer");
            }
            if (!work.mayAsk()) {
                work.seen(null);
                return CompletableFuture.failedFuture(
                        new IOException("DNSSEC: too many questions"));
            }
            // What comes after it is who asks, and not the thread that reads from the network.
            return servers.sendAsync(query, executor)
                    .whenCompleteAsync((found, _) -> work.seen(found), executor);
        }

        @Override
        public void setPort(int port) {
            servers.setPort(port);
        }

        @Override
        public void setTCP(boolean flag) {
            servers.setTCP(flag);
        }

        @Override
        public void setIgnoreTruncation(boolean flag) {
            servers.setIgnoreTruncation(flag);
        }

        @Override
        public void setEDNS(int version, int payload, int flags, List<EDNSOption> options) {
            servers.setEDNS(version, payload, flags, options);
        }

        @Override
        public void setTSIGKey(TSIG key) {
            servers.setTSIGKey(key);
        }

        @Override
        public void setTimeout(Duration timeout) {
            servers.setTimeout(timeout);
        }

        @Override
        public Duration getTimeout() {
            return servers.getTimeout();
        }
    }

    /// Our clock, for the times of signatures.
    private static final class Wall extends java.time.Clock {
        private final Clock clock;

        Wall(Clock clock) {
            this.clock = clock;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public java.time.Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return Instant.ofEpochMilli(clock.wallMillis());
        }
    }
}
