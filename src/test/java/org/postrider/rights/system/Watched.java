package org.postrider.rights.system;

import java.lang.StackWalker.StackFrame;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.regex.Pattern;

/// What a helper of the tests does before each system call: it looks whether one of `rights.act`'s
/// makes it with root's rights, and says so.
public final class Watched {
    /// What it says.
    public static final String SAID = "WITH ROOT'S RIGHTS: ";

    private static final String OURS = "org.postrider.rights.";

    /// What acts with the rights that its caller has.
    private static final Pattern ITS_CALLERS =
            Pattern.compile(
                    "\\Q" + OURS + "system.\\E(Watched|Posix|UserFile|Reading|Processes)\\b.*");

    private static final MethodHandle EFFECTIVE_USER =
            Linker.nativeLinker()
                    .downcallHandle(
                            Linker.nativeLinker().defaultLookup().findOrThrow("geteuid"),
                            FunctionDescriptor.of(ValueLayout.JAVA_INT));

    private Watched() {}

    public static void check() throws Throwable {
        if ((int) EFFECTIVE_USER.invokeExact() != 0) {
            return;
        }
        List<String> frames =
                StackWalker.getInstance().walk(all -> all.map(StackFrame::toString).toList());
        if (acts(frames)) {
            System.err.println(SAID + frames);
        }
    }

    /// Whether a call is an act's own, and not made for it by what takes rights upon itself.
    static boolean acts(List<String> frames) {
        return frames.stream()
                .filter(f -> f.startsWith(OURS) && !ITS_CALLERS.matcher(f).matches())
                .findFirst()
                .filter(f -> f.startsWith(OURS + "act."))
                .isPresent();
    }
}
