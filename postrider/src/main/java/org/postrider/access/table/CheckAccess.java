package org.postrider.access.table;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.postrider.access.Stage;
import org.postrider.access.Subject;
import org.postrider.access.restriction.Means;
import org.postrider.access.restriction.Question;
import org.postrider.access.restriction.Rule;
import org.postrider.access.restriction.Ruling;
import org.postrider.access.restriction.Word;
import org.postrider.address.Address;
import org.postrider.maps.AddressMaps;
import org.postrider.maps.Fold;
import org.postrider.maps.Table;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;
import org.postrider.peer.Client;
import org.postrider.wire.Reply;

/// check_client_access, check_sender_access and their like: an access(5) table is asked about one
/// part of the session.
///
/// @param argument `type:name`
/// @param of which part
/// @param logins clients can authenticate here
public record CheckAccess(
        String name, String argument, Of of, Tables tables, Tools tools, boolean logins)
        implements Rule {
    enum Of {
        CLIENT,
        REVERSE_CLIENT,
        HELO,
        SENDER,
        RECIPIENT,
        LOGIN,
        ETRN
    }

    /// @param keys in which order the table is asked
    /// @param results what its answers mean
    record Tools(AccessTable keys, AccessResults results) {}

    public static CheckAccess client(Word word, Means means) {
        return of(word, Of.CLIENT, means);
    }

    public static CheckAccess reverseClient(Word word, Means means) {
        return of(word, Of.REVERSE_CLIENT, means);
    }

    public static CheckAccess helo(Word word, Means means) {
        return of(word, Of.HELO, means);
    }

    public static CheckAccess sender(Word word, Means means) {
        return of(word, Of.SENDER, means);
    }

    public static CheckAccess recipient(Word word, Means means) {
        return of(word, Of.RECIPIENT, means);
    }

    public static CheckAccess login(Word word, Means means) {
        return of(word, Of.LOGIN, means);
    }

    public static CheckAccess etrn(Word word, Means means) {
        return of(word, Of.ETRN, means);
    }

    private static CheckAccess of(Word word, Of of, Means means) {
        return new CheckAccess(
                word.name(),
                word.argument(),
                of,
                means.tables(),
                new Tools(AccessTable.of(means), AccessResults.of(means)),
                means.capabilities().logins());
    }

    @Override
    public Ruling ask(Question q) {
        Subject s = q.subject();
        Client client = s.client();
        return switch (of) {
            case CLIENT ->
                    found(
                            x -> tools.keys().host(x, client.name(), client.ip()),
                            new About(
                                    argument,
                                    client.nameAndAddress(),
                                    Stage.CLIENT.what(),
                                    client.name()),
                            q);
            case REVERSE_CLIENT ->
                    found(
                            x -> tools.keys().host(x, client.reverseName(), client.ip()),
                            about(client.reverseName(), "Unverified Client host"),
                            q);
            case HELO -> s.helo().isEmpty() ? Ruling.DUNNO : name(s.helo(), Stage.HELO, q);
            case SENDER ->
                    s.inMail() || q.asked() == Stage.SENDER
                            ? address(s.sender(), Stage.SENDER, q)
                            : Ruling.DUNNO;
            case RECIPIENT -> address(s.recipient(), Stage.RECIPIENT, q);
            case LOGIN -> login(s.login(), q);
            case ETRN -> s.etrn() == null ? Ruling.DUNNO : name(s.etrn(), Stage.ETRN, q);
        };
    }

    private About about(String subject, String what) {
        return About.of(argument, subject, what);
    }

    private Ruling name(String name, Stage stage, Question q) {
        return found(x -> tools.keys().domain(x, name), about(name, stage.what()), q);
    }

    /// Trouble while the address is resolved is not that of the table.
    private Ruling address(@Nullable Address address, Stage stage, Question q) {
        if (address == null) {
            return Ruling.DUNNO;
        }
        Address at;
        try {
            at = address.isNull() ? address : q.subject().resolved(address).recipient();
        } catch (TableException e) {
            q.warn(e);
            return Ruling.failed(e, stage, q.subject());
        }
        return found(x -> tools.keys().mail(x, at), about(address.text(), stage.what()), q);
    }

    private Ruling login(@Nullable String login, Question q) {
        if (!logins) {
            q.warn("restriction `" + name + "' ignored: no SASL support");
            return Ruling.DUNNO;
        }
        return login == null
                ? Ruling.DUNNO
                : found(
                        x -> AddressMaps.one(x, Fold.lower(login)),
                        about(login, "SASL login name"),
                        q);
    }

    private Ruling found(Function<Table, @Nullable String> asking, About about, Question q) {
        String value;
        try {
            value = asking.apply(tables.open(argument));
        } catch (TableException e) {
            q.warn(e);
            return new Ruling.Reject(
                    Reply.of(451, 3, 5, about.rejected() + "Server configuration error"));
        }
        return value == null ? Ruling.DUNNO : tools.results().ruling(value, about, q);
    }
}
