package org.postrider.postscreen;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigParams;
import org.postrider.config.Param;
import org.postrider.config.Settings;

/// What the settings of a postscreen line come to, as far as they are words and numbers. Immutable;
/// any thread.
final class Terms {
    final String hostname;
    final String teaser;
    final String banner;
    final Map<Check, Long> seconds;
    final int wanted;
    final long shortestSeconds;
    final Action denied;
    final Action pregreet;
    final Action listed;
    final Action pipelining;
    final Action nonSmtp;
    final Action bareNewline;
    final int threshold;
    final int allowThreshold;
    final int connectionLimit;
    final int postLimit;
    final int preLimit;
    final int commandLimit;
    final int lineLimit;
    final boolean respectful;
    final boolean softBounce;
    final boolean heloRequired;
    final boolean vrfyDisabled;
    final boolean vrfyOffered;
    final boolean smtputf8;
    final long sizeLimit;
    final boolean tlsOffered;
    final boolean tlsRequired;
    final Duration handshake;
    private final Duration calmWait;
    private final Duration stressedWait;
    private final Duration calmCommand;
    private final Duration stressedCommand;

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
        denied = Action.of(settings, PostscreenParams.DENYLIST_ACTION);
        pregreet = Action.of(settings, PostscreenParams.GREET_ACTION);
        listed = Action.of(settings, PostscreenParams.DNSBL_ACTION);
        pipelining = Action.of(settings, PostscreenParams.PIPELINING_ACTION);
        nonSmtp = Action.of(settings, PostscreenParams.NON_SMTP_COMMAND_ACTION);
        bareNewline = Action.of(settings, PostscreenParams.BARE_NEWLINE_ACTION);
        threshold = settings.get(PostscreenParams.DNSBL_THRESHOLD);
        allowThreshold = settings.get(PostscreenParams.DNSBL_ALLOWLIST_THRESHOLD);
        connectionLimit = settings.get(PostscreenParams.CLIENT_CONNECTION_COUNT_LIMIT);
        postLimit = settings.get(PostscreenParams.POST_QUEUE_LIMIT);
        preLimit = settings.get(PostscreenParams.PRE_QUEUE_LIMIT);
        commandLimit = settings.get(PostscreenParams.COMMAND_COUNT_LIMIT);
        lineLimit = (int) number(settings, "line_length_limit");
        sizeLimit = number(settings, "message_size_limit");
        respectful = settings.get(PostscreenParams.RESPECTFUL_LOGGING);
        softBounce = yes(settings, "soft_bounce");
        heloRequired = settings.get(PostscreenParams.HELO_REQUIRED);
        vrfyDisabled = settings.get(PostscreenParams.DISABLE_VRFY_COMMAND);
        vrfyOffered = !yes(settings, "disable_vrfy_command");
        smtputf8 = yes(settings, "smtputf8_enable");
        tlsOffered = !tls.equals("none");
        tlsRequired = tls.equals("encrypt");
        handshake = settings.get(PostscreenParams.STARTTLS_TIMEOUT);
        Settings stressed = settings.with(Map.of("stress", "yes"));
        Settings calm = settings.with(Map.of("stress", ""));
        calmWait = calm.get(PostscreenParams.GREET_WAIT);
        stressedWait = stressed.get(PostscreenParams.GREET_WAIT);
        calmCommand = calm.get(PostscreenParams.COMMAND_TIME_LIMIT);
        stressedCommand = stressed.get(PostscreenParams.COMMAND_TIME_LIMIT);
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
        @Nullable String other = text.startsWith("$") ? settings.text(text.substring(1)) : null;
        return other == null ? text : other;
    }

    /// postscreen_greet_wait
    Duration greetWait(boolean stress) {
        return stress ? stressedWait : calmWait;
    }

    /// postscreen_command_time_limit
    Duration commandTime(boolean stress) {
        return stress ? stressedCommand : calmCommand;
    }

    /// A test is made here.
    boolean makes(Check check) {
        return (wanted & check.bit()) != 0;
    }

    /// Those of these time stamps that are over.
    int expired(long[] stamps, long now) {
        int out = 0;
        for (Check each : List.of(Check.values())) {
            if (makes(each) && now > stamps[each.ordinal()]) {
                out |= each.bit();
            }
        }
        return out;
    }
}
