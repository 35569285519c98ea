package org.postrider.command.tls;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.command.CommandException;
import org.postrider.command.Options;
import org.postrider.command.Terminal;
import org.postrider.config.ServiceSettings;
import org.postrider.maps.Fold;
import org.postrider.smtp.ClientSettings;
import org.postrider.smtp.Finger;
import org.postrider.smtp.Finger.Detail;
import org.postrider.smtp.Protocol;
import org.postrider.smtp.SmtpParams;
import org.postrider.smtp.SmtpTlsParams;
import org.postrider.smtp.Twin;

/// The command line of posttls-finger(1), option by option.
final class FingerOptions {
    private static final String LETTERS = "a:A:cCd:fF:g:h:H:k:K:l:L:m:M:o:p:P:r:s:St:T:vwxX";
    private static final int DEFAULT_RECONNECTS = 5;
    private static final String DEFAULT_TIMEOUT = "30";

    private final Map<Character, String> given = new LinkedHashMap<>();
    private final Map<String, String> overrides = new LinkedHashMap<>();
    private final List<String> anchors = new ArrayList<>();
    private final List<String> chains = new ArrayList<>();
    private final List<String> rest;

    private FingerOptions(List<String> rest) {
        this.rest = rest;
    }

    /// @return null where the usage is to be said
    static @Nullable FingerOptions of(String[] args, Terminal terminal) {
        Options options = new Options("posttls-finger", LETTERS, args, terminal.err());
        FingerOptions out = new FingerOptions(new ArrayList<>());
        for (char letter = options.next(); letter != 0; letter = options.next()) {
            if (letter == '?' || !out.take(letter, options.argument())) {
                return null;
            }
        }
        out.rest.addAll(List.of(options.rest()));
        return out.rest.isEmpty() ? null : out;
    }

    private boolean take(char letter, String value) {
        switch (letter) {
            case 'o' -> {
                int equals = value.indexOf('=');
                if (equals <= 0) {
                    return false;
                }
                overrides.put(value.substring(0, equals).strip(), value.substring(equals + 1));
            }
            case 'A' -> anchors.add(value);
            case 'H' -> chains.add(value);
            default -> given.put(letter, value);
        }
        return true;
    }

    private boolean has(char letter) {
        return given.containsKey(letter);
    }

    private String get(char letter, String otherwise) {
        return given.getOrDefault(letter, otherwise);
    }

    /// What takes the place of main.cf's settings before all others (`-o`).
    Map<String, String> overrides() {
        return overrides;
    }

    Protocol protocol() {
        return has('S') ? Protocol.LMTP : Protocol.SMTP;
    }

    String level() {
        return get('l', "dane");
    }

    /// @throws CommandException in Postfix's words for a value that there is not
    void check(Consumer<String> warnings) {
        oneOf('a', List.of("any", "ipv4", "ipv6"));
        oneOf('M', List.of("dane", "encrypt", "may"));
        for (String word : get('h', "dns").split("[,\\s]+")) {
            if (!List.of("dns", "native").contains(Fold.lower(word))) {
                throw fatal("unknown -h option value \"" + word + "\" in \"" + get('h', "") + "\"");
            }
        }
        if (!Finger.level(level())) {
            throw fatal("Invalid TLS level \"" + level() + "\"");
        }
        if (!chains.isEmpty() && (has('k') || has('K'))) {
            throw fatal(
                    "When the '-H' option is used, neither the '-k', nor the '-K' options may be"
                            + " used");
        }
        if (rest.size() > 1 && !Finger.matches(level())) {
            warnings.accept("TLS level '" + level() + "' does not implement certificate matching");
        }
        timeout('t');
        timeout('T');
    }

    private void oneOf(char letter, List<String> words) {
        String value = get(letter, words.getFirst());
        if (!words.contains(Fold.lower(value))) {
            throw fatal("bad '-" + letter + "' option value: " + value);
        }
    }

    private String timeout(char letter) {
        String value = get(letter, DEFAULT_TIMEOUT);
        if (number(value) <= 0) {
            throw fatal("bad '-" + letter + "' option value: " + value);
        }
        return value + "s";
    }

    /// As atoi(3): what is no number is 0.
    private static int number(String text) {
        return text.matches("[0-9]{1,8}") ? Integer.parseInt(text) : 0;
    }

    private static CommandException fatal(String why) {
        return new CommandException(1, why);
    }

    // ---- for the room smtp

    Finger.Wish wish(Finger.Wait waits) {
        return new Finger.Wish(
                protocol(),
                rest.getFirst(),
                level(),
                has('w'),
                new Finger.Again(
                        number(get('r', "0")),
                        number(get('m', String.valueOf(DEFAULT_RECONNECTS))),
                        waits));
    }

    Finger.Shows shows(Finger.Out out, Consumer<String> warnings) {
        return new Finger.Shows(!has('c'), has('C'), details(warnings), out);
    }

    private Set<Detail> details(Consumer<String> warnings) {
        Set<Detail> out = EnumSet.noneOf(Detail.class);
        String all = get('L', "routine,certmatch");
        for (String word : all.split("[,\\s]+")) {
            switch (Fold.lower(word)) {
                case "0", "none", "ssl-debug" -> {
                    // OpenSSL's own words are not had.
                }
                case "ssl-handshake-packet-dump", "ssl-session-packet-dump" -> {
                    // Neither are they.
                }
                case "1", "routine", "summary" -> out.add(Detail.SUMMARY);
                case "2", "3", "4", "debug", "ssl-expert", "ssl-developer" ->
                        out.addAll(EnumSet.of(Detail.SUMMARY, Detail.VERBOSE));
                case "untrusted" -> out.add(Detail.UNTRUSTED);
                case "peercert" -> out.add(Detail.PEER);
                case "certmatch" -> out.add(Detail.MATCH);
                case "cache" -> out.add(Detail.CACHE);
                case "verbose" -> out.add(Detail.VERBOSE);
                default ->
                        warnings.accept(
                                "unknown -L option value \"" + word + "\" in \"" + all + "\"");
            }
        }
        return out;
    }

    /// The settings that the options stand for.
    Map<String, String> parameters(ServiceSettings main) {
        ClientSettings names = new ClientSettings(main, protocol());
        Map<String, String> out = new LinkedHashMap<>();
        String matches = String.join(" ", rest.subList(1, rest.size()));
        String key = has('K') ? get('K', "") : get('k', "");
        put(out, names, SmtpTlsParams.CAFILE, get('F', ""));
        put(out, names, SmtpTlsParams.CAPATH, get('P', ""));
        put(out, names, SmtpTlsParams.TRUST_ANCHOR_FILE, String.join(" ", anchors));
        if (has('d')) {
            put(out, names, SmtpTlsParams.FINGERPRINT_DIGEST, get('d', ""));
        }
        put(out, names, SmtpTlsParams.CIPHERS, get('g', "medium"));
        put(out, names, SmtpTlsParams.MANDATORY_CIPHERS, get('g', "medium"));
        put(out, names, SmtpTlsParams.PROTOCOLS, get('p', ">=TLSv1"));
        put(out, names, SmtpTlsParams.MANDATORY_PROTOCOLS, get('p', ">=TLSv1"));
        put(out, names, SmtpTlsParams.CHAIN_FILES, String.join(" ", chains));
        put(out, names, SmtpTlsParams.CERT_FILE, has('k') ? get('k', "") : key);
        put(out, names, SmtpTlsParams.KEY_FILE, key);
        put(out, names, SmtpTlsParams.SERVERNAME, get('s', ""));
        put(out, names, SmtpTlsParams.FORCE_INSECURE_HOST_TLSA, has('f') ? "yes" : "no");
        out.put(SmtpTlsParams.DANE_INSECURE_MX_POLICY.name(), get('M', "dane"));
        put(out, names, SmtpTlsParams.FINGERPRINT_CERT_MATCH, matches);
        if (!matches.isEmpty()) {
            put(out, names, SmtpTlsParams.VERIFY_CERT_MATCH, matches);
            put(out, names, SmtpTlsParams.SECURE_CERT_MATCH, matches);
        } else {
            put(out, names, SmtpTlsParams.VERIFY_CERT_MATCH, "hostname");
            put(out, names, SmtpTlsParams.SECURE_CERT_MATCH, "nexthop, dot-nexthop");
        }
        String lookup = get('h', "dns");
        put(out, names, SmtpParams.HOST_LOOKUP, lookup);
        put(
                out,
                names,
                SmtpParams.DNS_SUPPORT_LEVEL,
                lookup.contains("dns") ? "dnssec" : "disabled");
        put(out, names, SmtpParams.ADDRESS_PREFERENCE, get('a', "any"));
        put(out, names, SmtpParams.CONNECT_TIMEOUT, timeout('t'));
        put(out, names, SmtpParams.HELO_TIMEOUT, timeout('T'));
        return out;
    }

    /// A `$` of a file's name is no reference to a parameter.
    private static void put(
            Map<String, String> out, ClientSettings names, Twin<?> twin, String value) {
        out.put(names.name(twin), value.replace("$", "$$"));
    }
}
