package org.postrider.milter;

import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.postrider.milter.client.MilterConnection;
import org.postrider.milter.client.MilterTerms;
import org.postrider.threads.Each;

/// The connections to all milters that hear of one client's session, or of one local mail. Each is
/// made when the client comes. The first that minds decides: those behind it do not hear of it.
/// Blocking, with deadlines; one thread.
final class MilterSession implements MailFilter {
    private final List<MilterConnection> all;
    private Macros macros;
    private Macros facts = _ -> null;
    private Consumer<String> warnings;

    MilterSession(
            List<MilterTerms> terms,
            MacroLists lists,
            MilterSockets sockets,
            Macros macros,
            Consumer<String> warnings) {
        this.macros = macros;
        this.warnings = warnings;
        all =
                terms.stream()
                        .map(each -> new MilterConnection(each, lists, sockets, this::warn))
                        .toList();
    }

    @Override
    public void macros(Macros other) {
        macros =
                name -> {
                    String value = other.value(name);
                    return value == null ? facts.value(name) : value;
                };
    }

    @Override
    public void facts(Macros known) {
        facts = known;
    }

    private Answer first(Function<MilterConnection, Answer> event) {
        for (MilterConnection each : all) {
            Answer answer = event.apply(each);
            if (!(answer instanceof Answer.GoOn)) {
                return answer;
            }
        }
        return Answer.GO_ON;
    }

    @Override
    public Answer connect(ClientFacts client) {
        return first(m -> m.connect(client, macros));
    }

    @Override
    public Answer helo(String name) {
        return first(m -> m.helo(name, macros));
    }

    @Override
    public Answer mail(List<String> argv) {
        return first(m -> m.mail(argv, macros));
    }

    @Override
    public Answer rcpt(List<String> argv, boolean rejected) {
        return first(m -> rejected && !m.hearsRejected() ? Answer.GO_ON : m.rcpt(argv, macros));
    }

    @Override
    public Answer data() {
        return first(m -> m.data(macros));
    }

    @Override
    public Answer unknown(String line) {
        return first(m -> m.unknown(line, macros));
    }

    @Override
    public Answer other() {
        return first(MilterConnection::other);
    }

    @Override
    public Answer message(FilteredMail mail, Changes changes) throws IOException {
        Consumer<String> before = warnings;
        warnings = changes::complaint;
        try {
            return heard(mail, changes);
        } finally {
            warnings = before;
        }
    }

    private Answer heard(FilteredMail mail, Changes changes) throws IOException {
        for (MilterConnection each : all) {
            Answer answer = each.message(mail, macros, changes);
            changes.settled(each.name());
            if (!(answer instanceof Answer.GoOn)) {
                return answer;
            }
        }
        return Answer.GO_ON;
    }

    private void warn(String text) {
        warnings.accept(text);
    }

    @Override
    public void abort() {
        Each.of(all, MilterConnection::abort);
    }

    @Override
    public void close() {
        Each.of(all, MilterConnection::close);
    }
}
