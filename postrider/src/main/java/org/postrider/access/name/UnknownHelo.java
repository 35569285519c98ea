package org.postrider.access.name;

import org.jspecify.annotations.Nullable;
import org.postrider.access.AccessParams;
import org.postrider.access.restriction.Means;
import org.postrider.access.restriction.Question;
import org.postrider.access.restriction.Rule;
import org.postrider.access.restriction.Ruling;
import org.postrider.access.restriction.Word;
import org.postrider.wire.Reply;

/// reject_unknown_helo_hostname: the name of HELO has an address or an MX.
public record UnknownHelo(String name, @Nullable DnsReplies dns, int code, Tempfail tempfail)
        implements Rule {
    public static UnknownHelo of(Word word, Means means) {
        int code = means.settings().get(AccessParams.UNKNOWN_HOSTNAME_CODE);
        return new UnknownHelo(
                word.name(),
                DnsReplies.of(means),
                code,
                Tempfail.of(means.settings(), AccessParams.UNKNOWN_HELO_TEMPFAIL));
    }

    @Override
    public Ruling ask(Question q) {
        DnsReplies resolver = dns;
        String helo = q.subject().helo();
        String host = HostName.stripped(helo);
        if (resolver == null || host.isEmpty() || host.startsWith("[")) {
            return Ruling.DUNNO;
        }
        String text = "<" + helo + ">: Helo command rejected: Host not found";
        return switch (Known.host(resolver, host, q)) {
            case YES, TAKES_NO_MAIL -> Ruling.DUNNO;
            case NO -> new Ruling.Reject(Reply.of(code, 7, 1, text));
            case LATER -> tempfail.ruling(Reply.of(450, 7, 1, text));
        };
    }
}
