package org.postrider.cleanup;

import java.util.EnumSet;
import java.util.Set;
import org.postrider.config.Settings;
import org.postrider.message.Facts;
import org.postrider.message.MimeState;

/// What the administrator wants of the parts of a content: checks of their headers, strict MIME,
/// limits. Immutable.
final class PartPolicy {
    private final MimeState.Limits limits;
    private final boolean flat;
    private final boolean detects;
    private final boolean checksParts;
    private final Set<MimeState.Fault> refused = EnumSet.noneOf(MimeState.Fault.class);

    PartPolicy(Settings settings, ContentChecks checks) {
        limits = limits(settings);
        flat = settings.get(CleanupParams.DISABLE_MIME_INPUT_PROCESSING);
        detects = settings.get(CleanupParams.DETECT_8BIT_ENCODING_HEADER);
        checksParts = checks.ofParts();
        if (flat) {
            return;
        }
        boolean strict = settings.get(CleanupParams.STRICT_8BITMIME);
        if (strict || settings.get(CleanupParams.STRICT_7BIT_HEADERS)) {
            refused.add(MimeState.Fault.EIGHT_BIT_HEADER);
        }
        if (strict || settings.get(CleanupParams.STRICT_8BITMIME_BODY)) {
            refused.add(MimeState.Fault.EIGHT_BIT_BODY);
        }
        if (settings.get(CleanupParams.STRICT_MIME_ENCODING_DOMAIN)) {
            refused.add(MimeState.Fault.ENCODING_DOMAIN);
        }
        if (checksParts || checks.ofHeaders()) {
            refused.add(MimeState.Fault.NESTING);
        }
    }

    static MimeState.Limits limits(Settings settings) {
        return new MimeState.Limits(
                settings.get(CleanupParams.MIME_NESTING_LIMIT),
                settings.get(CleanupParams.MIME_BOUNDARY_LENGTH_LIMIT),
                settings.get(CleanupParams.HEADER_SIZE_LIMIT));
    }

    /// The parts of this content must be gone through for it.
    ///
    /// @param filter checks apply to this mail
    boolean concerns(Facts facts, boolean filter) {
        Facts.Mime mime = facts.mime();
        if (flat) {
            return false;
        }
        boolean checked =
                mime.composite() && checksParts
                        || facts.eightBit()
                                && (refused.contains(MimeState.Fault.EIGHT_BIT_HEADER)
                                        || refused.contains(MimeState.Fault.EIGHT_BIT_BODY))
                        || mime.composite() && refused.contains(MimeState.Fault.ENCODING_DOMAIN);
        MimeState.Limits usual = MimeState.Limits.DEFAULT;
        boolean narrow =
                limits.nesting() < usual.nesting()
                        || limits.boundary() < usual.boundary()
                        || limits.header() < usual.header();
        return filter && checked
                || mime.oddField()
                || mime.longestPartField() > limits.header()
                || mime.composite() && narrow;
    }

    MimeState over(MimeState.Output out) {
        return new MimeState(limits, flat ? MimeState.Mode.FLAT : MimeState.Mode.PARTS, out);
    }

    /// detect_8bit_encoding_header, from what was found while receiving.
    boolean declared(Facts facts) {
        return !flat && facts.mime().declaredInPart();
    }

    boolean detects() {
        return detects;
    }

    boolean refuses(MimeState.Fault fault) {
        return refused.contains(fault);
    }
}
