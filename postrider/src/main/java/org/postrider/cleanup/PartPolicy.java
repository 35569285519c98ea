package org.postrider.cleanup;

import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.config.ConfigException;
import org.postrider.config.Settings;
import org.postrider.message.Facts;
import org.postrider.message.MimeState;

/// What the administrator wants of the parts of a content: checks of their headers, strict MIME,
/// limits. Immutable.
final class PartPolicy {
    /// What becomes of mail whose header no empty line ends, but one that is none of a header
    /// (non_empty_end_of_header_action).
    enum HeaderEnd {
        /// An empty line goes before it, and nothing is said.
        FIX_QUIETLY,
        /// A field of the header says so.
        ADD_HEADER,
        /// It is refused.
        REJECT;

        /// What is set.
        ///
        /// @throws ConfigException where it is none of these
        static HeaderEnd of(Settings settings) {
            HeaderEnd one = named(settings);
            if (one == null) {
                String value = settings.get(CleanupParams.NON_EMPTY_END_OF_HEADER_ACTION);
                throw new ConfigException(
                        "bad "
                                + CleanupParams.NON_EMPTY_END_OF_HEADER_ACTION.name()
                                + " value: '"
                                + value
                                + "'");
            }
            return one;
        }

        /// What is wrong with what is set, for `postfix check`; null for nothing.
        static @Nullable String fault(Settings settings) {
            return named(settings) != null
                    ? null
                    : CleanupParams.NON_EMPTY_END_OF_HEADER_ACTION.name()
                            + ": "
                            + settings.get(CleanupParams.NON_EMPTY_END_OF_HEADER_ACTION)
                            + ": none of add_header fix_quietly reject";
        }

        private static @Nullable HeaderEnd named(Settings settings) {
            return switch (settings.get(CleanupParams.NON_EMPTY_END_OF_HEADER_ACTION)) {
                case "fix_quietly" -> FIX_QUIETLY;
                case "add_header" -> ADD_HEADER;
                case "reject" -> REJECT;
                default -> null;
            };
        }
    }

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
        if (HeaderEnd.of(settings) == HeaderEnd.REJECT) {
            refused.add(MimeState.Fault.OPEN_HEADER);
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
                || mime.fields().odd()
                || mime.fields().longest() > limits.header()
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
