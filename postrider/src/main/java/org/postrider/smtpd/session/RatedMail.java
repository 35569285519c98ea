package org.postrider.smtpd.session;

import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.anvil.Mailing;
import org.postrider.log.Event;
import org.postrider.peer.Client;
import org.postrider.smtpd.input.Party;

/// A session's mail, as rate limits see it. Session thread only.
public record RatedMail(Session s, Mail mail) implements Mailing {
    @Override
    public Client client() {
        return s.peer();
    }

    @Override
    public @Nullable String login() {
        Party.Login login = s.party().login();
        return login == null ? null : login.username();
    }

    @Override
    public Address sender() {
        return mail.sender;
    }

    @Override
    public Address completed(Address address) {
        return s.resolutions.of(mail.sender, address).recipient();
    }

    @Override
    public void hold(String why) {
        mail.effects.hold = true;
        s.rejects.log("hold", why);
    }

    @Override
    public void event(Event event) {
        s.log(event);
    }

    @Override
    public void warn(String text) {
        s.warn(text);
    }
}
