package org.postrider.local;

import java.util.List;
import org.postrider.config.Param;

/// Parameters of local(8).
public final class LocalParams {
    private static final String SAFE =
            "1234567890!@%-_=+:,./abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    public static final Param<List<String>> ALIAS_MAPS =
            Param.list(
                    "alias_maps",
                    "$default_database_type:/etc/aliases",
                    "The tables of local(8) that put addresses, files and commands in the place of a"
                            + " local name.");
    public static final Param<List<String>> ALLOW_MAIL_TO_COMMANDS =
            Param.list(
                    "allow_mail_to_commands",
                    "alias, forward",
                    "From where mail may go to a command: alias, forward, include.");
    public static final Param<List<String>> ALLOW_MAIL_TO_FILES =
            Param.list(
                    "allow_mail_to_files",
                    "alias, forward",
                    "From where mail may go to a file: alias, forward, include.");
    public static final Param<Boolean> BIFF =
            Param.bool(
                    "biff",
                    "yes",
                    "Mail in a user's mailbox is told to comsat(8) of this machine, by UDP.");
    public static final Param<String> COMMAND_EXECUTION_DIRECTORY =
            Param.raw(
                    "command_execution_directory",
                    "",
                    "The directory that commands run in; empty for the queue's.");
    public static final Param<String> COMMAND_EXPANSION_FILTER =
            Param.string(
                    "command_expansion_filter",
                    SAFE,
                    "The characters that a command sees in its environment; others become `_`.");
    public static final Param<String> DEFAULT_PRIVS =
            Param.string(
                    "default_privs",
                    "nobody",
                    "With whose rights mail goes to files and commands of an alias of root's.");
    public static final Param<String> EXECUTION_DIRECTORY_EXPANSION_FILTER =
            Param.string(
                    "execution_directory_expansion_filter",
                    SAFE,
                    "The characters of values in command_execution_directory; others become `_`.");
    public static final Param<Boolean> EXPAND_OWNER_ALIAS =
            Param.bool(
                    "expand_owner_alias",
                    "no",
                    "The sender of a list's mail is what `owner-list` stands for, not its name.");
    public static final Param<String> FALLBACK_TRANSPORT =
            Param.string(
                    "fallback_transport", "", "The transport for names that are no users here.");
    public static final Param<List<String>> FALLBACK_TRANSPORT_MAPS =
            Param.list(
                    "fallback_transport_maps",
                    "",
                    "Tables of the transport for names that are no users here, by name.");
    public static final Param<String> FORWARD_EXPANSION_FILTER =
            Param.string(
                    "forward_expansion_filter",
                    SAFE,
                    "The characters of values in forward_path; others become `_`.");
    public static final Param<String> FORWARD_PATH =
            Param.raw(
                    "forward_path",
                    "$home/.forward${recipient_delimiter}${extension}, $home/.forward",
                    "Where a user says where his mail goes; the first of these files that is"
                            + " there.");
    public static final Param<Boolean> FROZEN_DELIVERED_TO =
            Param.bool(
                    "frozen_delivered_to",
                    "yes",
                    "Delivered-To names the address that was asked for, not what it stands for.");
    public static final Param<String> HOME_MAILBOX =
            Param.string(
                    "home_mailbox",
                    "",
                    "The mailbox under the home directory, with a `/` at the end a Maildir; empty"
                            + " for one in mail_spool_directory.");
    public static final Param<String> LOCAL_COMMAND_SHELL =
            Param.string(
                    "local_command_shell",
                    "",
                    "What commands are given to as last argument; empty for /bin/sh, where a shell"
                            + " is needed.");
    public static final Param<String> LUSER_RELAY =
            Param.raw(
                    "luser_relay",
                    "",
                    "The address that gets the mail of names that are no users.");
    public static final Param<List<String>> LOCAL_DELIVERY_STATUS_FILTER =
            Param.list(
                    "local_delivery_status_filter",
                    "$default_delivery_status_filter",
                    "A table of other statuses and texts for those that local(8) has.");
    public static final Param<String> MAIL_SPOOL_DIRECTORY =
            Param.string(
                    "mail_spool_directory",
                    "/var/mail",
                    "Where mailboxes lie, with a `/` at the end Maildirs.");
    public static final Param<String> MAILBOX_COMMAND =
            Param.raw("mailbox_command", "", "The command that delivers the mail of every user.");
    public static final Param<List<String>> MAILBOX_COMMAND_MAPS =
            Param.list(
                    "mailbox_command_maps",
                    "",
                    "Tables of the command that delivers a user's mail, by user.");
    public static final Param<List<String>> MAILBOX_DELIVERY_LOCK =
            Param.list(
                    "mailbox_delivery_lock",
                    "fcntl, dotlock",
                    "How a mailbox is locked: flock, fcntl, dotlock.");
    public static final Param<Long> MAILBOX_SIZE_LIMIT =
            Param.size(
                    "mailbox_size_limit",
                    "51200000",
                    0,
                    0,
                    "The largest file that mail is written to, in octets; 0 for no limit.");
    public static final Param<String> MAILBOX_TRANSPORT =
            Param.string(
                    "mailbox_transport",
                    "",
                    "The transport for all mailboxes, of names that are no users, too.");
    public static final Param<List<String>> MAILBOX_TRANSPORT_MAPS =
            Param.list(
                    "mailbox_transport_maps",
                    "",
                    "Tables of the transport for mailboxes, by name.");
    public static final Param<Boolean> OWNER_REQUEST_SPECIAL =
            Param.bool(
                    "owner_request_special",
                    "yes",
                    "`owner-list` is whom a list's problems are told, and it and `list-request` are"
                            + " not split at `-`.");
    public static final Param<List<String>> PREPEND_DELIVERED_HEADER =
            Param.list(
                    "prepend_delivered_header",
                    "command, file, forward",
                    "Where a Delivered-To header goes before the mail: command, file, forward.");
    public static final Param<Boolean> REQUIRE_HOME_DIRECTORY =
            Param.bool(
                    "require_home_directory",
                    "no",
                    "Mail waits for users whose home directory is not there.");
    public static final Param<Boolean> RESET_OWNER_ALIAS =
            Param.bool(
                    "reset_owner_alias",
                    "no",
                    "An alias without `owner-` of its own has no owner, even within another.");

    private LocalParams() {}
}
