package org.postrider;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/// How large things are, measured in the source text; [TidyTest] holds the limits. As a program
/// (`src/test/house/table`) it prints the largest, of any commit.
final class Measures {
    /// What is measured, and how much of it a reader bears: source files in a package, lines in a
    /// file and in a method, fields of an object of a class, parameters of a constructor or record.
    static final Map<String, Integer> LIMITS =
            Map.of("package", 20, "file", 600, "method", 70, "fields", 20, "parameters", 6);

    /// What the package org.postrider itself is called.
    private static final String FACE = "postrider";

    /// Rule, then what, then how much.
    private final Map<String, Map<String, Integer>> sizes = new TreeMap<>();

    /// Room, then type, then the types of the room that it names.
    private final Map<String, Map<String, Set<String>>> arrows = new TreeMap<>();

    private Measures() {}

    /// The sizes by one rule of [#LIMITS].
    Map<String, Integer> sizes(String rule) {
        return sizes.getOrDefault(rule, Map.of());
    }

    /// @param directories of the package org.postrider, one of each module
    static Measures of(List<Path> directories) throws IOException {
        Measures out = new Measures();
        for (Path each : directories) {
            out.add(each.toAbsolutePath());
        }
        return out;
    }

    private void add(Path root) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(root)) {
            files = all.filter(f -> f.toString().endsWith(".java")).sorted().toList();
        }
        Map<String, Set<String>> types = new HashMap<>();
        for (Path file : files) {
            Path name = root.relativize(file);
            put("file", name.toString(), Files.readAllLines(file).size());
            if (!file.endsWith("package-info.java")) {
                String place = name.getNameCount() == 1 ? FACE : "" + name.getParent();
                sizes.computeIfAbsent("package", r -> new TreeMap<>())
                        .merge(place, 1, Integer::sum);
                types.computeIfAbsent(room(name), r -> new HashSet<>()).add(type(name));
            }
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            Iterable<? extends JavaFileObject> sources = manager.getJavaFileObjectsFromPaths(files);
            JavacTask task = (JavacTask) compiler.getTask(null, manager, null, null, null, sources);
            SourcePositions positions = Trees.instance(task).getSourcePositions();
            for (CompilationUnitTree unit : task.parse()) {
                Path name = root.relativize(Path.of(unit.getSourceFile().toUri()));
                Set<String> room = types.getOrDefault(room(name), Set.of());
                new Unit(unit, positions, name, room).scan(unit, null);
            }
        }
    }

    private static String room(Path file) {
        return file.getNameCount() == 1 ? FACE : file.getName(0).toString();
    }

    private static String type(Path file) {
        return String.valueOf(file.getFileName()).replace(".java", "");
    }

    private void put(String rule, String what, int size) {
        sizes.computeIfAbsent(rule, r -> new TreeMap<>()).merge(what, size, Math::max);
    }

    private final class Unit extends TreeScanner<Void, Void> {
        private final CompilationUnitTree unit;
        private final SourcePositions positions;
        private final LineMap lines;
        private final Path file;
        private final Set<String> room;
        private final Set<String> named;
        private final Deque<String> classes = new ArrayDeque<>();

        Unit(CompilationUnitTree unit, SourcePositions positions, Path file, Set<String> room) {
            this.unit = unit;
            this.positions = positions;
            this.lines = unit.getLineMap();
            this.file = file;
            this.room = room;
            named =
                    arrows.computeIfAbsent(room(file), r -> new TreeMap<>())
                            .computeIfAbsent(type(file), t -> new HashSet<>());
        }

        private String name(String member) {
            return file + "#" + String.join(".", classes.reversed()) + member;
        }

        @Override
        public Void visitClass(ClassTree tree, Void none) {
            classes.push(tree.getSimpleName().isEmpty() ? "anonymous" : "" + tree.getSimpleName());
            int fields = 0;
            for (Tree member : tree.getMembers()) {
                if (member instanceof VariableTree field
                        && !field.getModifiers().getFlags().contains(Modifier.STATIC)) {
                    fields++;
                }
            }
            if (tree.getKind() == Tree.Kind.RECORD) {
                put("parameters", name(""), fields);
            }
            if (tree.getKind() == Tree.Kind.RECORD || tree.getKind() == Tree.Kind.CLASS) {
                put("fields", name(""), fields);
            }
            super.visitClass(tree, none);
            classes.pop();
            return null;
        }

        @Override
        public Void visitMethod(MethodTree tree, Void none) {
            long start = positions.getStartPosition(unit, tree);
            long end = positions.getEndPosition(unit, tree);
            if (start >= 0 && end > start) {
                int length = (int) (lines.getLineNumber(end) - lines.getLineNumber(start)) + 1;
                put("method", name("." + tree.getName()), length);
            }
            if (tree.getName().contentEquals("<init>")) {
                put("parameters", name(""), tree.getParameters().size());
            }
            return super.visitMethod(tree, none);
        }

        @Override
        public Void visitIdentifier(IdentifierTree tree, Void none) {
            String name = tree.getName().toString();
            if (room.contains(name) && !name.equals(type(file))) {
                named.add(name);
            }
            return super.visitIdentifier(tree, none);
        }
    }

    /// How many types of the room are in the largest group that name one another in a circle.
    private static int largestCircle(Map<String, Set<String>> uses) {
        int largest = 0;
        for (String type : uses.keySet()) {
            Set<String> group = new HashSet<>(reached(uses, type));
            group.removeIf(other -> !reached(uses, other).contains(type));
            largest = Math.max(largest, group.size());
        }
        return largest;
    }

    private static Set<String> reached(Map<String, Set<String>> uses, String from) {
        Set<String> seen = new HashSet<>();
        Deque<String> open = new ArrayDeque<>(uses.getOrDefault(from, Set.of()));
        while (!open.isEmpty()) {
            String next = open.pop();
            if (seen.add(next)) {
                open.addAll(uses.getOrDefault(next, Set.of()));
            }
        }
        return seen;
    }

    /// @param args the directory of the package org.postrider
    public static void main(String[] args) throws IOException {
        Measures m = of(Stream.of(args).map(Path::of).toList());
        for (String rule : List.of("package", "file", "method", "fields", "parameters")) {
            m.print(rule, LIMITS.getOrDefault(rule, 0));
        }
        System.out.println("\nroom: types, arrows between them, types in the largest circle");
        m.arrows.forEach((room, uses) -> {
            int count = uses.values().stream().mapToInt(Set::size).sum();
            System.out.printf("%6d %6d %6d  %s%n", uses.size(), count, largestCircle(uses), room);
        });
    }

    private void print(String rule, int most) {
        List<Map.Entry<String, Integer>> over =
                sizes(rule).entrySet().stream()
                        .filter(e -> e.getValue() > most)
                        .sorted(Collections.reverseOrder(Map.Entry.comparingByValue()))
                        .toList();
        System.out.printf("%n%s: %d above %d%n", rule, over.size(), most);
        over.forEach(e -> System.out.printf("%6d  %s%n", e.getValue(), e.getKey()));
    }
}
