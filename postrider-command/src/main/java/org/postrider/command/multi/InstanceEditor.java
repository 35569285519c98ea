package org.postrider.command.multi;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postrider.command.CommandException;
import org.postrider.command.OctetPath;
import org.postrider.command.ScriptMessages;
import org.postrider.command.Terminal;
import org.postrider.command.ToolConfig;
import org.postrider.config.ServiceSettings;
import org.postrider.config.Values;

/// `postmulti -e`: makes, takes in, lets go and removes instances, and changes what the first one's
/// main.cf and their own say of them.
final class InstanceEditor {
    private static final String ALTERNATE = "alternate_config_directories";
    private static final String WRAPPER = "multi_instance_wrapper";

    private final Instances instances;
    private final ServiceSettings settings;
    private final ScriptMessages script;
    private final Edits edits;

    /// @param settings the first instance's
    InstanceEditor(
            Instances instances, ServiceSettings settings, ScriptMessages script, Edits edits) {
        this.instances = instances;
        this.settings = settings;
        this.script = script;
        this.edits = edits;
    }

    /// The script found a reason not to go on, which it says itself.
    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1;

        Refused(String why) {
            super(why, null, false, false);
        }
    }

    int edit(Request request) {
        try {
            String action = String.valueOf(request.action());
            if (!request.words().isEmpty()
                    && !action.equals("create")
                    && !action.equals("import")) {
                throw new CommandException(
                        1, "Parameter overrides not valid with '-e " + action + "'");
            }
            switch (action) {
                case "init" ->
                        edits.set(
                                instances.first().directory(),
                                List.of(
                                        WRAPPER + " = ${command_directory}/postmulti -p --",
                                        Instance.ENABLE + " = yes"));
                case "create", "import" -> add(request, action.equals("create"));
                default -> change(request, action);
            }
            return 0;
        } catch (Refused e) {
            script.say("fatal: " + e.getMessage());
            return 1;
        } catch (Edits.Told e) {
            return 1;
        }
    }

    private void initialized() {
        if (ToolConfig.text(settings, WRAPPER, 1).isEmpty()) {
            throw new Refused(WRAPPER + " is empty, run 'postmulti -e init' first.");
        }
        if (!ToolConfig.text(settings, Instance.ENABLE, 1).equals("yes")) {
            throw new Refused(Instance.ENABLE + "!=yes, run 'postmulti -e init' first.");
        }
    }

    // ---- one that is there

    private void change(Request request, String action) {
        Instance one = chosen(request.selection());
        switch (action) {
            case "enable", "disable" -> {
                initialized();
                String value = action.equals("enable") ? "yes" : "no";
                edits.set(one.directory(), List.of(Instance.ENABLE + " = " + value));
            }
            case "assign" -> {
                Instance named =
                        one.named(
                                assigned(request.name(), one.name()),
                                assigned(request.group(), one.group()));
                instances.checkClaims(named, one);
                initialized();
                assign(one.directory(), request);
            }
            default -> remove(one, action.equals("destroy"));
        }
    }

    private Instance chosen(Request.Selection selection) {
        if (selection.by() != 'i') {
            throw new CommandException(1, "Select an instance via '-i name'");
        }
        List<Instance> found = instances.selected(selection.predicate());
        if (found.isEmpty()) {
            throw new CommandException(1, "No instance named " + selection.word());
        }
        return found.getFirst();
    }

    private static String assigned(@Nullable String wanted, String old) {
        return wanted == null ? old : wanted.equals("-") ? "" : wanted;
    }

    private void assign(String directory, Request request) {
        List<String> out = new ArrayList<>();
        if (request.name() != null) {
            out.add(Instance.NAME + " = " + assigned(request.name(), ""));
        }
        if (request.group() != null) {
            out.add(Instance.GROUP + " = " + assigned(request.group(), ""));
        }
        edits.set(directory, out);
    }

    private void remove(Instance one, boolean destroy) {
        if (one.first()) {
            throw new CommandException(1, "Cannot remove the primary instance");
        }
        if (destroy && one.enabled()) {
            throw new CommandException(1, "Cannot remove enabled instances");
        }
        initialized();
        Removal removal = new Removal(one, edits, script);
        if (removal.running()) {
            throw new Refused("Instance '" + one.directory() + "' is not stopped");
        }
        if (destroy && removal.hasMail()) {
            throw new Refused(
                    "Instance '"
                            + one.directory()
                            + "' has mail, which postsuper -c "
                            + one.directory()
                            + " -d ALL would delete");
        }
        List<String> left =
                instances.others().stream()
                        .filter(each -> each != one)
                        .map(Instance::directory)
                        .toList();
        name(left, one.directory(), !destroy);
        if (destroy) {
            removal.remove();
        }
    }

    /// Who the others are, in the first one's main.cf; who is no longer one of them may still be
    /// named to commands of ordinary users (alternate_config_directories).
    private void name(List<String> directories, String one, boolean alternate) {
        List<String> out = new ArrayList<>();
        out.add(Instances.DIRECTORIES + " = " + String.join(" ", directories));
        List<String> known = new ArrayList<>(Values.words(ToolConfig.text(settings, ALTERNATE, 1)));
        boolean changed = alternate ? !known.contains(one) && known.add(one) : known.remove(one);
        if (changed) {
            out.add(ALTERNATE + " = " + String.join(" ", known));
        }
        edits.set(instances.first().directory(), out);
    }

    // ---- one more

    private void add(Request request, boolean create) {
        Map<String, String> given = overrides(request.words(), create ? "create" : "import");
        int at = place(request.selection());
        String name = assigned(request.name(), "");
        String directory =
                directory(given, Instance.CONFIGURATION, instances.first().directory(), name);
        for (Instance each : instances.all()) {
            if (each.directory().equals(directory)) {
                throw new CommandException(
                        1,
                        "new config_directory="
                                + directory
                                + " is already in use by instance "
                                + each.directory()
                                + ", config_directory="
                                + each.directory());
            }
        }
        Path files = OctetPath.of(directory);
        boolean there =
                Files.isRegularFile(files.resolve("main.cf"))
                        && Files.isRegularFile(files.resolve("master.cf"));
        Instance one;
        if (there || !create) {
            Instance found = read(directory);
            one =
                    found.named(
                            assigned(request.name(), found.name()),
                            assigned(request.group(), found.group()));
        } else {
            one =
                    new Instance(
                            new Instance.Places(
                                    directory,
                                    directory(
                                            given, Instance.QUEUE, instances.first().queue(), name),
                                    directory(
                                            given, Instance.DATA, instances.first().data(), name)),
                            name,
                            assigned(request.group(), ""),
                            false,
                            false);
        }
        instances.checkClaims(one, one);
        initialized();
        if (!there) {
            if (!create) {
                throw new Refused("'" + directory + "' lacks a master.cf file");
            }
            new NewConfiguration(one, settings, edits, script).make();
        }
        assign(directory, request);
        List<String> all =
                new ArrayList<>(instances.others().stream().map(Instance::directory).toList());
        all.add(at, directory);
        name(all, directory, false);
        if (edits.postfix(directory, "set-permissions") != 0) {
            throw new Edits.Told();
        }
    }

    private Instance read(String directory) {
        String postconf = ToolConfig.text(settings, "command_directory", 1) + "/postconf";
        return Instance.read(directory, postconf, Terminal.system());
    }

    /// Before which of the others.
    private int place(Request.Selection selection) {
        if (selection.by() == 0) {
            return instances.others().size();
        }
        for (int i = 0; i < instances.others().size(); i++) {
            if (selection.predicate().test(instances.others().get(i))) {
                return i;
            }
        }
        if (selection.by() == 'a') {
            return 0;
        }
        throw new CommandException(1, "No matching secondary instances");
    }

    private static Map<String, String> overrides(List<String> words, String action) {
        Map<String, String> out = new HashMap<>();
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals < 0) {
                throw new CommandException(1, "Malformed parameter setting '" + word + "'");
            }
            String name = word.substring(0, equals).strip();
            String value = word.substring(equals + 1).strip();
            boolean fits =
                    name.equals(Instance.CONFIGURATION)
                            || action.equals("create")
                                    && (name.equals(Instance.QUEUE) || name.equals(Instance.DATA));
            if (!fits) {
                throw new CommandException(
                        1, "Parameter '" + name + "' not valid with action " + action);
            }
            if (!value.startsWith("/")) {
                throw new CommandException(
                        1, "Parameter setting '" + name + "' is not an absolute path");
            }
            if (!Request.safe(value)) {
                throw new CommandException(
                        1, "Unsafe characters in parameter setting '" + word + "'");
            }
            out.put(name, value.replaceFirst("(?<=.)/+$", ""));
        }
        return out;
    }

    /// As it is given, else beside the first one's, under the new name.
    private static String directory(
            Map<String, String> given, String parameter, String first, String name) {
        String told = given.get(parameter);
        if (told != null) {
            return told;
        }
        if (name.isEmpty()) {
            throw new CommandException(1, "Missing " + parameter + " parameter value");
        }
        return first.substring(0, first.lastIndexOf('/') + 1) + name;
    }
}
