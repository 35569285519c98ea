package org.postrider.smtpd;

import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.anvil.Mailing;
import org.postrider.peer.Client;

/// The mail of a session, as rate limits see it. Session thread only.
record RatedMail(Session s) implements Mailing {
    @Override
    public Client client() {
        return s.t.client;
    }

    @Override
    public @Nullable String login() {
        return s.t.login;
    }

    @Override
    public Address sender() {
        return s.t.sender;
    }

    @Override
    public Address completed(Address address) {
        return s.t.resolved(s.d.rewrite, address).recipient();
    }

    @Override
    public void hold(String why) {
        s.t.hold = true;
        s.rejects.log("hold", why);
    }

    @Override
    public void warn(String text) {
        s.warn(text);
    }
}
