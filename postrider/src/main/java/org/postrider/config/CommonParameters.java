package org.postrider.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.config.names.HostNames;

/// What every program of Postfix reads before it does anything (mail_params(3)): the parameters
/// that all share, in Postfix's order and with its words for a value that cannot be used. Only what
/// main.cf sets is looked at: a default is right by itself, and ours needs no user `postfix` if
/// nobody asks for one.
public final class CommonParameters {
    /// Types and bounds are the catalogue's.
    private static final List<String> FIRST =
            words(
                    """
                    mail_version syslog_facility inet_protocols multi_instance_directories
                    multi_instance_group multi_instance_name maillog_file maillog_file_prefixes
                    maillog_file_compressor maillog_file_rotate_suffix maillog_file_permissions
                    postlog_service_name dnssec_probe known_tcp_ports
                    daemon_table_open_error_is_fatal dns_ncache_ttl_fix_enable smtputf8_enable
                    enable_idna2003_compatibility respectful_logging
                    """);

    private static final List<String> OTHER =
            words(
                    """
                    mail_name syslog_name mail_owner setgid_group mydestination myorigin relayhost
                    daemon_directory data_directory command_directory meta_directory queue_directory
                    shlib_directory process_id_directory inet_interfaces proxy_interfaces
                    double_bounce_sender default_privs alias_database mail_release_date
                    default_database_type hash_queue_names recipient_delimiter relay_domains
                    fast_flush_domains export_environment import_environment mynetworks_style
                    debug_peer_list default_verp_delimiters verp_delimiter_filter
                    parent_domain_matches_subdomains alternate_config_directories
                    bounce_service_name cleanup_service_name defer_service_name pickup_service_name
                    queue_service_name rewrite_service_name showq_service_name error_service_name
                    flush_service_name address_verify_service_name trace_service_name
                    proxymap_service_name proxywrite_service_name internal_mail_filter_classes
                    multi_instance_wrapper default_delivery_status_filter
                    smtputf8_autodetect_classes message_drop_headers info_log_address_format
                    default_process_limit max_use dont_remove line_length_limit hash_queue_depth
                    fork_attempts deliver_lock_attempts debug_peer_level fault_injection_code
                    berkeley_db_create_buffer_size berkeley_db_read_buffer_size header_size_limit
                    header_address_token_limit mime_nesting_limit mime_boundary_length_limit
                    delay_logging_resolution_limit tcp_windowsize message_size_limit lmdb_map_size
                    disable_dns_lookups soft_bounce owner_request_special strict_8bitmime
                    strict_7bit_headers strict_8bitmime_body strict_mime_encoding_domain
                    disable_mime_input_processing disable_mime_output_conversion
                    address_verify_negative_cache backwards_bounce_logfile_compatibility
                    helpful_warnings send_cyrus_sasl_authzid multi_instance_enable
                    enable_long_queue_ids strict_smtputf8 enable_original_recipient
                    application_event_drain_time max_idle ipc_timeout ipc_idle ipc_ttl
                    trigger_timeout fork_delay deliver_lock_delay stale_lock_time daemon_timeout
                    in_flow_delay
                    """);

    private static final List<String> FACILITIES =
            words(
                    "auth authpriv cron daemon ftp kern lpr mail news security syslog user uucp"
                            + " local0 local1 local2 local3 local4 local5 local6 local7");

    private static final List<String> PROTOCOLS = words("all ipv4 ipv6");
    private static final List<String> STYLES = words("class subnet host");

    private final ServiceSettings settings;
    private final MainCf mainCf;

    private CommonParameters(ServiceSettings settings) {
        this.settings = settings;
        mainCf = settings.mainCf();
    }

    private static List<String> words(String text) {
        return List.of(text.strip().replace('\n', ' ').split(" ", -1));
    }

    /// @param warnings told what Postfix says before it gives up
    /// @throws ConfigException with Postfix's words for the first fault
    public static void check(ServiceSettings settings, Consumer<String> warnings) {
        try {
            new CommonParameters(settings).all(warnings);
        } catch (MacroException e) {
            warnings.accept(String.valueOf(e.getMessage()));
            throw new ConfigException("dictionary mail_dict: macro processing error");
        }
    }

    /// What most commands look at besides: that inet_interfaces names addresses of this machine.
    ///
    /// @throws ConfigException in Postfix's words
    public static void interfaces(ServiceSettings settings) {
        OwnNetworks.check(
                String.valueOf(settings.text("inet_interfaces")),
                String.valueOf(settings.text("inet_protocols")));
    }

    /// One to three numbers with dots between them.
    private static boolean isLevel(String text) {
        String[] numbers = text.split("\\.", -1);
        return numbers.length <= 3
                && Arrays.stream(numbers)
                        .allMatch(n ->
                                !n.isEmpty()
                                        && n.length() <= 9
                                        && n.chars().allMatch(c -> c >= '0' && c <= '9'));
    }

    private void all(Consumer<String> warnings) {
        String level = set("compatibility_level");
        if (level != null && !isLevel(level)) {
            throw new ConfigException("malformed compatibility level syntax: \"" + level + "\"");
        }
        FIRST.forEach(this::one);
        oneOf("syslog_facility", FACILITIES);
        masks("inet_protocols", "inet_protocols", PROTOCOLS);
        hostname("myhostname", warnings);
        hostname("mydomain", warnings);
        OTHER.forEach(this::one);
        Privileges.check(settings);
        masks("mynetworks_style", "mynetworks mask style", STYLES);
        together();
    }

    private @Nullable String set(String name) {
        return mainCf.entries().containsKey(name) ? text(name) : null;
    }

    private String text(String name) {
        return String.valueOf(settings.text(name));
    }

    private ConfigException fault(String parameters, String why) {
        return new ConfigException("file " + mainCf.file() + ": " + parameters + ": " + why);
    }

    private void one(String name) {
        String text = set(name);
        if (text == null) {
            return;
        }
        Catalogue.Known known = settings.catalogue().known(name);
        if (known == null) {
            return;
        }
        switch (known.type()) {
            case "bool", "nbool" -> {
                if (!text.equalsIgnoreCase("yes") && !text.equalsIgnoreCase("no")) {
                    throw new ConfigException("bad boolean configuration: " + name + " = " + text);
                }
            }
            case "int", "nint", "long" -> number(known, text);
            case "time" -> time(known, text);
            default -> length(known, text);
        }
    }

    private static void length(Catalogue.Known known, String text) {
        String more =
                text.length() < known.lowest()
                        ? " < " + known.lowest()
                        : known.highest() > 0 && text.length() > known.highest()
                                ? " > " + known.highest()
                                : null;
        if (more != null) {
            throw new ConfigException(
                    "bad string length "
                            + text.length()
                            + more
                            + ": "
                            + known.name()
                            + " = "
                            + text);
        }
    }

    private static void number(Catalogue.Known known, String text) {
        long n;
        try {
            n = known.type().equals("long") ? Long.parseLong(text) : Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new ConfigException(
                    "bad numerical configuration: " + known.name() + " = " + text);
        }
        // Where nothing stands as the lowest, 0 does not bound (a negative value switches off).
        String beyond =
                known.lowest() > 0 && n < known.lowest()
                        ? " < " + known.lowest()
                        : known.highest() > 0 && n > known.highest()
                                ? " > " + known.highest()
                                : null;
        if (beyond != null) {
            throw new ConfigException("invalid " + known.name() + " parameter value " + n + beyond);
        }
    }

    private static void time(Catalogue.Known known, String text) {
        Duration time;
        try {
            time = Values.time(text, 's');
        } catch (ConfigException e) {
            time = Duration.ofSeconds(-1);
        }
        if (time.isNegative()) {
            throw new ConfigException(
                    "parameter " + known.name() + ": bad time value or unit: " + text);
        }
        long n = time.toSeconds();
        if (n < known.lowest()) {
            throw new ConfigException(
                    "invalid " + known.name() + ": " + n + " (min " + known.lowest() + ")");
        }
        if (known.highest() > 0 && n > known.highest()) {
            throw new ConfigException(
                    "invalid " + known.name() + ": " + n + " (max " + known.highest() + ")");
        }
    }

    private void oneOf(String name, List<String> known) {
        String text = set(name);
        if (text != null && !known.contains(text)) {
            throw fault("parameter " + name, "unrecognized value: " + text);
        }
    }

    private void masks(String name, String shown, List<String> known) {
        String text = set(name);
        for (String word : Values.words(text == null ? "" : text)) {
            if (!known.contains(word.toLowerCase(java.util.Locale.ROOT))) {
                throw new ConfigException(
                        "unknown " + shown + " value \"" + word + "\" in \"" + text + "\"");
            }
        }
    }

    private void hostname(String name, Consumer<String> warnings) {
        String text = text(name);
        if (text.isEmpty()) {
            throw new ConfigException("bad string length 0 < 1: " + name + " = ");
        }
        String why = HostNames.fault(text);
        if (why != null) {
            warnings.accept("valid_hostname: " + why + ": " + text);
            throw fault("parameter " + name, "bad parameter value: " + text);
        }
    }

    private void together() {
        String relayhost = set("relayhost");
        String myhostname = text("myhostname");
        if (relayhost != null && relayhost.equalsIgnoreCase(myhostname)) {
            throw new ConfigException(
                    "myhostname and relayhost parameter settings must not be identical: "
                            + myhostname);
        }
        String origin = set("myorigin");
        if (origin != null && Values.words(origin).size() > 1) {
            throw new ConfigException(
                    "myorigin parameter setting must not contain multiple values: " + origin);
        }
        String delimiters = text("default_verp_delimiters");
        String filter = text("verp_delimiter_filter");
        for (int i = 0; i < delimiters.length(); i++) {
            if (filter.indexOf(delimiters.charAt(i)) < 0) {
                throw fault(
                        "parameters default_verp_delimiters and verp_delimiter_filter",
                        "bad " + (i == 0 ? "first" : "second") + " VERP delimiter character");
            }
        }
        logs();
    }

    private void logs() {
        List<String> prefixes = Values.words(text("maillog_file_prefixes"));
        for (String name : List.of("maillog_file", "maillog_json_file")) {
            String file = set(name);
            if (file != null) {
                checkLogPlace(name, file, prefixes);
            }
        }
    }

    /// @param file empty for none
    /// @throws ConfigException when none of these directories holds the file
    public static void checkLogPlace(String parameter, String file, List<String> prefixes) {
        Path place = Path.of(file).normalize();
        if (!file.isEmpty() && prefixes.stream().noneMatch(place::startsWith)) {
            throw new ConfigException(
                    parameter
                            + " value '"
                            + file
                            + "' does not match any prefix in maillog_file_prefixes");
        }
    }
}
