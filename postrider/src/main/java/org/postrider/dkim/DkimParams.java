package org.postrider.dkim;

import java.time.Duration;
import org.postrider.config.Param;

/// What the administrator can set about keys of DKIM and about verifying signatures and chains.
public final class DkimParams {
    public static final Param<String> KEY_DIRECTORY =
            Param.string(
                    "dkim_key_directory",
                    "$config_directory/dkim",
                    "Where postdkim makes keys, DOMAIN/SELECTOR.pem each. Read from main.cf.");
    public static final Param<Integer> SIGNATURE_LIMIT =
            Param.integer(
                    "dkim_signature_limit",
                    "10",
                    1,
                    100,
                    "The DKIM signatures of a mail that are verified, from the top of its header."
                            + " Of the others it is said that they were not looked at. An ARC chain may"
                            + " name twice as many keys; one of more fails.");
    public static final Param<Integer> SIGNATURE_SIZE_LIMIT =
            Param.integer(
                    "dkim_signature_size_limit",
                    "32768",
                    1024,
                    1048576,
                    "Octets of a header field that holds a signature; a longer one is a permanent"
                            + " error.");
    public static final Param<Integer> LEAST_KEY_BITS =
            Param.integer(
                    "dkim_least_key_bits",
                    "1024",
                    1024,
                    16384,
                    "Bits of an RSA key that is taken as proof (RFC 8301 3.2 forbids less than"
                            + " 1024).");
    public static final Param<Integer> MOST_KEY_BITS =
            Param.integer(
                    "dkim_most_key_bits",
                    "4096",
                    2048,
                    16384,
                    "Bits of an RSA key that is computed with. A signature by a longer one is not"
                            + " verified: its time grows with the square of the bits.");
    public static final Param<Duration> TIME_LIMIT =
            Param.time(
                    "dkim_key_time_limit",
                    "10s",
                    1,
                    300,
                    "How long the keys of a mail are waited for, all together. What comes later is"
                            + " a temporary error.");
    public static final Param<Boolean> PARTIAL_BODY =
            Param.bool(
                    "dkim_accept_partial_body",
                    "no",
                    "A signature over the beginning of a body (`l=`) passes although there is more"
                            + " of it, which anybody may have added (RFC 6376 8.2).");

    private DkimParams() {}
}
