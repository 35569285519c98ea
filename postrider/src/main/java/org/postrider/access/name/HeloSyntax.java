package org.postrider.access.name;

import org.postrider.access.AccessParams;
import org.postrider.access.restriction.Means;
import org.postrider.access.restriction.Question;
import org.postrider.access.restriction.Rule;
import org.postrider.access.restriction.Ruling;
import org.postrider.access.restriction.Word;
import org.postrider.config.Settings;
import org.postrider.maps.Network;
import org.postrider.peer.ClientNames;
import org.postrider.wire.Reply;

/// reject_invalid_helo_hostname: the name has the form of one. reject_non_fqdn_helo_hostname: it is
/// fully qualified.
///
/// @param qualified the latter
public record HeloSyntax(String name, boolean qualified, int invalidCode, int nonFqdnCode)
        implements Rule {
    public static HeloSyntax of(Word word, Means means) {
        Settings settings = means.settings();
        return new HeloSyntax(
                word.name(),
                word.name().startsWith("reject_non_fqdn"),
                settings.get(AccessParams.INVALID_HOSTNAME_CODE),
                settings.get(AccessParams.NON_FQDN_CODE));
    }

    @Override
    public Ruling ask(Question q) {
        String helo = q.subject().helo();
        if (helo.isEmpty()) {
            return Ruling.DUNNO;
        }
        if (helo.startsWith("[")) {
            return literal(helo);
        }
        String host = HostName.stripped(helo);
        boolean name = ClientNames.valid(host) && !HostName.numeric(host);
        if (qualified) {
            return name && host.indexOf('.') > 0
                    ? Ruling.DUNNO
                    : rejected(nonFqdnCode, helo, "need fully-qualified hostname");
        }
        return name || Network.literal(host) != null
                ? Ruling.DUNNO
                : rejected(invalidCode, helo, "Invalid name");
    }

    /// `[192.0.2.1]` and `[IPv6:2001:db8::1]` are names, other things in brackets are not.
    private Ruling literal(String helo) {
        boolean six = helo.regionMatches(true, 1, "IPv6:", 0, 5);
        String inner = helo.endsWith("]") ? helo.substring(six ? 6 : 1, helo.length() - 1) : "";
        return inner.indexOf(':') >= 0 == six && Network.literal(inner) != null
                ? Ruling.DUNNO
                : rejected(invalidCode, helo, "invalid ip address");
    }

    private static Ruling rejected(int code, String helo, String why) {
        return new Ruling.Reject(
                Reply.of(code, 5, 2, "<" + helo + ">: Helo command rejected: " + why));
    }
}
