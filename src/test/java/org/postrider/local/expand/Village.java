package org.postrider.local.expand;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.config.Catalogue;
import org.postrider.config.MainCf;
import org.postrider.config.ServiceSettings;
import org.postrider.maps.Fold;
import org.postrider.maps.TableDirectory;
import org.postrider.maps.TableException;
import org.postrider.queue.Recipient;
import org.postrider.rewrite.AddressClass;
import org.postrider.rewrite.Resolved;
import org.postrider.rights.Account;
import org.postrider.time.Clock;

/// A machine of few users, as an expansion sees one: `here.example` is local.
final class Village implements World, Expansion.Found {
    private Address sender = new Address("sender@there.example");
    private static final int FIRST_UID = 1000;

    private final Map<String, String> main = new LinkedHashMap<>();
    private final Map<String, String> aliases = new LinkedHashMap<>();
    private final Map<String, Account> users = new HashMap<>();
    private final Map<String, Text> forwards = new HashMap<>();
    private final Map<String, Text> includes = new HashMap<>();
    private final Set<String> delivered = new TreeSet<>();
    private final List<String> out = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private final TableDirectory tables = new TableDirectory(Clock.system(), "hash");
    private List<AliasTable> opened = List.of();
    private int notify;
    private @Nullable String broken;

    Village() {
        person("root", 0);
    }

    Village set(String name, String value) {
        main.put(name, value);
        return this;
    }

    Village alias(String name, String value) {
        aliases.put(name, value);
        return this;
    }

    Village person(String name) {
        return person(name, FIRST_UID + users.size());
    }

    private Village person(String name, int uid) {
        users.put(name, new Account(name, uid, uid, "", "/home/" + name, "/bin/sh"));
        return this;
    }

    Village forward(String file, String text) {
        forwards.put(file, new Text.Lines(text, 0));
        return this;
    }

    Village refusedForward(String file, String warning) {
        forwards.put(file, new Text.Refused(warning));
        return this;
    }

    Village include(String file, int owner, String text) {
        includes.put(file, new Text.Lines(text, owner));
        return this;
    }

    Village delivered(String address) {
        delivered.add(address);
        return this;
    }

    Village notify(int flags) {
        notify = flags;
        return this;
    }

    Village brokenAliases() {
        broken = "fail:here";
        return this;
    }

    List<String> warnings() {
        return warnings;
    }

    /// All that an address stands for, a line each.
    Village notice() {
        sender = Address.NULL;
        return this;
    }

    List<String> of(String address) {
        ServiceSettings settings =
                ServiceSettings.of(
                        MainCf.of(Path.of("main.cf"), main),
                        Catalogue.load(),
                        Map.of("myhostname", "here.example"));
        List<AliasTable> all = new ArrayList<>();
        StringBuilder inline = new StringBuilder("inline:{");
        aliases.forEach(
                (k, v) -> inline.append("{").append(k).append(" = ").append(v).append("} "));
        if (!aliases.isEmpty()) {
            all.add(new AliasTable(tables, inline.append("}").toString(), "hash"));
        }
        if (broken != null) {
            all.add(new AliasTable(tables, broken, "hash"));
        }
        opened = all;
        new Expansion(
                        new Policy(settings, "local"),
                        this,
                        new Mailboxes(settings, tables),
                        delivered,
                        this)
                .run(
                        new Recipient(new Address(address), new Address(address), notify, null),
                        sender,
                        "ID");
        return out;
    }

    @Override
    public @Nullable Account user(String name) throws NoAnswer {
        if (name.equals("nobody-can-say")) {
            throw new NoAnswer("Input/output error");
        }
        return users.get(name);
    }

    @Override
    public @Nullable Account user(int uid) {
        return users.values().stream().filter(u -> u.uid() == uid).findAny().orElse(null);
    }

    @Override
    public @Nullable String homeFault(Account user) {
        return user.name().equals("homeless") ? "No such file or directory" : null;
    }

    @Override
    public Text forward(String file, Account as, Room room) {
        return forwards.getOrDefault(file, new Text.Absent());
    }

    @Override
    public Text include(String file, @Nullable Account as, Room room) {
        Text text = includes.get(file);
        return text == null
                ? new Text.Refused("unable to lookup :include: file " + file + ": No such file")
                : text;
    }

    @Override
    public Address canonical(Address address) {
        String text = address.text();
        return text.isEmpty() || text.contains("@") ? address : new Address(text + "@here.example");
    }

    @Override
    public Resolved resolve(Address address) {
        if (address.domain().equals("trouble.example")) {
            throw new TableException("the table is away");
        }
        if (address.domain().equals("-bad")) {
            return new Resolved("", "", address, AddressClass.DEFAULT, false, true);
        }
        boolean here = Fold.same(address.domain(), "here.example");
        return new Resolved(
                here ? "local" : "smtp",
                address.domain(),
                address,
                here ? AddressClass.LOCAL : AddressClass.DEFAULT);
    }

    @Override
    public List<AliasTable> aliases() {
        return opened;
    }

    @Override
    public void warn(String text) {
        warnings.add(text);
    }

    @Override
    public void leaf(Leaf leaf) {
        Way way = leaf.way();
        Account as = way.as();
        String whose = as == null ? "" : " as " + as.name();
        out.add(
                switch (leaf) {
                    case Leaf.Mailbox m -> "mailbox " + m.file() + whose;
                    case Leaf.Maildir m -> "maildir " + m.directory() + whose;
                    case Leaf.ToFile f -> "file " + f.file() + whose;
                    case Leaf.ToCommand c -> "command " + c.command() + whose;
                    case Leaf.Forward _ -> "forward " + way.to().address() + from(way);
                    case Leaf.Pass p -> "pass " + p.service() + " " + way.to().address();
                    case Leaf.Settled s -> s.status() + " " + s.text();
                });
    }

    private static String from(Way way) {
        return " from "
                + way.back().sender()
                + " delivered "
                + way.back().delivered()
                + (way.to().dsnNotify() == 0 ? "" : " notify " + way.to().dsnNotify());
    }

    @Override
    public void expanded(boolean list) {
        out.add(list ? "list expanded" : "alias expanded");
    }
}
