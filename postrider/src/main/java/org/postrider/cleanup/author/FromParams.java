package org.postrider.cleanup.author;

import java.util.List;
import org.postrider.config.Param;

/// Which addresses may stand in From of mail that leaves, and what takes the place of others
/// (docs/from-rules.md).
public final class FromParams {
    private FromParams() {}

    public static final Param<List<String>> FROM_VERIFIED_DOMAINS =
            Param.list(
                    "from_verified_domains",
                    "",
                    "Domains that the relay lets us send for: `domain`, `.domain` for those below"
                            + " it, tables. Their addresses stay in From: as they are.");
    public static final Param<String> FROM_REWRITE_ADDRESS =
            Param.string(
                    "from_rewrite_address",
                    "",
                    "The verified address that takes the place of others in From: of mail that"
                            + " leaves this machine's domains; who wrote it stays in the name and in"
                            + " Reply-To:. Empty: From: stays as it is.");
    public static final Param<List<String>> FROM_REWRITE_MAPS =
            Param.list(
                    "from_rewrite_maps",
                    "",
                    "Tables of the verified address for a sender, before from_rewrite_address;"
                            + " asked for `user@domain`, `domain` and `.parent`. The answer `keep`"
                            + " leaves the sender as it is.");
    public static final Param<String> FROM_REWRITE_NAME =
            Param.string(
                    "from_rewrite_name",
                    "%n via %d",
                    "The name before a verified address: %n is the name of who wrote the mail, %d"
                            + " the domain of the verified address.");
    public static final Param<List<String>> FROM_REWRITE_CLASSES =
            Param.list(
                    "from_rewrite_classes",
                    "header_from, header_sender",
                    "What the rules for From: apply to: header_from, header_sender (Sender:),"
                            + " envelope_sender.");
}
