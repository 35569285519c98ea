package org.postrider.command.subcommand;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postrider.command.CommandException;
import org.postrider.command.OctetPath;
import org.postrider.command.Options;
import org.postrider.config.Reason;
import org.postrider.time.Clock;

/// `postfix tls subcommand`: turns opportunistic TLS on, makes keys and certificates, deploys them,
/// prints requests and TLSA records (postfix-tls(1)).
public final class PostfixTls {
    private static final List<String> CLIENT =
            List.of(
                    "smtp_use_tls",
                    "smtp_enforce_tls",
                    "smtp_tls_enforce_peername",
                    "smtp_tls_security_level",
                    "smtp_tls_cert_file",
                    "smtp_tls_dcert_file",
                    "smtp_tls_eccert_file");
    private static final List<String> SERVER =
            List.of(
                    "smtpd_use_tls",
                    "smtpd_enforce_tls",
                    "smtpd_tls_security_level",
                    "smtpd_tls_cert_file",
                    "smtpd_tls_dcert_file",
                    "smtpd_tls_eccert_file");
    private static final Map<String, List<String>> PARAMETERS =
            Map.of(
                    "rsa", List.of("smtpd_tls_key_file", "smtpd_tls_cert_file"),
                    "ecdsa", List.of("smtpd_tls_eckey_file", "smtpd_tls_eccert_file"));
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("uuuuMMdd-HHmmss").withZone(ZoneOffset.UTC);

    private final Editing editing;
    private final Clock clock;
    private final OpenSsl openssl;

    /// @throws CommandException where there is no openssl
    public PostfixTls(Editing editing, Clock clock) {
        this.editing = editing;
        this.clock = clock;
        openssl = new OpenSsl(editing.text("openssl_path"));
    }

    /// @return the exit status: 1 for `all-default-…` where something is set
    /// @throws CommandException where it cannot be done
    public int run(String[] words) {
        String command = words.length == 0 ? "" : words[0];
        String[] rest =
                words.length == 0 ? words : java.util.Arrays.copyOfRange(words, 1, words.length);
        switch (command) {
            case "all-default-client" -> {
                return untouched(CLIENT) ? 0 : 1;
            }
            case "all-default-server" -> {
                return untouched(SERVER) ? 0 : 1;
            }
            case "enable-client" -> client(asked(command, "r:", "[-r devrandom]", rest));
            case "enable-server" ->
                    server(
                            asked(
                                    command,
                                    "a:b:r:",
                                    "[-a algorithm] [-b bits ] [-r devrandom] [hostname ...]",
                                    rest));
            case "new-server-key", "new-server-cert" -> {
                Asked asked =
                        asked(command, "a:b:", "[-a algorithm] [-b bits ] [hostname ...]", rest);
                String old = command.equals("new-server-cert") ? deployed(asked.algorithm()) : "";
                if (!old.isEmpty() && !Files.isRegularFile(OctetPath.of(old))) {
                    say("warning: Key file: " + old + " not found, creating new keys");
                    old = "";
                }
                told(made(asked, old), false, old.isEmpty());
            }
            case "deploy-server-cert" -> deploy(rest);
            case "output-server-csr" -> {
                Asked asked = asked(command, "k:", "[-k keyfile] [hostname ...]", rest);
                Path key = keyFile(asked.key());
                out(openssl.request(key, hosts(asked.words())));
            }
            case "output-server-tlsa" ->
                    tlsa(asked(command, "h:", "[-h hostname] [keyfile ...]", rest));
            default ->
                    throw new CommandException(
                            1,
                            "usage: postfix tls enable-client (or enable-server, new-server-key,"
                                    + " new-server-cert, deploy-server-cert, output-server-csr,"
                                    + " output-server-tlsa, all-default-client, all-default-server)");
        }
        return 0;
    }

    /// What the options say.
    private record Asked(
            String algorithm,
            String bits,
            String random,
            String key,
            String host,
            List<String> words) {}

    /// A key with its certificate.
    private record Pair(Path certificate, Path key, String algorithm) {}

    private Asked asked(String command, String known, String usage, String[] words) {
        Options options = new Options("postfix", known, words, editing.terminal().err());
        String algorithm = "rsa";
        String bits = "";
        String random = "";
        String key = "rsa";
        String host = "";
        for (char c = options.next(); c != 0; c = options.next()) {
            switch (c) {
                case 'a' -> algorithm = options.argument();
                case 'b' -> bits = options.argument();
                case 'r' -> random = options.argument();
                case 'k' -> key = options.argument();
                case 'h' -> host = options.argument();
                default -> throw usage(command, usage);
            }
        }
        List<String> rest = List.of(options.rest());
        if (known.equals("r:") && !rest.isEmpty()) {
            throw usage(command, usage);
        }
        if (!PARAMETERS.containsKey(algorithm)) {
            throw new CommandException(1, "Unsupported private key algorithm: " + algorithm);
        }
        if (bits.isEmpty()) {
            bits = algorithm.equals("rsa") ? "2048" : "secp256r1";
        }
        return new Asked(algorithm, bits, random, key, host, rest);
    }

    private static CommandException usage(String command, String usage) {
        return new CommandException(1, "usage: postfix tls " + command + " " + usage);
    }

    private void say(String text) {
        editing.say().accept(text);
    }

    private void out(String text) {
        editing.terminal().out().print(text);
        editing.terminal().out().flush();
    }

    private boolean untouched(List<String> names) {
        return names.stream().allMatch(name -> editing.set(name).isEmpty());
    }

    private void client(Asked asked) {
        List<String> set =
                new ArrayList<>(
                        List.of(
                                "smtp_tls_security_level = may",
                                "smtp_tls_loglevel = 1",
                                "smtp_tls_session_cache_database = lmdb:"
                                        + editing.text("data_directory")
                                        + "/smtp_scache"));
        if (!untouched(CLIENT)) {
            say(
                    "TLS of the SMTP client is configured already, and nothing was changed. Usual"
                            + " are:");
            set.forEach(each -> say("  " + each));
            return;
        }
        random(asked.random(), set);
        edit(set);
        say("the SMTP client uses TLS where servers offer it, after: postfix reload");
    }

    private void random(String given, List<String> set) {
        String source = given.isEmpty() ? editing.text("tls_random_source") : given;
        if (!source.isEmpty()) {
            set.add("tls_random_source = " + source);
        }
    }

    private void edit(List<String> set) {
        List<String> words = new ArrayList<>(List.of("-e"));
        words.addAll(set);
        editing.postconf(words);
    }

    private void server(Asked asked) {
        if (!untouched(SERVER)) {
            say(
                    "TLS of the SMTP server is configured already, and nothing was changed. Usual"
                            + " are:");
            say("  smtpd_tls_security_level = may");
            say("  smtpd_tls_loglevel = 1");
            say(
                    "postfix tls new-server-cert makes a new certificate, new-server-key a new key,"
                            + " too");
            return;
        }
        Pair made = made(asked, "");
        List<String> more =
                new ArrayList<>(
                        List.of(
                                "smtpd_tls_security_level = may",
                                "smtpd_tls_received_header = yes",
                                "smtpd_tls_loglevel = 1"));
        random(asked.random(), more);
        deploy(made, more);
        told(made, true, true);
    }

    private List<String> hosts(List<String> given) {
        List<String> out = given.isEmpty() ? List.of(editing.text("myhostname")) : given;
        for (String each : out) {
            if (!each.matches("[A-Za-z0-9*][A-Za-z0-9._-]*(\\.[A-Za-z0-9._-]+)*")) {
                throw new CommandException(1, "not a host name: " + each);
            }
        }
        return out;
    }

    /// @param old a key to be taken over, empty for a new one
    private Pair made(Asked asked, String old) {
        String stamp = STAMP.format(Instant.ofEpochMilli(clock.wallMillis()));
        String kind = asked.algorithm().equals("rsa") ? "" : "ec";
        Path key = editing.directory().resolve(kind + "key-" + stamp + ".pem");
        Path certificate = editing.directory().resolve(kind + "cert-" + stamp + ".pem");
        if (Files.exists(key)) {
            throw new CommandException(1, "New private key file already exists: " + key);
        }
        if (Files.exists(certificate)) {
            throw new CommandException(1, "New certificate file already exists: " + certificate);
        }
        List<String> hosts = hosts(asked.words());
        try {
            if (old.isEmpty()) {
                openssl.key(asked.algorithm(), asked.bits(), key);
            } else {
                copy(OctetPath.of(old), key, asked.algorithm());
            }
            openssl.certificate(key, certificate, hosts);
        } catch (CommandException e) {
            remove(key);
            remove(certificate);
            throw e;
        }
        return new Pair(certificate, key, asked.algorithm());
    }

    private static void remove(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // It is named in what is thrown.
        }
    }

    private void copy(Path from, Path to, String algorithm) {
        String found = openssl.algorithm(from);
        if (!algorithm.equals(found)) {
            throw new CommandException(
                    1,
                    found == null
                            ? "Error copying private key from '" + from + "' to '" + to + "'"
                            : "Key algorithm '"
                                    + found
                                    + "' of '"
                                    + from
                                    + "' is not '"
                                    + algorithm
                                    + "'");
        }
        try {
            Files.copy(from, to);
            Files.setPosixFilePermissions(
                    to, java.nio.file.attribute.PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            throw new CommandException(1, to + ": " + Reason.of(e));
        }
    }

    /// The key of an algorithm that main.cf names, empty for none.
    private String deployed(String algorithm) {
        List<String> names = PARAMETERS.getOrDefault(algorithm, List.of());
        String key = editing.set(names.getFirst());
        String text = key.isEmpty() ? editing.set(names.getLast()) : key;
        return text.equals("none") ? "" : text;
    }

    private Path keyFile(String given) {
        String file = PARAMETERS.containsKey(given) ? deployed(given) : given;
        if (file.isEmpty()) {
            throw new CommandException(1, "no " + given + " key is deployed");
        }
        return editing.directory().resolve(OctetPath.of(file));
    }

    private void deploy(String[] words) {
        if (words.length != 2) {
            throw usage("deploy-server-cert", "certfile keyfile");
        }
        Path certificate = editing.directory().resolve(OctetPath.of(words[0]));
        Path key = editing.directory().resolve(OctetPath.of(words[1]));
        deploy(new Pair(certificate, key, algorithm(key)), List.of());
        say("new TLS private key and certificate deployed; they count after: postfix reload");
    }

    private String algorithm(Path key) {
        @Nullable String found = Files.isRegularFile(key) ? openssl.algorithm(key) : null;
        if (found == null) {
            throw new CommandException(1, "no private key that can be read in " + key);
        }
        return found;
    }

    private void deploy(Pair pair, List<String> more) {
        String certified = OpenSsl.ofCertificate(pair.certificate());
        if (certified == null) {
            throw new CommandException(1, "error computing certificate public key digest");
        }
        if (!certified.equals(openssl.digest(pair.key()))) {
            throw new CommandException(
                    1,
                    "Certificate in "
                            + pair.certificate()
                            + " does not match key in "
                            + pair.key());
        }
        List<String> names = PARAMETERS.getOrDefault(pair.algorithm(), List.of());
        List<String> set = new ArrayList<>();
        set.add(names.getFirst() + " = " + pair.key());
        set.add(names.getLast() + " = " + pair.certificate());
        set.addAll(more);
        edit(set);
    }

    /// What can be done with a new pair.
    private void told(Pair pair, boolean deployed, boolean newKey) {
        String files = pair.certificate() + " " + pair.key();
        say(
                deployed
                        ? "the SMTP server offers TLS, after: postfix reload"
                        : "new private key and self-signed certificate; to deploy them: postfix tls"
                                + " deploy-server-cert "
                                + files);
        say("a request to an authority: postfix tls output-server-csr -k " + pair.key());
        say("TLSA records: postfix tls output-server-tlsa " + (deployed ? "" : pair.key()));
        if (newKey && !deployed) {
            say("publish new TLSA records, and wait until the old ones have expired, before that");
        }
    }

    private void tlsa(Asked asked) {
        String host = asked.host().isEmpty() ? editing.text("myhostname") : asked.host();
        boolean all = asked.words().isEmpty();
        for (String each : all ? List.of("rsa", "ecdsa") : asked.words()) {
            if (PARAMETERS.containsKey(each) && deployed(each).isEmpty()) {
                continue;
            }
            Path key = keyFile(each);
            out("; " + key + "\n");
            algorithm(key);
            out("_25._tcp." + host + ". IN TLSA 3 1 1 " + openssl.digest(key) + "\n");
        }
    }
}
