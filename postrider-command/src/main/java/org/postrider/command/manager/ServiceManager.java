package org.postrider.command.manager;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.postrider.io.UnixDatagram;
import org.postrider.time.Clock;

/// What started this process and wants to hear how it goes: systemd with `Type=notify`
/// (sd_notify(3)), by the socket that NOTIFY_SOCKET names. Nothing is said where it names none.
/// That nobody hears it is no fault of the mail system, which goes on.
public final class ServiceManager {
    /// The variable of the environment, as sd_notify(3) has it.
    public static final String SOCKET = "NOTIFY_SOCKET";

    private final @Nullable String socket;

    /// @param socket a path or, after an `@`, an abstract name; null or empty where nobody asks
    ServiceManager(@Nullable String socket) {
        this.socket = socket == null || socket.isEmpty() ? null : socket;
    }

    /// Of this process.
    public static ServiceManager ours() {
        return new ServiceManager(System.getenv(SOCKET));
    }

    /// The mail system runs; its main process is this one.
    ///
    /// @param master number of bin/supervise's process; none is named if it is not positive
    public void ready(long master) {
        say((master > 0 ? "MAINPID=" + master + "\n" : "") + "READY=1");
    }

    /// It takes in a changed configuration; [#ready] follows, however that goes.
    public void reloading() {
        say("RELOADING=1\nMONOTONIC_USEC=" + Clock.system().nanos() / 1000);
    }

    /// It ends.
    public void stopping() {
        say("STOPPING=1");
    }

    private void say(String text) {
        if (socket == null) {
            return;
        }
        byte[] octets = text.getBytes(StandardCharsets.US_ASCII);
        try (UnixDatagram to = new UnixDatagram(socket)) {
            to.send(octets, 0, octets.length);
        } catch (IOException e) {
            System.err.println("postfix: warning: " + SOCKET + ": " + e.getMessage());
        }
    }
}
