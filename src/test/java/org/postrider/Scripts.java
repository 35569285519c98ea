package org.postrider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.ClassDescriptor;
import org.junit.jupiter.api.ClassOrderer;
import org.junit.jupiter.api.ClassOrdererContext;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/// Scripts wait more than they compute, so they run beside the other tests: all that a run is to
/// judge are started with it, by `src/test/scripts`, two at once. Their tests come when all others
/// are through, and take what came of each ([Played]). Behind them, with nothing beside it, runs
/// what measures times and is tagged `alone`.
public final class Scripts implements TestExecutionListener, ClassOrderer {
    /// Seconds; one that hangs is killed then, and its test fails.
    private static final int PATIENCE = 3600;

    private static final Path RESULTS = Path.of("target/scripts");
    private static final Lane LANE = new Lane();

    /// @param status with which a script ended
    /// @param said on standard output and standard error
    record Result(int status, String said) {}

    /// The process that runs them. It ends with the last one, or with this process.
    private static final class Lane {
        private final Set<String> ended = new HashSet<>();
        private @Nullable BufferedReader ends;

        synchronized void start(List<Method> all) throws IOException {
            Path results = Files.createDirectories(RESULTS).toAbsolutePath();
            StringBuilder todo = new StringBuilder();
            for (Method each : all) {
                String[] words = script(each).value().clone();
                for (int i = 0; i < words.length; i++) {
                    if (words[i].equals("{new}")) {
                        words[i] = Files.createTempDirectory("script").toString();
                    }
                }
                Files.deleteIfExists(results.resolve(name(each) + ".out"));
                Files.deleteIfExists(results.resolve(name(each) + ".end"));
                todo.append(name(each)).append('\t').append(String.join("\t", words)).append('\n');
            }
            Path list = Files.writeString(results.resolve("todo"), todo);
            ends =
                    new ProcessBuilder(
                                    "src/test/scripts",
                                    results.toString(),
                                    Long.toString(ProcessHandle.current().pid()),
                                    Integer.toString(PATIENCE))
                            .redirectInput(list.toFile())
                            .redirectErrorStream(true)
                            .start()
                            .inputReader();
        }

        synchronized Result result(String name) throws IOException {
            while (!ended.contains(name)) {
                String line = ends == null ? null : ends.readLine();
                if (line == null) {
                    throw new AssertionError("src/test/scripts ended without " + name);
                }
                System.out.println("script: " + line);
                ended.add(line.split(" ", 2)[0]);
            }
            String end = Files.readString(RESULTS.resolve(name + ".end"));
            byte[] said = Files.readAllBytes(RESULTS.resolve(name + ".out"));
            return new Result(
                    Integer.parseInt(end.strip()), new String(said, StandardCharsets.UTF_8));
        }
    }

    private static Script script(Method test) {
        Script script = test.getAnnotation(Script.class);
        if (script == null) {
            throw new AssertionError(test + " has no @Script");
        }
        return script;
    }

    /// Of the test method, as they are unique.
    private static String name(Method test) {
        return test.getName();
    }

    private static @Nullable String lacking(Script script) {
        if (script.root() && !"root".equals(System.getProperty("user.name"))) {
            return "not run: needs root";
        }
        return Stream.concat(Stream.of("bash"), Arrays.stream(script.needs()))
                .filter(each -> !Needs.has(each))
                .findFirst()
                .map(each -> "not installed: " + each)
                .orElse(null);
    }

    @Override
    public void testPlanExecutionStarted(TestPlan plan) {
        List<Method> all =
                plan.getRoots().stream()
                        .flatMap(root -> plan.getDescendants(root).stream())
                        .map(TestIdentifier::getSource)
                        .flatMap(java.util.Optional::stream)
                        .filter(MethodSource.class::isInstance)
                        .map(source -> ((MethodSource) source).getJavaMethod())
                        .filter(test -> test.isAnnotationPresent(Script.class))
                        .filter(test -> lacking(script(test)) == null)
                        .sorted(Comparator.comparingInt((Method m) -> -script(m).seconds()))
                        .toList();
        assertEquals(all.size(), all.stream().map(Scripts::name).distinct().count());
        if (!all.isEmpty()) {
            try {
                LANE.start(all);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /// Waits for the end of a test's script.
    static Result result(Method test) throws IOException {
        String lacks = lacking(script(test));
        assumeTrue(lacks == null, lacks);
        return LANE.result(name(test));
    }

    @Override
    public void orderClasses(ClassOrdererContext context) {
        context.getClassDescriptors().sort(Comparator.comparingInt(Scripts::turn));
    }

    private static int turn(ClassDescriptor each) {
        boolean scripts =
                Arrays.stream(each.getTestClass().getDeclaredMethods())
                        .anyMatch(method -> method.isAnnotationPresent(Script.class));
        boolean alone =
                each.findAnnotation(org.junit.jupiter.api.Tag.class)
                        .filter(tag -> tag.value().equals("alone"))
                        .isPresent();
        return alone ? 2 : scripts ? 1 : 0;
    }
}
