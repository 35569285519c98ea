package org.postrider.command.outside;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.command.ControlClient;
import org.postrider.control.ControlRequest;
import org.postrider.dns.Resolver;
import org.postrider.dnsbl.DnsLists;
import org.postrider.maps.Network;
import org.postrider.maps.Tables;
import org.postrider.master.Service;
import org.postrider.peer.Client;
import org.postrider.postscreen.Postscreen;
import org.postrider.time.Clock;

/// What postscreen before a listener would make of a client: its access list, what the running
/// server remembers of the client, and the score of the lists in DNS, asked for real.
public final class Screen {
    private Screen() {}

    /// @param screen a line of master.cf with the program postscreen
    /// @param dns null where no name server is to be asked
    /// @param server the running one
    public static Section of(
            Service screen,
            Client client,
            Tables tables,
            @Nullable Resolver dns,
            ControlClient server,
            Clock clock) {
        List<String> lines = new ArrayList<>();
        long[] stamps = stamps(screen, Network.text(client.address()), server, lines);
        Postscreen.Explained told =
                Postscreen.explain(
                        screen.settings(),
                        tables,
                        dns == null ? null : DnsLists.inTurn(dns, clock),
                        client.address(),
                        stamps,
                        clock);
        lines.addAll(told.lines());
        return new Section(
                "postscreen",
                screen.place().toString(),
                lines,
                told.refused() ? "by postscreen" : null,
                told.refused() ? "connect from " + client.nameAndAddress() : "");
    }

    /// @return null where it is not remembered, or nobody can be asked
    private static long @Nullable [] stamps(
            Service screen, String client, ControlClient server, List<String> lines) {
        List<String> said = new ArrayList<>();
        try {
            if (server.request(new ControlRequest.Screened(client), said::add) == null) {
                lines.add("no running server to ask what it remembers of the client");
                return null;
            }
        } catch (IOException e) {
            lines.add("the running server cannot be asked: " + e.getMessage());
            return null;
        }
        for (String line : said) {
            String[] words = line.split("\t", -1);
            if (words[0].equals(screen.name()) && words.length > 1) {
                try {
                    return Arrays.stream(words).skip(1).mapToLong(Long::parseLong).toArray();
                } catch (NumberFormatException e) {
                    return null;
                }
            }
        }
        return null;
    }
}
