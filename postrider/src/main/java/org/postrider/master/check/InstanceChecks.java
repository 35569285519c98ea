package org.postrider.master.check;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.postrider.config.ConfigException;
import org.postrider.config.MainCf;
import org.postrider.config.ServiceSettings;
import org.postrider.config.Values;
import org.postrider.master.Configuration;
import org.postrider.master.MasterParams;

/// The other instances that multi_instance_directories names: which of them are not started with
/// this one, and by which command they are.
public final class InstanceChecks {
    private InstanceChecks() {}

    public static List<String> all(ServiceSettings settings) {
        List<String> out = new ArrayList<>();
        MainCf.Entry entry = settings.mainCf().entries().get("multi_instance_directories");
        if (entry != null) {
            String wrapper = settings.text("multi_instance_wrapper");
            boolean managed = wrapper != null && !wrapper.isBlank();
            String where = settings.mainCf().file() + ", line " + entry.line();
            for (String word : Values.words(settings.expand(entry.value()))) {
                instance(where, word, managed, out);
            }
        }
        return out;
    }

    private static void instance(
            String where, String directory, boolean managed, List<String> out) {
        Path file = Path.of(directory).resolve("main.cf");
        if (!Files.exists(file)) {
            out.add(where + ": instance " + directory + " has no main.cf");
            return;
        }
        try {
            ServiceSettings other = Configuration.settings(Path.of(directory));
            String name = String.valueOf(other.text("multi_instance_name"));
            String shown = name.isEmpty() ? directory : name;
            boolean enabled = "yes".equalsIgnoreCase(other.text("multi_instance_enable"));
            if (!enabled) {
                out.add(
                        file
                                + ": instance "
                                + shown
                                + " is not enabled and does not start: postmulti -i "
                                + shown
                                + " -e enable");
            } else if (!managed && !running(other)) {
                out.add(
                        where
                                + ": instance "
                                + shown
                                + " is enabled and is NOT RUNNING: multi_instance_wrapper is empty"
                                + " (postmulti -e init), so that only this command starts it:"
                                + " postfix -c "
                                + directory
                                + " start");
            }
        } catch (ConfigException e) {
            out.add(String.valueOf(e.getMessage()));
        }
    }

    private static boolean running(ServiceSettings other) {
        Path control = Path.of(other.get(MasterParams.QUEUE_DIRECTORY)).resolve("private/control");
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(UnixDomainSocketAddress.of(control));
        } catch (IOException e) {
            return false;
        }
    }
}
