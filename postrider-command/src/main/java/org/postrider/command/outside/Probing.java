package org.postrider.command.outside;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postrider.address.Address;
import org.postrider.command.ControlClient;
import org.postrider.config.ServiceLine;
import org.postrider.control.ControlReply.Result;
import org.postrider.control.ControlRequest;
import org.postrider.maps.Fold;
import org.postrider.master.Configuration;
import org.postrider.master.Service;
import org.postrider.verify.AddressStatus;
import org.postrider.verify.VerifyService;

/// Addresses verified by the running server, as a client's session has it: what is not known is
/// found out by a probe. Each address is asked for once. Where no server runs, or this user may not
/// ask it, the cache is read. One thread.
public final class Probing {
    private final Configuration configuration;
    private final @Nullable ControlClient server;
    private final Map<String, VerifyService.Answer> known = new HashMap<>();

    /// @param server null where nobody is to be asked
    public Probing(Configuration configuration, @Nullable ControlClient server) {
        this.configuration = configuration;
        this.server = server;
    }

    /// What is asked from now on is asked anew.
    public void forget() {
        known.clear();
    }

    /// The verification of a line of master.cf.
    ///
    /// @param remembered what its cache says
    /// @return null where there is no such line with the program verify
    public @Nullable VerifyService of(String service, VerifyService remembered) {
        boolean there =
                configuration.services().stream()
                        .map(Service::line)
                        .anyMatch(line -> isVerifier(line, service));
        return !there
                ? null
                : (address, patience) -> {
                    String key = service + '\n' + address.text();
                    VerifyService.Answer answer = known.get(key);
                    if (answer == null) {
                        answer = asked(service, address);
                        answer = answer == null ? remembered.ask(address, patience) : answer;
                        known.put(key, answer);
                    }
                    return answer;
                };
    }

    private static boolean isVerifier(ServiceLine line, String service) {
        return line.name().equals(service) && line.program().equals("verify");
    }

    /// Null where there is nobody to ask.
    private VerifyService.@Nullable Answer asked(String service, Address address) {
        ControlClient running = server;
        if (running == null) {
            return null;
        }
        List<String> lines = new ArrayList<>();
        try {
            ControlRequest.Verify request = new ControlRequest.Verify(service, address.text());
            return running.request(request, lines::add) == Result.DONE ? read(lines) : null;
        } catch (IOException e) {
            return null;
        }
    }

    private static VerifyService.@Nullable Answer read(List<String> lines) {
        String[] parts = lines.isEmpty() ? new String[0] : lines.getFirst().split("\t", 3);
        if (parts.length < 3) {
            return null;
        }
        for (AddressStatus each : AddressStatus.values()) {
            if (Fold.same(each.name(), parts[0]) && parts[1].matches("[0-9]{1,18}")) {
                return new VerifyService.Answer(each, parts[2], Long.parseLong(parts[1]));
            }
        }
        return null;
    }
}
