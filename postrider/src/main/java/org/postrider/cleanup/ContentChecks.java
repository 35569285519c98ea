package org.postrider.cleanup;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.postrider.config.Settings;
import org.postrider.maps.Tables;
import org.postrider.message.ContentAction;
import org.postrider.message.MimeState;

/// header_checks, mime_header_checks, nested_header_checks and body_checks (header_checks(5)). They
/// hear nothing of mail that is not to be filtered, nor after one of them has said so. Immutable.
final class ContentChecks {
    private final @Nullable CheckTables headers;
    private final @Nullable CheckTables mimeHeaders;
    private final @Nullable CheckTables nestedHeaders;
    private final @Nullable CheckTables bodies;
    private final int bodyOctets;

    ContentChecks(Settings settings, Tables tables) {
        headers = CheckTables.of(settings, tables, CleanupParams.HEADER_CHECKS, "header");
        mimeHeaders = CheckTables.of(settings, tables, CleanupParams.MIME_HEADER_CHECKS, "header");
        nestedHeaders =
                CheckTables.of(settings, tables, CleanupParams.NESTED_HEADER_CHECKS, "header");
        bodies = CheckTables.of(settings, tables, CleanupParams.BODY_CHECKS, "body");
        bodyOctets = settings.get(CleanupParams.BODY_CHECKS_SIZE_LIMIT);
    }

    boolean ofHeaders() {
        return headers != null;
    }

    /// Some see the headers of parts.
    boolean ofParts() {
        return mimeHeaders != null || nestedHeaders != null;
    }

    boolean ofBodies() {
        return bodies != null;
    }

    boolean hearsHeader(Run run, MimeState.Block block, boolean mime) {
        return run.checking && table(block, mime) != null;
    }

    ContentAction header(Run run, MimeState.Block block, boolean mime, String field) {
        return Objects.requireNonNull(table(block, mime)).check(run, field);
    }

    private @Nullable CheckTables table(MimeState.Block block, boolean mime) {
        return switch (block) {
            case PRIMARY -> mime ? mimeHeaders : headers;
            case PART -> mimeHeaders;
            case NESTED -> mime ? mimeHeaders : nestedHeaders;
        };
    }

    boolean hearsBody(Run run, long offset) {
        return run.checking && bodies != null && offset < bodyOctets;
    }

    ContentAction body(Run run, String line) {
        return Objects.requireNonNull(bodies).check(run, line);
    }
}
