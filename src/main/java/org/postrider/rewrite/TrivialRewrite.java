package org.postrider.rewrite;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.address.Tokens;
import org.postrider.config.ConfigException;
import org.postrider.config.Param;
import org.postrider.config.Settings;
import org.postrider.maps.AddressMaps;
import org.postrider.maps.DomainList;
import org.postrider.maps.Fold;
import org.postrider.maps.ParentDomains;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;

/// Rewriting, address classes and routing by the settings of one `trivial-rewrite` service.
/// Everything is parsed at construction; any thread.
public final class TrivialRewrite implements RewriteService {
    private static final String ERROR = "error";

    private final Consumer<String> warnings;
    private final Rewriter rewriter;
    private final OwnAddresses own;
    private final DomainList mydestination;
    private final DomainList virtualAlias;
    private final DomainList virtualMailbox;
    private final DomainList relay;
    private final TransportMaps transportMaps;
    private final AddressMaps senderRelayhost;
    private final AddressMaps senderTransport;
    private final AddressMaps relocated;

    private final String localTransport;
    private final String virtualTransport;
    private final String relayTransport;
    private final String defaultTransport;
    private final String relayhost;
    private final String nullSenderRelayKey;
    private final String nullSenderTransportKey;
    private final String emptyAddress;
    private final String myhostname;
    private final String myorigin;
    private final String unknownAlias;
    private final boolean dequotes;
    private final boolean nullDomainIsLocal;
    private final boolean numericDomain;
    private final boolean allowMinus;
    private final boolean utf8;

    /// @throws ConfigException where a setting is unusable
    ///
    /// @param warnings where the service logs a table's failure, before it fails
    public TrivialRewrite(Settings settings, Tables tables, Consumer<String> warnings) {
        this.warnings = warnings;
        rewriter = new Rewriter(settings);
        own = new OwnAddresses(settings);
        mydestination = DomainList.exact(settings, RewriteParams.MYDESTINATION, tables);
        virtualAlias = DomainList.exact(settings, RewriteParams.VIRTUAL_ALIAS_DOMAINS, tables);
        virtualMailbox = DomainList.exact(settings, RewriteParams.VIRTUAL_MAILBOX_DOMAINS, tables);
        relay = DomainList.of(settings, RewriteParams.RELAY_DOMAINS, tables);
        String delimiters = settings.get(RewriteParams.RECIPIENT_DELIMITER);
        transportMaps =
                new TransportMaps(
                        settings.get(RewriteParams.TRANSPORT_MAPS),
                        tables,
                        delimiters,
                        ParentDomains.match(settings, tables, "transport_maps"));
        senderRelayhost =
                new AddressMaps(
                        settings.get(RewriteParams.SENDER_DEPENDENT_RELAYHOST_MAPS),
                        tables,
                        delimiters);
        senderTransport =
                new AddressMaps(
                        settings.get(RewriteParams.SENDER_DEPENDENT_DEFAULT_TRANSPORT_MAPS),
                        tables,
                        delimiters);
        relocated = new AddressMaps(settings.get(RewriteParams.RELOCATED_MAPS), tables, delimiters);
        localTransport = transport(settings, "local_transport", RewriteParams.LOCAL_TRANSPORT);
        virtualTransport =
                transport(settings, "virtual_transport", RewriteParams.VIRTUAL_TRANSPORT);
        relayTransport = transport(settings, "relay_transport", RewriteParams.RELAY_TRANSPORT);
        defaultTransport =
                transport(settings, "default_transport", RewriteParams.DEFAULT_TRANSPORT);
        relayhost = settings.get(RewriteParams.RELAYHOST);
        nullSenderRelayKey = settings.get(RewriteParams.EMPTY_ADDRESS_RELAYHOST_MAPS_LOOKUP_KEY);
        nullSenderTransportKey =
                settings.get(RewriteParams.EMPTY_ADDRESS_DEFAULT_TRANSPORT_MAPS_LOOKUP_KEY);
        emptyAddress = settings.get(RewriteParams.EMPTY_ADDRESS_RECIPIENT);
        myhostname = settings.get(RewriteParams.MYHOSTNAME);
        myorigin = settings.get(RewriteParams.MYORIGIN);
        unknownAlias =
                settings.get(RewriteParams.SHOW_USER_UNKNOWN_TABLE_NAME)
                        ? "5.1.1 User unknown in virtual alias table"
                        : "5.1.1 User unknown";
        dequotes = settings.get(RewriteParams.RESOLVE_DEQUOTED_ADDRESS);
        nullDomainIsLocal = settings.get(RewriteParams.RESOLVE_NULL_DOMAIN);
        numericDomain = settings.get(RewriteParams.RESOLVE_NUMERIC_DOMAIN);
        utf8 = settings.get(RewriteParams.SMTPUTF8_ENABLE);
        allowMinus = settings.get(RewriteParams.ALLOW_MIN_USER);
    }

    private static String transport(Settings settings, String name, Param<String> param) {
        String value = settings.get(param);
        if (value.isEmpty() || value.startsWith(":")) {
            throw new ConfigException("parameter " + name + ": null transport is not allowed");
        }
        return value;
    }

    @Override
    public Address rewrite(Address address, boolean localContext) {
        String text = address.text();
        String out = rewriter.rewrite(text, localContext);
        return out.equals(text) ? address : new Address(out);
    }

    @Override
    public AddressClass addressClass(String domain) {
        if (isLocal(domain)) {
            return AddressClass.LOCAL;
        }
        if (listed(virtualAlias, domain)) {
            return AddressClass.VIRTUAL_ALIAS;
        }
        if (listed(virtualMailbox, domain)) {
            return AddressClass.VIRTUAL_MAILBOX;
        }
        return listed(relay, domain) ? AddressClass.RELAY : AddressClass.DEFAULT;
    }

    /// The domain is in mydestination, or a literal of an own address (resolve_local).
    @Override
    public boolean isLocal(String domain) {
        int length = domain.length();
        if (length > 0 && domain.charAt(length - 1) == '.') {
            length--;
        }
        if (length == 0 || domain.charAt(length - 1) == '.') {
            return false;
        }
        String name = domain.substring(0, length);
        return mydestination.contains(name) || (name.charAt(0) == '[' && own.containsLiteral(name));
    }

    @Override
    public Resolved resolve(Address sender, Address recipient) {
        try {
            return resolved(sender, recipient);
        } catch (TableException e) {
            e.warnings().forEach(warnings);
            throw e.told();
        }
    }

    private Resolved resolved(Address sender, Address recipient) {
        String text = recipient.text();
        boolean local = false;
        if (Rewriter.plain(text)) {
            local = isLocal(recipient.domain());
        } else {
            Tokens tokens = Tokens.ofInternal(text);
            local = stripLocalDomains(tokens);
            text = tokens.internal();
        }
        int at = text.lastIndexOf('@');
        String domain = text.substring(at + 1);
        boolean bad = false;
        if (domain.startsWith("[")) {
            bad = OwnAddresses.octets(domain) == null;
        } else if (!HostNames.valid(domain, utf8)) {
            bad = true;
            if (numericDomain && HostNames.validAddress(domain)) {
                domain = "[" + domain + "]";
                text = text.substring(0, at + 1) + domain;
                local = isLocal(domain);
                bad = false;
            }
        }
        bad |= utf8 && !HostNames.validUtf8(text);
        Address address = text.equals(recipient.text()) ? recipient : new Address(text);
        boolean routed = routed(text, at);
        if (bad) {
            return new Resolved("", "", address, AddressClass.DEFAULT, routed, true);
        }
        return override(byClass(sender, address, domain, local, routed));
    }

    /// Something before the last `@` may route the mail on at the next host.
    private static boolean routed(String text, int at) {
        for (int i = 0; i < at; i++) {
            char c = text.charAt(i);
            if (c == '@' || c == '%' || c == '!') {
                return true;
            }
        }
        return false;
    }

    /// Strips own domains until a remote one or none is left; afterwards the address has a domain.
    ///
    /// @return the address is local
    private boolean stripLocalDomains(Tokens t) {
        List<Tokens.Token> saved = List.of();
        while (true) {
            if (t.fromEnd(0) == '.'
                    && t.findLast('@') >= 0
                    && t.fromEnd(1) != '.'
                    && t.fromEnd(1) != '@') {
                t.dropLast();
            }
            if (nullDomainIsLocal && t.fromEnd(0) == '@') {
                t.dropLast();
            }
            int at = t.findLast('@');
            if (at >= 0) {
                if (at < t.size() - 1 && !isLocal(t.internalFrom(at + 1))) {
                    return false;
                }
                saved = t.cutFrom(at);
            }
            if (t.findLast('@') >= 0
                    || (rewriter.swapsBangpath() && t.findLast('!') >= 0)
                    || (rewriter.hasPercentHack() && t.findLast('%') >= 0)) {
                rewriter.rewrite(t, true);
                continue;
            }
            if (!crackQuotes(t)) {
                break;
            }
        }
        if (t.only(Tokens.QUOTED) && t.first().text().isEmpty()) {
            t.clear();
        }
        if (t.isEmpty()) {
            t.addAll(Tokens.scan(emptyAddress));
        }
        if (saved.isEmpty()) {
            t.add('@');
            t.addAll(Tokens.scan(myhostname));
            return isLocal(myhostname);
        }
        t.addAll(saved);
        return true;
    }

    /// Routing operators inside a quoted local part count too (resolve_dequoted_address).
    private boolean crackQuotes(Tokens t) {
        if (!dequotes || !t.only(Tokens.QUOTED)) {
            return false;
        }
        String local = t.first().text();
        int at = local.lastIndexOf('@');
        int percent = rewriter.hasPercentHack() ? local.lastIndexOf('%') : -1;
        boolean bang = rewriter.swapsBangpath() && local.indexOf('!') >= 0;
        String open = local;
        if (at < 0 && percent >= 0) {
            open = local.substring(0, percent) + "@" + local.substring(percent + 1);
            at = percent;
        }
        if (at < 0 && !bang) {
            return false;
        }
        t.clear();
        t.addAll(Tokens.scan(at < 0 ? open : Tokens.quoted(open)));
        rewriter.rewrite(t, true);
        return true;
    }

    private Resolved byClass(
            Address sender, Address recipient, String domain, boolean local, boolean routed) {
        if (local) {
            return new Resolved(
                    localTransport, domain, recipient, AddressClass.LOCAL, routed, false);
        }
        if (listed(virtualAlias, domain)) {
            return new Resolved(
                    ERROR, unknownAlias, recipient, AddressClass.VIRTUAL_ALIAS, routed, false);
        }
        if (listed(virtualMailbox, domain)) {
            return new Resolved(
                    virtualTransport,
                    domain,
                    recipient,
                    AddressClass.VIRTUAL_MAILBOX,
                    routed,
                    false);
        }
        boolean relayed = listed(relay, domain);
        return new Resolved(
                relayed ? relayTransport : bySender(sender),
                relayhost(sender, domain),
                recipient,
                relayed ? AddressClass.RELAY : AddressClass.DEFAULT,
                routed,
                false);
    }

    private String bySender(Address sender) {
        String found =
                senderLookup(
                        RewriteParams.SENDER_DEPENDENT_DEFAULT_TRANSPORT_MAPS,
                        senderTransport,
                        sender,
                        nullSenderTransportKey);
        return found == null ? defaultTransport : found;
    }

    private String relayhost(Address sender, String domain) {
        String found =
                senderLookup(
                        RewriteParams.SENDER_DEPENDENT_RELAYHOST_MAPS,
                        senderRelayhost,
                        sender,
                        nullSenderRelayKey);
        if (found != null) {
            return found;
        }
        return relayhost.isEmpty() ? domain : relayhost;
    }

    private @Nullable String senderLookup(
            Param<List<String>> param, AddressMaps maps, Address sender, String nullKey) {
        if (maps.isEmpty()) {
            return null;
        }
        String found = lookup(param, maps, key(sender, nullKey), bare(sender));
        return found == null || found.isEmpty() || found.equalsIgnoreCase("DUNNO") ? null : found;
    }

    private static Address key(Address sender, String nullKey) {
        return sender.isNull() ? new Address(nullKey) : sender;
    }

    @Override
    public boolean barelyNamed(String domain) {
        return Fold.same(domain, myorigin) || isLocal(domain);
    }

    private boolean bare(Address address) {
        return barelyNamed(address.domain());
    }

    private Resolved rerouted(Resolved before) {
        try {
            return transportMaps.override(before);
        } catch (TableException e) {
            throw failed(RewriteParams.TRANSPORT_MAPS.name(), e);
        }
    }

    private static boolean listed(DomainList list, String domain) {
        try {
            return list.contains(domain);
        } catch (TableException e) {
            throw failed(list.parameter(), e);
        }
    }

    private static @Nullable String lookup(
            Param<List<String>> param, AddressMaps maps, Address address, boolean bareLocal) {
        try {
            return maps.lookup(address, bareLocal);
        } catch (TableException e) {
            throw failed(param.name(), e);
        }
    }

    private static TableException failed(String parameter, TableException e) {
        return e.then(parameter + " lookup failure");
    }

    private Resolved override(Resolved byClass) {
        Resolved r = byClass;
        // `transport:nexthop` of main.cf; `error:text` keeps its text.
        int colon = r.transport().indexOf(':');
        if (colon >= 0) {
            String nexthop = r.transport().substring(colon + 1);
            r = r.to(r.transport().substring(0, colon), nexthop.isEmpty() ? r.nexthop() : nexthop);
        }
        if (!transportMaps.isEmpty() && r.addressClass() != AddressClass.VIRTUAL_ALIAS) {
            r = rerouted(r);
        }
        if (!relocated.isEmpty()) {
            String moved =
                    lookup(
                            RewriteParams.RELOCATED_MAPS,
                            relocated,
                            r.recipient(),
                            bare(r.recipient()));
            if (moved != null) {
                r = r.to(ERROR, "5.1.6 User has moved to " + moved);
            }
        }
        if (!allowMinus && r.recipient().text().startsWith("-")) {
            return new Resolved(
                    r.transport(), r.nexthop(), r.recipient(), r.addressClass(), r.routed(), true);
        }
        return r;
    }
}
