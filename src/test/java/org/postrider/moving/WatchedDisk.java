package org.postrider.moving;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.postrider.disk.Disk;
import org.postrider.disk.RealDisk;

/// The machine's disk, and what was asked of it: `write`, `force`, `rename` and the like with the
/// file that it was about.
final class WatchedDisk {
    record Call(String what, Path of) {}

    final List<Call> calls = new ArrayList<>();
    private final BiConsumer<String, Path> before;

    /// @param before hears of each call before it is made
    WatchedDisk(BiConsumer<String, Path> before) {
        this.before = before;
    }

    Disk disk() {
        RealDisk real = new RealDisk();
        return (Disk)
                Proxy.newProxyInstance(
                        Disk.class.getClassLoader(),
                        new Class<?>[] {Disk.class},
                        (_, method, args) -> {
                            Path of =
                                    args != null && args[0] instanceof Path path
                                            ? path
                                            : Path.of("");
                            return called(real, of, method, args);
                        });
    }

    private Object called(Object real, Path of, Method method, Object[] args) throws Throwable {
        before.accept(method.getName(), of);
        calls.add(new Call(method.getName(), of));
        try {
            Object made = method.invoke(real, args);
            return made instanceof Disk.File file
                    ? Proxy.newProxyInstance(
                            Disk.class.getClassLoader(),
                            new Class<?>[] {Disk.File.class},
                            (_, m, a) -> called(file, of, m, a))
                    : made;
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /// Where it was asked for last; -1 for never.
    int last(String what, Path of) {
        return calls.lastIndexOf(new Call(what, of));
    }

    /// The files that were made below a directory.
    List<Path> made(Path below) {
        return calls.stream()
                .filter(c -> c.what().equals("create") && c.of().startsWith(below))
                .map(Call::of)
                .distinct()
                .toList();
    }
}
