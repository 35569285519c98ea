package org.postrider.access.client;

import java.net.InetAddress;
import java.util.Set;
import org.postrider.access.restriction.Compatibility;
import org.postrider.access.restriction.Means;
import org.postrider.access.restriction.Question;
import org.postrider.access.restriction.Rule;
import org.postrider.access.restriction.Ruling;
import org.postrider.access.restriction.Word;
import org.postrider.config.Settings;
import org.postrider.maps.NetworkList;
import org.postrider.peer.Client;

/// permit_mynetworks
///
/// @param own the machine's addresses
/// @param older mynetworks is what an older compatibility_level makes it: that is logged
public record PermitNetworks(NetworkList networks, Set<InetAddress> own, boolean older)
        implements Rule {
    public static PermitNetworks of(Word word, Means means) {
        Settings settings = means.settings();
        boolean older =
                Compatibility.below(settings, "2")
                        && settings.origin("mynetworks") == null
                        && settings.origin("mynetworks_style") == null;
        return new PermitNetworks(means.networks(), means.own(), older);
    }

    @Override
    public String name() {
        return "permit_mynetworks";
    }

    @Override
    public Ruling ask(Question q) {
        Client client = q.subject().client();
        if (!networks.contains(client.name(), client.address())) {
            return Ruling.DUNNO;
        }
        if (older && !own.contains(client.address())) {
            q.info(Compatibility.permitted("mynetworks_style=subnet", client));
        }
        return Ruling.PERMIT;
    }
}
