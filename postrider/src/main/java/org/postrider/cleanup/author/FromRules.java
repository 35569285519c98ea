package org.postrider.cleanup.author;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.address.AddressList;
import org.postrider.address.Quoting;
import org.postrider.config.ConfigException;
import org.postrider.config.Settings;
import org.postrider.maps.DomainList;
import org.postrider.maps.Fold;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;
import org.postrider.message.HeaderField;
import org.postrider.message.HeaderKind;
import org.postrider.message.HeaderList;
import org.postrider.message.HeaderText;
import org.postrider.rewrite.RewriteService;

/// From of mail that leaves by a relay which sends for verified domains only: an address of another
/// domain gives way to a verified one, and stands in Reply-To then. Immutable; any thread.
public final class FromRules {
    private static final String KEEP = "keep";
    private static final Set<String> CLASSES =
            Set.of("header_from", "header_sender", "envelope_sender");

    private final Leaving leaving;
    private final DomainList verified;
    private final SenderTables tables;
    private final String fallback;
    private final String name;
    private final Set<String> classes;
    private final int tokenLimit;

    /// @param tokenLimit header_address_token_limit
    /// @throws ConfigException where a setting is not what it must be
    public FromRules(Settings settings, Tables from, RewriteService rewrite, int tokenLimit) {
        leaving = new Leaving(rewrite);
        this.tokenLimit = tokenLimit;
        verified =
                new DomainList(
                        FromParams.FROM_VERIFIED_DOMAINS.name(),
                        settings.get(FromParams.FROM_VERIFIED_DOMAINS),
                        from,
                        false);
        tables =
                new SenderTables(
                        FromParams.FROM_REWRITE_MAPS.name(),
                        settings.get(FromParams.FROM_REWRITE_MAPS),
                        from);
        fallback = settings.get(FromParams.FROM_REWRITE_ADDRESS);
        name = settings.get(FromParams.FROM_REWRITE_NAME);
        classes = new HashSet<>(settings.get(FromParams.FROM_REWRITE_CLASSES));
        String fault = fault(settings);
        if (fault != null) {
            throw new ConfigException(fault);
        }
    }

    /// What is wrong with the settings, the parameter first; null if nothing is. Tables are not
    /// opened.
    public static @Nullable String fault(Settings settings) {
        String address = settings.get(FromParams.FROM_REWRITE_ADDRESS);
        if (!address.isEmpty() && !isAddress(address)) {
            return FromParams.FROM_REWRITE_ADDRESS.name() + ": not an address: " + address;
        }
        for (String each : settings.get(FromParams.FROM_REWRITE_CLASSES)) {
            if (!CLASSES.contains(each)) {
                return FromParams.FROM_REWRITE_CLASSES.name() + ": unknown class: " + each;
            }
        }
        String odd = AuthorName.odd(settings.get(FromParams.FROM_REWRITE_NAME));
        return odd == null
                ? null
                : FromParams.FROM_REWRITE_NAME.name() + ": need %n, %d or %% instead of " + odd;
    }

    private static boolean isAddress(String text) {
        int at = text.lastIndexOf('@');
        return at > 0
                && at < text.length() - 1
                && text.chars().noneMatch(c -> c <= ' ' || c >= 127 || c == ',' || c == '<');
    }

    /// Some address is set that may take the place of others.
    public boolean active() {
        return !fallback.isEmpty() || !tables.isEmpty();
    }

    /// Puts verified addresses in the place of others.
    ///
    /// @return whether one stands in From now
    /// @throws TableException when a table cannot answer
    public boolean pass(AuthorMail mail) {
        try {
            return leaving.domains(mail) && rewrite(mail);
        } catch (TableException e) {
            throw mail.refused(e, "rules for From: table lookup problem");
        }
    }

    private boolean rewrite(AuthorMail mail) {
        Fields found = new Fields(mail.header());
        String author = null;
        if (classes.contains("header_from")) {
            List<String> addresses = addresses(found.from);
            String subject = found.from.isEmpty() ? mail.sender().text() : "";
            if (found.from.isEmpty() && !subject.isEmpty()) {
                addresses = List.of(subject);
            }
            author = replacement(addresses);
            if (author != null) {
                from(mail, found, author, addresses);
            }
        }
        if (classes.contains("header_sender") && !found.sender.isEmpty()) {
            sender(mail, author, replacement(addresses(found.sender)));
        }
        if (classes.contains("envelope_sender") && !mail.sender().isNull()) {
            String other = replacement(List.of(mail.sender().text()));
            if (other != null) {
                mail.sender(new Address(other));
            }
        }
        return author != null;
    }

    /// What stands in a header of the three fields: values, line ends and all.
    private static final class Fields {
        private final List<String> from = new ArrayList<>();
        private final List<String> sender = new ArrayList<>();
        private boolean replyTo;

        Fields(HeaderList header) {
            HeaderList.Pass all = header.pass();
            for (HeaderField f = all.next(); f != null; f = all.next()) {
                switch (f.kind()) {
                    case FROM -> from.add(value(f));
                    case SENDER -> sender.add(value(f));
                    case REPLY_TO -> replyTo = true;
                    default -> {
                        // says nothing of who wrote it
                    }
                }
            }
        }

        private static String value(HeaderField f) {
            int start = f.value();
            int end = f.textEnd(start);
            return new String(f.block(), start, end - start, StandardCharsets.ISO_8859_1);
        }
    }

    private List<String> addresses(List<String> values) {
        List<String> out = new ArrayList<>();
        for (String each : values) {
            out.addAll(AddressList.parse(each, tokenLimit).addresses());
        }
        return out;
    }

    /// The verified address for the first of these that is not; null where all are.
    private @Nullable String replacement(List<String> addresses) {
        for (String each : addresses) {
            String other = replacement(each);
            if (other != null) {
                return other;
            }
        }
        // A field without an address says nothing that anybody could verify.
        return addresses.isEmpty() && !fallback.isEmpty() ? fallback : null;
    }

    private @Nullable String replacement(String address) {
        String domain = new Address(address).domain();
        if (!domain.isEmpty() && verified.contains(domain)) {
            return null;
        }
        String found = tables.find(address);
        if (found == null) {
            found = fallback;
        } else if (!found.equals(KEEP) && !isAddress(found)) {
            throw new TableException(
                    FromParams.FROM_REWRITE_MAPS.name()
                            + ": neither an address nor \"keep\" for "
                            + Quoting.visible(address)
                            + ": "
                            + Quoting.visible(found));
        }
        return found.isEmpty() || found.equals(KEEP) || Fold.same(found, address) ? null : found;
    }

    private void from(AuthorMail mail, Fields found, String author, List<String> was) {
        AuthorName named = found.from.isEmpty() ? null : AuthorName.first(found.from.getFirst());
        if (named == null) {
            named = AuthorName.of(was.isEmpty() ? "" : was.getFirst().replace("@", " at "));
        }
        Address to = new Address(author);
        String written = Quoting.rfc5322(to);
        String text =
                named == null
                        ? written
                        : AuthorName.made(name, named, to.domain()).phrase()
                                + "\n<"
                                + written
                                + ">";
        ByteArrayOutputStream fields = new ByteArrayOutputStream();
        fields.writeBytes(HeaderText.folded("From: " + text));
        if (was.stream().anyMatch(a -> a.indexOf('@') > 0)) {
            fields.writeBytes(original(found, was));
        }
        HeaderList.Pass all = mail.header().pass();
        boolean put = false;
        for (HeaderField f = all.next(); f != null; f = all.next()) {
            if (f.kind() == HeaderKind.FROM) {
                all.drop();
                if (!put) {
                    all.put(fields.toByteArray());
                    put = true;
                }
            }
        }
        all.ends();
        if (!put) {
            mail.header().append(fields.toByteArray());
        }
    }

    /// Who answers reaches who wrote it; where answers go elsewhere, who wrote it is still to be
    /// seen.
    private static byte[] original(Fields found, List<String> was) {
        String name = found.replyTo ? "X-Original-From:" : "Reply-To:";
        String value =
                found.from.isEmpty()
                        ? " " + Quoting.visible(Quoting.rfc5322(new Address(was.getFirst())))
                        : String.join(",\r\n\t", found.from);
        return (name + value + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
    }

    /// @param author From now; null where it is as it was
    /// @param other what is to stand in Sender; null where it may stay
    private static void sender(AuthorMail mail, @Nullable String author, @Nullable String other) {
        if (other == null) {
            return;
        }
        HeaderList.Pass all = mail.header().pass();
        boolean put = author != null && Fold.same(author, other);
        for (HeaderField f = all.next(); f != null; f = all.next()) {
            if (f.kind() == HeaderKind.SENDER) {
                all.drop();
                if (!put) {
                    // RFC 5322 3.6.2: not where it says the same as From.
                    all.put(HeaderText.folded("Sender: " + Quoting.rfc5322(new Address(other))));
                    put = true;
                }
            }
        }
        all.ends();
    }
}
