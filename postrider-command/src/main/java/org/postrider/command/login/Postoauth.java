package org.postrider.command.login;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.postrider.command.OctetPath;
import org.postrider.command.Options;
import org.postrider.command.Terminal;
import org.postrider.config.Reason;
import org.postrider.disk.Reading;
import org.postrider.sasl.ClientExchange;

/// `postoauth`: makes a token file for logins by XOAUTH2 and OAUTHBEARER in the device-code
/// dialogue (RFC 8628). It says where to type which code, and no secret; the client's secret is
/// read from a file, so that no list of processes shows it.
public final class Postoauth {
    private static final int FAILED = 1;
    private static final String ENDPOINTS = "device_endpoint";

    private final Terminal terminal;

    public Postoauth(Terminal terminal) {
        this.terminal = terminal;
    }

    private int usage() {
        terminal.err()
                .print(
                        """
                        usage: postoauth [-i client_id] [-k secret_file] [-u user] [-s scope] [-d device_url]
                                         [-t token_url] [-a ca_file] google|microsoft|other file
                          -i  the client's id, as the provider gave it
                          -k  a file with the client's secret
                          -u  who logs in
                          -s  the scope, instead of the provider's for SMTP
                          -d  where the dialogue begins; -t where tokens are fetched (other: both are needed)
                          -a  a PEM file of the authorities that are trusted
                        """);
        return FAILED;
    }

    /// @return the exit status: 0 where the file is there, else 1
    public int run(String[] args) {
        Options options = new Options("postoauth", "i:k:u:s:d:t:a:h", args, terminal.err());
        Map<String, Object> given = new LinkedHashMap<>();
        String secretFile = null;
        for (char option = options.next(); option != 0; option = options.next()) {
            switch (option) {
                case 'i' -> given.put("client_id", options.argument());
                case 'k' -> secretFile = options.argument();
                case 'u' -> given.put("user", options.argument());
                case 's' -> given.put("scope", options.argument());
                case 'd' -> given.put(ENDPOINTS, options.argument());
                case 't' -> given.put("token_endpoint", options.argument());
                case 'a' -> given.put("ca_bundle_file", options.argument());
                default -> {
                    return usage();
                }
            }
        }
        String[] rest = options.rest();
        Map<String, Object> settings = rest.length == 2 ? provider(rest[0]) : null;
        if (settings == null) {
            return usage();
        }
        settings.putAll(given);
        if (!settings.containsKey(ENDPOINTS)
                || !settings.containsKey("token_endpoint")
                || !settings.containsKey("client_id")) {
            return usage();
        }
        return make(settings, secretFile, OctetPath.of(rest[1]));
    }

    private static @Nullable Map<String, Object> provider(String name) {
        Map<String, Object> out = new LinkedHashMap<>();
        switch (name) {
            case "google" -> {
                out.put(ENDPOINTS, "https://oauth2.googleapis.com/device/code");
                out.put("token_endpoint", "https://oauth2.googleapis.com/token");
                out.put("scope", "https://mail.google.com/");
            }
            case "microsoft" -> {
                String base = "https://login.microsoftonline.com/common/oauth2/v2.0/";
                out.put(ENDPOINTS, base + "devicecode");
                out.put("token_endpoint", base + "token");
                out.put("scope", "https://outlook.office.com/SMTP.Send offline_access");
            }
            case "other" -> {
                // all is said by options
            }
            default -> {
                return null;
            }
        }
        return out;
    }

    private int make(Map<String, Object> settings, @Nullable String secretFile, Path file) {
        try {
            if (secretFile != null) {
                Path from = OctetPath.of(secretFile);
                settings.put("client_secret", Reading.text(from, Reading.SHORT).strip());
            }
            ClientExchange.makeToken(
                    settings,
                    file,
                    text -> terminal.err().print("postoauth: " + text + "\n"),
                    seconds -> LockSupport.parkNanos(seconds * 1_000_000_000L));
            terminal.err().print("postoauth: the token is in " + file + "\n");
            return 0;
        } catch (ClientExchange.NoToken e) {
            terminal.err().print("postoauth: " + e.getMessage() + "\n");
        } catch (IOException e) {
            terminal.err().print("postoauth: " + file + ": " + Reason.of(e) + "\n");
        }
        return FAILED;
    }
}
