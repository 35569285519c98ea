package org.postrider.postscreen;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.postrider.config.Catalogue;
import org.postrider.config.ConfigParams;
import org.postrider.config.Param;
import org.postrider.config.Settings;

/// What the settings of a postscreen line come to, as far as they are words and numbers. Immutable;
/// any thread.
final class Terms {
    /// What says what becomes of clients.
    static final List<Param<String>> ACTIONS =
            List.of(
                    PostscreenParams.DENYLIST_ACTION,
                    PostscreenParams.GREET_ACTION,
                    PostscreenParams.DNSBL_ACTION,
                    PostscreenParams.PIPELINING_ACTION,
                    PostscreenParams.NON_SMTP_COMMAND_ACTION,
                    PostscreenParams.BARE_NEWLINE_ACTION);

    final String hostname;
    final String teaser;
    final String banner;
    final Map<Check, Long> seconds;
    final int wanted;
    final long shortestSeconds;
    final Actions actions;
    final int threshold;
    final int allowThreshold;
    final Limits limits;
    final boolean respectful;
    final boolean softBounce;
    final Dialogue dialogue;
    final Duration handshake;
    private final Patience calm;
    private final Patience stressed;

    /// What becomes of who fails a test.
    ///
    /// @param denied by postscreen_access_list
    /// @param listed by DNS lists
    record Actions(
            Action denied,
            Action pregreet,
            Action listed,
            Action pipelining,
            Action nonSmtp,
            Action bareNewline) {
        static Actions of(Settings settings) {
            return new Actions(
                    Action.of(settings, PostscreenParams.DENYLIST_ACTION),
                    Action.of(settings, PostscreenParams.GREET_ACTION),
                    Action.of(settings, PostscreenParams.DNSBL_ACTION),
                    Action.of(settings, PostscreenParams.PIPELINING_ACTION),
                    Action.of(settings, PostscreenParams.NON_SMTP_COMMAND_ACTION),
                    Action.of(settings, PostscreenParams.BARE_NEWLINE_ACTION));
        }
    }

    /// How many there may be.
    ///
    /// @param connections of one client, 0 for any
    /// @param waiting clients for an SMTP server, 0 for any
    /// @param tested clients at a time, 0 for any
    /// @param commands of a session
    /// @param line octets of a command line
    record Limits(int connections, int waiting, int tested, int commands, int line) {
        static Limits of(Settings settings) {
            return new Limits(
                    settings.get(PostscreenParams.CLIENT_CONNECTION_COUNT_LIMIT),
                    settings.get(PostscreenParams.POST_QUEUE_LIMIT),
                    settings.get(PostscreenParams.PRE_QUEUE_LIMIT),
                    settings.get(PostscreenParams.COMMAND_COUNT_LIMIT),
                    (int) number(settings, "line_length_limit"));
        }
    }

    /// What the built-in engine says and wants.
    ///
    /// @param tls none, may or encrypt
    record Dialogue(
            boolean heloRequired,
            boolean vrfyDisabled,
            boolean vrfyOffered,
            boolean smtputf8,
            long sizeLimit,
            String tls) {
        boolean tlsOffered() {
            return !tls.equals("none");
        }

        boolean tlsRequired() {
            return tls.equals("encrypt");
        }

        static Dialogue of(Settings settings, String tls) {
            return new Dialogue(
                    settings.get(PostscreenParams.HELO_REQUIRED),
                    settings.get(PostscreenParams.DISABLE_VRFY_COMMAND),
                    !yes(settings, "disable_vrfy_command"),
                    yes(settings, "smtputf8_enable"),
                    number(settings, "message_size_limit"),
                    tls);
        }
    }

    /// @param greet postscreen_greet_wait
    /// @param command postscreen_command_time_limit
    private record Patience(Duration greet, Duration command) {
        static Patience of(Settings settings) {
            return new Patience(
                    settings.get(PostscreenParams.GREET_WAIT),
                    settings.get(PostscreenParams.COMMAND_TIME_LIMIT));
        }
    }

    /// @param tls the security level: none, may or encrypt
    Terms(Settings settings, String tls) {
        hostname = settings.get(ConfigParams.MYHOSTNAME);
        teaser = settings.get(PostscreenParams.GREET_BANNER);
        banner = String.valueOf(settings.text("smtpd_banner"));
        seconds =
                Map.of(
                        Check.PREGREET, seconds(settings, PostscreenParams.GREET_TTL),
                        Check.DNS_LISTS, seconds(settings, PostscreenParams.DNSBL_MAX_TTL),
                        Check.PIPELINING, seconds(settings, PostscreenParams.PIPELINING_TTL),
                        Check.NON_SMTP, seconds(settings, PostscreenParams.NON_SMTP_COMMAND_TTL),
                        Check.BARE_NEWLINE, seconds(settings, PostscreenParams.BARE_NEWLINE_TTL));
        shortestSeconds =
                Math.min(
                        seconds(settings, PostscreenParams.DNSBL_MIN_TTL),
                        seconds.values().stream().mapToLong(s -> s).min().orElse(0));
        wanted = wanted(settings, teaser);
        actions = Actions.of(settings);
        threshold = settings.get(PostscreenParams.DNSBL_THRESHOLD);
        allowThreshold = settings.get(PostscreenParams.DNSBL_ALLOWLIST_THRESHOLD);
        limits = Limits.of(settings);
        respectful = settings.get(PostscreenParams.RESPECTFUL_LOGGING);
        softBounce = yes(settings, "soft_bounce");
        dialogue = Dialogue.of(settings, tls);
        handshake = settings.get(PostscreenParams.STARTTLS_TIMEOUT);
        calm = Patience.of(settings.with(Map.of("stress", "")));
        stressed = Patience.of(settings.with(Map.of("stress", "yes")));
    }

    private static int wanted(Settings settings, String teaser) {
        int out = teaser.isEmpty() ? 0 : Check.PREGREET.bit();
        out |= settings.get(PostscreenParams.DNSBL_SITES).isEmpty() ? 0 : Check.DNS_LISTS.bit();
        out |= settings.get(PostscreenParams.PIPELINING_ENABLE) ? Check.PIPELINING.bit() : 0;
        out |= settings.get(PostscreenParams.NON_SMTP_COMMAND_ENABLE) ? Check.NON_SMTP.bit() : 0;
        out |= settings.get(PostscreenParams.BARE_NEWLINE_ENABLE) ? Check.BARE_NEWLINE.bit() : 0;
        return out;
    }

    private static long seconds(Settings settings, Param<Duration> param) {
        return settings.get(param).toSeconds();
    }

    private static boolean yes(Settings settings, String name) {
        return "yes".equalsIgnoreCase(settings.text(name));
    }

    private static long number(Settings settings, String name) {
        return Long.parseLong(String.valueOf(settings.text(name)).strip());
    }

    /// Raw texts whose default is another parameter's raw text, as Postfix reads them.
    static String raw(Settings settings, Param<String> param) {
        String text = settings.get(param);
        String name = text.startsWith("$") ? text.substring(1) : "";
        Catalogue.Known other = Catalogue.load().known(name);
        return other == null
                ? text
                : settings.get(Param.raw(name, other.defaultText(), param.doc()));
    }

    /// postscreen_greet_wait
    Duration greetWait(boolean stress) {
        return (stress ? stressed : calm).greet();
    }

    /// postscreen_command_time_limit
    Duration commandTime(boolean stress) {
        return (stress ? stressed : calm).command();
    }

    /// A test is made here.
    boolean makes(Check check) {
        return (wanted & check.bit()) != 0;
    }

    /// Those of these time stamps that are over.
    int expired(long[] stamps, long now) {
        int out = 0;
        for (Check each : List.of(Check.values())) {
            if (makes(each) && now > stamps[each.place]) {
                out |= each.bit();
            }
        }
        return out;
    }
}
