package org.postrider.command.multi;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.postrider.command.CommandException;
import org.postrider.command.Terminal;
import org.postrider.config.ServiceSettings;
import org.postrider.config.Values;

/// All mail systems of a host: the first, then the others in the order in which its main.cf has
/// them.
///
/// @param first enabled whatever it says while there are no others
record Instances(Instance first, List<Instance> others) {
    static final String DIRECTORIES = "multi_instance_directories";

    /// @param settings of the first
    /// @throws CommandException where the main.cf of one cannot be read, or two want the same
    static Instances read(
            String directory, ServiceSettings settings, String postconf, Terminal terminal) {
        List<Instance> others = new ArrayList<>();
        String named = settings.text(DIRECTORIES);
        for (String each : Values.words(named == null ? "" : named)) {
            others.add(Instance.read(each, postconf, terminal));
        }
        Instance own = Instance.of(directory, settings, true);
        Instance first =
                others.isEmpty()
                        ? new Instance(own.places(), own.name(), own.group(), true, true)
                        : own;
        Instances out = new Instances(first, List.copyOf(others));
        out.checkClaims(first);
        return out;
    }

    /// @throws CommandException if two of them want the same directory or name
    private void checkClaims(Instance start) {
        List<Instance> before = new ArrayList<>(List.of(start));
        for (Instance each : others) {
            check(each, before);
            before.add(each);
        }
    }

    /// Whether one more, or one with other names, fits in.
    ///
    /// @throws CommandException if another has one of its directories, or its name
    void checkClaims(Instance one, Instance instead) {
        check(one, all().stream().filter(each -> each != instead).toList());
    }

    private static void check(Instance one, List<Instance> others) {
        for (Instance other : others) {
            if (!one.name().isEmpty()) {
                claim(one, Instance.NAME, one.name(), other, other.name());
            }
            claim(one, Instance.CONFIGURATION, one.directory(), other, other.directory());
            claim(one, Instance.QUEUE, one.queue(), other, other.queue());
            claim(one, Instance.DATA, one.data(), other, other.data());
        }
    }

    private static void claim(
            Instance one, String what, String mine, Instance other, String theirs) {
        if (mine.equals(theirs)) {
            throw new CommandException(
                    1,
                    "instance "
                            + one.directory()
                            + ", "
                            + what
                            + "="
                            + mine
                            + " conflicts with instance "
                            + other.directory()
                            + ", "
                            + what
                            + "="
                            + theirs);
        }
    }

    List<Instance> all() {
        List<Instance> out = new ArrayList<>(List.of(first));
        out.addAll(others);
        return out;
    }

    List<Instance> selected(Predicate<Instance> by) {
        return all().stream().filter(by).toList();
    }
}
