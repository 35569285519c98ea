package org.postrider.rewrite;

import java.util.ArrayList;
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
import org.postrider.time.Clock;

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
    private final SenderRoutes bySender;
    private final OwnDomains ownDomains;
    private final RelocatedMaps relocated;

    /// Null where probes go as mail does.
    private final @Nullable TrivialRewrite probes;

    private final Routes routes;
    private final ByClass byClass;
    private final String myorigin;
    private final String unknownAlias;
    private final boolean numericDomain;
    private final boolean allowMinus;
    private final boolean utf8;
    private final boolean helpful;

    /// What delivers to the domains of a class.
    private record ByClass(String local, String virtual, String relay) {}

    /// @throws ConfigException where a setting is unusable
    ///
    /// @param warnings where the service logs a table's failure, before it fails
    public TrivialRewrite(Settings settings, Tables tables, Consumer<String> warnings) {
        this(settings, Routes.OF_MAIL, tables, null, warnings);
    }

    /// For a server, which asks other programs no more often than it has to.
    ///
    /// @throws ConfigException where a setting is unusable
    ///
    /// @param warnings where the service logs a table's failure, before it fails
    public TrivialRewrite(
            Settings settings, Tables tables, Clock clock, Consumer<String> warnings) {
        this(settings, Routes.OF_MAIL, tables, clock, warnings);
    }

    private TrivialRewrite(
            Settings settings,
            Routes routes,
            Tables tables,
            @Nullable Clock clock,
            Consumer<String> warnings) {
        this.warnings = warnings;
        this.routes = routes;
        probes =
                routes.equals(Routes.OF_PROBES) || Routes.OF_PROBES.same(routes, settings)
                        ? null
                        : new TrivialRewrite(settings, Routes.OF_PROBES, tables, clock, warnings);
        rewriter = new Rewriter(settings);
        own = new OwnAddresses(settings);
        mydestination = DomainList.exact(settings, RewriteParams.MYDESTINATION, tables);
        virtualAlias = DomainList.exact(settings, RewriteParams.VIRTUAL_ALIAS_DOMAINS, tables);
        virtualMailbox = DomainList.exact(settings, RewriteParams.VIRTUAL_MAILBOX_DOMAINS, tables);
        relay = DomainList.of(settings, RewriteParams.RELAY_DOMAINS, tables);
        String delimiters = settings.get(RewriteParams.RECIPIENT_DELIMITER);
        Tables whole = new WholeTables(tables);
        transportMaps =
                new TransportMaps(
                        settings.get(routes.transportMaps()),
                        whole,
                        delimiters,
                        ParentDomains.match(settings, tables, "transport_maps"),
                        clock);
        ownDomains = new OwnDomains(settings, rewriter);
        relocated = new RelocatedMaps(settings, tables, warnings);
        byClass =
                new ByClass(
                        transport(settings, routes.transports().local()),
                        transport(settings, routes.transports().virtual()),
                        transport(settings, routes.transports().relay()));
        bySender = new SenderRoutes(settings, routes, whole);
        myorigin = settings.get(RewriteParams.MYORIGIN);
        unknownAlias =
                settings.get(RewriteParams.SHOW_USER_UNKNOWN_TABLE_NAME)
                        ? "5.1.1 User unknown in virtual alias table"
                        : "5.1.1 User unknown";
        numericDomain = settings.get(RewriteParams.RESOLVE_NUMERIC_DOMAIN);
        utf8 = settings.get(RewriteParams.SMTPUTF8_ENABLE);
        helpful = settings.get(RewriteParams.HELPFUL_WARNINGS);
        allowMinus = settings.get(RewriteParams.ALLOW_MIN_USER);
    }

    static String transport(Settings settings, Param<String> param) {
        String value = settings.get(param);
        if (value.isEmpty() || value.startsWith(":")) {
            throw new ConfigException(
                    "parameter " + param.name() + ": null transport is not allowed");
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
    public RewriteService ofProbes() {
        return probes == null ? this : probes;
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
            throw e.elsewhere();
        }
    }

    private Resolved resolved(Address sender, Address recipient) {
        String text = recipient.text();
        boolean local = false;
        if (Rewriter.plain(text)) {
            local = isLocal(recipient.domain());
        } else {
            Tokens tokens = Tokens.ofInternal(text);
            local = ownDomains.strip(tokens, this::isLocal);
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

    /// Says in which two lists of domains one stands that belongs into one only. A table that
    /// cannot answer here is asked again by who needs it.
    private void twice(String domain, boolean local) {
        try {
            List<DomainList> in = new ArrayList<>();
            if (local) {
                in.add(mydestination);
            }
            for (DomainList each : List.of(virtualAlias, virtualMailbox, relay)) {
                boolean asked = !local || !each.equals(relay);
                if (asked && each.contains(domain)) {
                    in.add(each);
                }
            }
            in.stream()
                    .skip(1)
                    .forEach(second ->
                            warnings.accept(
                                    "do not list domain "
                                            + domain
                                            + " in BOTH "
                                            + in.getFirst().parameter()
                                            + " and "
                                            + second.parameter()));
        } catch (TableException e) {
            // it is said where the answer counts
        }
    }

    private Resolved byClass(
            Address sender, Address recipient, String domain, boolean local, boolean routed) {
        if (helpful) {
            twice(domain, local);
        }
        if (local) {
            return new Resolved(
                    byClass.local(), domain, recipient, AddressClass.LOCAL, routed, false);
        }
        if (listed(virtualAlias, domain)) {
            return new Resolved(
                    ERROR, unknownAlias, recipient, AddressClass.VIRTUAL_ALIAS, routed, false);
        }
        if (listed(virtualMailbox, domain)) {
            return new Resolved(
                    byClass.virtual(),
                    domain,
                    recipient,
                    AddressClass.VIRTUAL_MAILBOX,
                    routed,
                    false);
        }
        boolean relayed = listed(relay, domain);
        return new Resolved(
                relayed ? byClass.relay() : bySender.transport(sender, this),
                bySender.nexthop(sender, domain, this),
                recipient,
                relayed ? AddressClass.RELAY : AddressClass.DEFAULT,
                routed,
                false);
    }

    @Override
    public boolean barelyNamed(String domain) {
        return Fold.same(domain, myorigin) || isLocal(domain);
    }

    private Resolved rerouted(Resolved before) {
        try {
            return transportMaps.override(before);
        } catch (TableException e) {
            throw failed(routes.transportMaps().name(), e);
        }
    }

    private static boolean listed(DomainList list, String domain) {
        try {
            return list.contains(domain);
        } catch (TableException e) {
            throw failed(list.parameter(), e);
        }
    }

    static @Nullable String lookup(
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
        r = relocated.override(r, this);
        if (!allowMinus && r.recipient().text().startsWith("-")) {
            return new Resolved(
                    r.transport(), r.nexthop(), r.recipient(), r.addressClass(), r.routed(), true);
        }
        return r;
    }
}
