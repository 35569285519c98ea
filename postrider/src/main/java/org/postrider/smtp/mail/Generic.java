package org.postrider.smtp.mail;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.address.AddressList;
import org.postrider.cleanup.CleanupParams;
import org.postrider.delivery.DeliveryRequest;
import org.postrider.maps.AddressMaps;
import org.postrider.maps.TableException;
import org.postrider.maps.Tables;
import org.postrider.message.Content;
import org.postrider.message.HeaderField;
import org.postrider.message.HeaderKind;
import org.postrider.message.HeaderList;
import org.postrider.message.HeaderText;
import org.postrider.queue.Envelope;
import org.postrider.rewrite.AddressMap;
import org.postrider.rewrite.RewriteService;
import org.postrider.smtp.ClientSettings;
import org.postrider.smtp.SmtpParams;

/// smtp_generic_maps (generic(5)): what the addresses in envelope and header are outside of here.
/// Everything is looked up before the first command, so that a table that fails costs no
/// transaction. Immutable; any thread.
final class Generic {
    private final String parameter;
    private final AddressMap map;

    private Generic(String parameter, AddressMap map) {
        this.parameter = parameter;
        this.map = map;
    }

    /// @return null where there are no such tables
    static @Nullable Generic of(ClientSettings settings, Tables tables, RewriteService rewrite) {
        List<String> words = settings.get(SmtpParams.GENERIC_MAPS);
        if (words.isEmpty()) {
            return null;
        }
        boolean propagates =
                settings.get(CleanupParams.PROPAGATE_UNMATCHED_EXTENSIONS).contains("generic");
        AddressMaps maps =
                new AddressMaps(
                        settings.name(SmtpParams.GENERIC_MAPS),
                        words,
                        tables,
                        settings.get(CleanupParams.RECIPIENT_DELIMITER));
        return new Generic(
                settings.name(SmtpParams.GENERIC_MAPS), new AddressMap(maps, rewrite, propagates));
    }

    /// A mail as it goes out.
    ///
    /// @param sender of MAIL
    /// @param recipients of RCPT, by their number in the request
    record Leaving(Address sender, List<Address> recipients, Content content) {}

    /// @param sender as it is before it is looked up
    /// @param content as it lies in the queue
    /// @param withHeader false: the fields of its header are asked for one by one ([#field])
    /// @param warn for the log
    /// @throws TableException when a table cannot answer
    Leaving leaving(
            DeliveryRequest request,
            Address sender,
            Content content,
            boolean withHeader,
            Consumer<String> warn) {
        Envelope e = request.message().envelope();
        Address mapped = mapped(sender, warn);
        List<Address> to = new ArrayList<>();
        for (int n : request.recipients()) {
            to.add(mapped(e.recipients().get(n).address(), warn));
        }
        return new Leaving(mapped, to, withHeader ? header(content, warn) : content);
    }

    private Address mapped(Address address, Consumer<String> warn) {
        String other = lookup(address.text(), warn);
        return other == null ? address : new Address(other);
    }

    private @Nullable String lookup(String address, Consumer<String> warn) {
        if (address.isEmpty()) {
            return null;
        }
        List<String> found;
        try {
            found = map.map(address);
        } catch (TableException e) {
            throw e.then(parameter + " map lookup problem for " + address);
        }
        if (found == null || found.isEmpty()) {
            return null;
        }
        if (found.size() > 1) {
            warn.accept("multi-valued " + parameter + " result for " + address);
        }
        return found.getFirst();
    }

    private Content header(Content content, Consumer<String> warn) {
        byte[] before = content.header();
        HeaderList list = new HeaderList(before);
        HeaderList.Pass fields = list.pass();
        for (HeaderField f = fields.next(); f != null; f = fields.next()) {
            byte[] other = field(f, warn);
            if (other != null) {
                fields.drop();
                fields.put(other);
            }
        }
        fields.ends();
        byte[] now = list.octets();
        return now == before
                ? content
                : content.withHeader(now, content.facts().withHeader(before, now));
    }

    /// A field with one address found is written anew; else it goes as it is.
    ///
    /// @return null where it stays
    /// @throws TableException when a table cannot answer
    byte @Nullable [] field(HeaderField f, Consumer<String> warn) {
        HeaderKind kind = f.kind();
        if (!kind.ofSender() && !kind.ofRecipients()) {
            return null;
        }
        int from = f.value();
        int length = f.textEnd(from) - from;
        String value = new String(f.block(), from, length, StandardCharsets.ISO_8859_1);
        AddressList list = AddressList.parse(value, Integer.MAX_VALUE);
        boolean[] found = new boolean[1];
        list.replaceAll(address -> {
            String other = lookup(address, warn);
            found[0] |= other != null;
            return other == null ? address : other;
        });
        return found[0] ? HeaderText.folded(f.name() + ": " + list.external()) : null;
    }
}
