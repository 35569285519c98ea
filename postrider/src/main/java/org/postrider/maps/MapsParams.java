package org.postrider.maps;

import java.util.List;
import org.postrider.config.Param;

/// What the administrator can set about lookup tables.
public final class MapsParams {
    public static final Param<String> DEFAULT_CACHE_DB_TYPE =
            Param.string(
                    "default_cache_db_type",
                    "btree",
                    "The table type of caches; what `postmap btree:` writes if it is cdb or lmdb.");
    public static final Param<Long> LMDB_MAP_SIZE =
            Param.size(
                    "lmdb_map_size",
                    "16777216",
                    1,
                    0,
                    "The first size in octets of an lmdb file; it grows by itself.");
    public static final Param<Integer> SOCKETMAP_MAX_REPLY_SIZE =
            Param.integer(
                    "socketmap_max_reply_size",
                    "100000",
                    1,
                    0,
                    "The longest answer of a socketmap server, in octets.");
    public static final Param<String> IMPORT_ENVIRONMENT =
            Param.string(
                    "import_environment",
                    "MAIL_CONFIG MAIL_DEBUG MAIL_LOGTAG TZ XAUTHORITY DISPLAY LANG=C"
                            + " POSTLOG_SERVICE POSTLOG_HOSTNAME XDG_RUNTIME_DIR",
                    "Which variables of the environment an `environ:` table answers and commands may"
                            + " see, as `name` or `name=value`.");
    public static final Param<List<String>> PARENT_DOMAIN_MATCHES_SUBDOMAINS =
            Param.list(
                    "parent_domain_matches_subdomains",
                    "debug_peer_list,fast_flush_domains,mynetworks,permit_mx_backup_networks,"
                            + "qmqpd_authorized_clients,relay_domains,smtpd_access_maps",
                    "The lists in which `example.com` also stands for its subdomains.");
    public static final Param<String> ALIAS_DATABASE =
            Param.string(
                    "alias_database",
                    "$default_database_type:/etc/aliases",
                    "The tables that `newaliases` makes.");

    private MapsParams() {}
}
