package org.postrider.authentication;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.authentication.field.ForgedResults;
import org.postrider.dkim.ArcResult;
import org.postrider.dkim.DkimResult;
import org.postrider.dkim.Verdict;
import org.postrider.dkim.Verification;
import org.postrider.dmarc.Author;
import org.postrider.dmarc.DmarcResult;
import org.postrider.dmarc.Identifier;
import org.postrider.dmarcrpt.DmarcOutcome;
import org.postrider.message.ContentWriter;
import org.postrider.message.HeaderField;
import org.postrider.message.HeaderList;
import org.postrider.peer.Client;
import org.postrider.spf.Identity;
import org.postrider.spf.Spf;
import org.postrider.spf.SpfResult;

/// What is found out about one mail, from MAIL to the end of its content. Its session's thread
/// alone; it waits for the DNS. To be closed when the mail ends, whatever came of it.
public final class MailAuthentication implements AutoCloseable {
    private static final int MOST_AUTHORS = 8;

    /// More than the name of From, its colon and a line end.
    private static final int MOST_NAME = 32;

    private final Authentication by;
    private final Client client;
    private final String helo;
    private final Address sender;
    private @Nullable Pending<SpfResult> ofSender;
    private @Nullable Pending<SpfResult> ofHelo;
    private @Nullable SpfResult senderKnown;
    private @Nullable SpfResult heloKnown;
    private @Nullable ContentTap heard;
    private @Nullable Verification verification;
    private List<String> authors = List.of();
    private boolean report;
    private @Nullable Results results;

    /// All that questions hold of it: they may outlive the mail, and what it took of memory.
    private final AtomicBoolean wanted = new AtomicBoolean(true);

    MailAuthentication(Authentication by, Client client, String helo, Address sender) {
        this.by = by;
        this.client = client;
        this.helo = helo;
        this.sender = sender;
    }

    public boolean checks(Check what) {
        return by.checks.contains(what);
    }

    public Client client() {
        return client;
    }

    public String helo() {
        return helo;
    }

    public Address sender() {
        return sender;
    }

    public Iprev iprev() {
        return Iprev.of(client);
    }

    /// Begins to ask for SPF, if that has not begun; does not wait.
    public void begin() {
        if (!checks(Check.SPF) || ofSender != null) {
            return;
        }
        Spf spf = by.spf(wanted::get);
        InetAddress address = client.address();
        String name = helo;
        String from = sender.isNull() ? "" : sender.text();
        ofSender = pending(() -> spf.check(address, name, from));
        if (!sender.isNull() && !helo.isEmpty()) {
            ofHelo = pending(() -> spf.checkHelo(address, name));
        }
    }

    private Pending<SpfResult> pending(java.util.concurrent.Callable<SpfResult> question) {
        return new Pending<>(question, by.threads, by.terms.spfNanos());
    }

    /// SPF of the sender's domain, or of HELO's name for a null sender; waits for it.
    ///
    /// @return null where it is not checked
    public @Nullable SpfResult spfOfSender() {
        if (senderKnown == null && checks(Check.SPF)) {
            begin();
            senderKnown = known(ofSender, sender.isNull() ? Identity.HELO : Identity.MAILFROM);
        }
        return senderKnown;
    }

    /// SPF of HELO's name; waits for it.
    ///
    /// @return null where it is not checked, or there was no name
    public @Nullable SpfResult spfOfHelo() {
        if (sender.isNull()) {
            return spfOfSender();
        }
        if (heloKnown == null && checks(Check.SPF)) {
            begin();
            heloKnown = ofHelo == null ? null : known(ofHelo, Identity.HELO);
        }
        return heloKnown;
    }

    /// What is not known in time may still pass for its domain.
    private SpfResult known(@Nullable Pending<SpfResult> asked, Identity identity) {
        SpfResult answer = asked == null ? null : asked.answer();
        return answer != null
                ? answer
                : new SpfResult(
                        org.postrider.spf.Verdict.TEMPERROR,
                        identity == Identity.HELO ? helo : sender.domain(),
                        identity,
                        "",
                        "",
                        0,
                        0,
                        "no answer in time");
    }

    // ---- the content

    /// Hears the content on its way to another.
    ///
    /// @param memory charges octets that are held besides; false if there is no room for them
    public ContentTap tap(ContentWriter to, ContentTap.Memory memory) {
        ContentTap made = new ContentTap(to, memory, this);
        heard = made;
        return made;
    }

    /// How it hears the content; null before that begins.
    public @Nullable ContentTap heard() {
        return heard;
    }

    /// The header is there.
    ///
    /// @param header as the client sent it
    void header(byte[] header) {
        if (checks(Check.DKIM) || checks(Check.ARC)) {
            Verification begun =
                    Verification.begin(by.keys(wanted::get), by.terms.limits(), header);
            verification = checks(Check.ARC) ? begun.withArc() : begun;
        }
        if (checks(Check.DMARC)) {
            authors = values(header, "from");
            report = values(header, "subject").stream().anyMatch(Outcome::isReport);
        }
    }

    private static List<String> values(byte[] header, String name) {
        List<String> out = new ArrayList<>();
        HeaderList.Pass fields = new HeaderList(header).pass();
        for (HeaderField f = fields.next();
                f != null && out.size() < MOST_AUTHORS;
                f = fields.next()) {
            if (f.named(name)) {
                int from = f.value();
                out.add(
                        new String(
                                f.block(),
                                from,
                                f.textEnd(from) - from,
                                StandardCharsets.ISO_8859_1));
            }
        }
        return out;
    }

    void body(byte[] octets, int from, int count) {
        Verification it = verification;
        if (it != null) {
            it.body(octets, from, count);
        }
    }

    /// The content is whole: all is found out now. The same results for whoever asks again.
    Results end() {
        Results before = results;
        if (before != null) {
            return before;
        }
        Verification it = verification;
        List<DkimResult> dkim = it == null ? List.of() : it.end();
        List<DkimResult.Details> details =
                it == null || !checks(Check.DKIM) ? List.of() : it.details();
        ArcResult arc = it == null || !checks(Check.ARC) ? null : it.arc();
        Results made =
                new Results(
                        checks(Check.IPREV) ? iprev() : null,
                        spfOfSender(),
                        sender.isNull() ? null : spfOfHelo(),
                        details,
                        arc,
                        checks(Check.DMARC) ? dmarc(dkim, arc) : null);
        results = made;
        return made;
    }

    private DmarcResult dmarc(List<DkimResult> dkim, @Nullable ArcResult arc) {
        // Cleanup keeps the beginning of a longer field, which may name another author.
        boolean cut =
                authors.stream().anyMatch(f -> f.length() + MOST_NAME > by.terms.from().octets());
        Author author = cut ? Author.TOO_LONG : Author.of(authors, by.terms.from().tokens());
        List<Identifier> known = new ArrayList<>();
        SpfResult spf = spfOfSender();
        if (spf != null && !spf.domain().isEmpty()) {
            Identifier.State state =
                    switch (spf.verdict()) {
                        case PASS -> Identifier.State.PASS;
                        case TEMPERROR -> Identifier.State.UNKNOWN;
                        default -> Identifier.State.FAIL;
                    };
            known.add(new Identifier(Identifier.Method.SPF, spf.domain(), state));
        }
        for (DkimResult each : dkim) {
            if (!each.domain().isEmpty()) {
                Identifier.State state =
                        each.verdict() == Verdict.PASS
                                ? Identifier.State.PASS
                                : each.verdict() == Verdict.TEMPERROR
                                        ? Identifier.State.UNKNOWN
                                        : Identifier.State.FAIL;
                known.add(new Identifier(Identifier.Method.DKIM, each.domain(), state));
            }
        }
        DmarcResult result = by.dmarc.check(author, known);
        if (result.verdict() != DmarcResult.Verdict.FAIL || arc == null) {
            return result;
        }
        if (TrustedChain.vouches(arc, by.terms.sealers(), result.author())) {
            return result.overridden("local override: ARC chain of " + arc.domain());
        }
        return TrustedChain.mayVouch(arc, by.terms.sealers(), result.author())
                ? result.open()
                : result;
    }

    /// No further question is asked for its sake.
    @Override
    public void close() {
        wanted.set(false);
    }

    /// What reports of DMARC tell of it; null where nobody wants to hear of it.
    ///
    /// @param done what was done with it
    public @Nullable DmarcOutcome outcome(Outcome.Done done) {
        Results known = results;
        return known == null || known.dmarc() == null
                ? null
                : new Outcome(this, known, known.dmarc()).of(by.dmarc.discovery(), done, report);
    }

    /// Null before the content is whole.
    public @Nullable Results results() {
        return results;
    }

    /// The header with what we say of the mail on top, and without what others say in our name.
    ///
    /// @param own how many octets of it are ours
    /// @param quarantined a field is to say that its domain wants it in quarantine
    public byte[] header(byte[] header, int own, boolean quarantined) {
        byte[] clean = ForgedResults.removed(header, own, by.identifier());
        byte[] ours =
                new ResultFields(by.terms, this, end(), quarantined)
                        .text()
                        .getBytes(StandardCharsets.ISO_8859_1);
        // A copy of a header that is bounded and charged by who asks.
        byte[] out = new byte[ours.length + clean.length];
        System.arraycopy(ours, 0, out, 0, ours.length);
        System.arraycopy(clean, 0, out, ours.length, clean.length);
        return out;
    }

    /// All of it in one line, for the log.
    public String line() {
        return new ResultFields(by.terms, this, end(), false).line();
    }

    /// What came of its ARC chain; null where that is not checked, or before the content is whole.
    public @Nullable ArcResult chain() {
        Results known = results;
        return known == null ? null : known.arc();
    }

    /// The value of Authentication-Results in one line, for a seal.
    public String value() {
        return new ResultFields(by.terms, this, end(), false).value();
    }

    /// The names of [#fact].
    public static List<String> facts() {
        return Facts.NAMES;
    }

    /// One of the things that policy servers and milters are told; waits for what it needs.
    ///
    /// @param name iprev, spf, spf_domain, spf_helo, dkim, dkim_domains, arc, dmarc, dmarc_domain,
    ///   dmarc_policy or results
    /// @return empty where it is not known yet; null for another name
    public @Nullable String fact(String name) {
        return Facts.of(this, name);
    }
}
