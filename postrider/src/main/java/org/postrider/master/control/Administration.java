package org.postrider.master.control;

import java.util.function.Consumer;
import org.postrider.config.ServiceLine;
import org.postrider.control.ControlCodec;
import org.postrider.control.ControlReply.Result;
import org.postrider.control.ControlRequest;
import org.postrider.io.Connection;
import org.postrider.master.Service;

/// The door `private/control`: to stop and to reload, and what [Requests] answers. Only root and
/// the server's own user get through the directory's mode. Any thread.
public final class Administration {
    /// Where it is, under queue_directory.
    public static final String SOCKET = "private/control";

    /// Why no service may have that place.
    public static final String TAKEN =
            SOCKET
                    + " is the control socket of the mail system itself; give the service another"
                    + " name";

    /// Whether a line of master.cf would listen there.
    public static boolean isSocketOf(Service service) {
        ServiceLine line = service.line();
        boolean local = line.type().equals("unix") || line.type().equals("fifo");
        return local && SOCKET.equals("private/" + line.name()) && line.privateService();
    }

    /// What is asked of the server as a whole.
    public interface Life {
        /// Ends it, on another thread.
        void stop();

        /// Ends it at once, on another thread.
        void abort();

        /// @param lines gets the reason of a refusal
        /// @return whether the new configuration is in charge
        boolean reload(Consumer<String> lines);
    }

    private final Life life;
    private final Requests requests;

    public Administration(Life life, Requests requests) {
        this.life = life;
        this.requests = requests;
    }

    public void session(Connection connection) {
        new ControlServer(this::handle, requests::listing, ControlCodec.LONGEST_REQUEST)
                .session(connection);
    }

    private Result handle(ControlRequest request, Consumer<String> lines) {
        return switch (request) {
            case ControlRequest.Stop _ -> {
                life.stop();
                yield Result.DONE;
            }
            case ControlRequest.Abort _ -> {
                life.abort();
                yield Result.DONE;
            }
            case ControlRequest.Reload _ -> life.reload(lines) ? Result.DONE : Result.FAILED;
            case ControlRequest.OfQueue ofQueue -> requests.answer(ofQueue, lines);
            case ControlRequest.OfAddress ofAddress -> requests.answer(ofAddress, lines);
            // The lister answers it.
            case ControlRequest.Listed _ -> Result.NOT_ALLOWED;
            case ControlRequest.Status _ -> Result.DONE;
            case ControlRequest.Threads _ -> {
                requests.threads(lines);
                yield Result.DONE;
            }
            case ControlRequest.Unknown unknown -> {
                lines.accept(unknown.why());
                yield Result.UNKNOWN;
            }
        };
    }
}
