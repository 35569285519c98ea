import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/// Runs test classes (`a.b.C`) and methods (`a.b.C#m`); ends with 1 and the name of the test at the first that fails,
/// with 2 where none was found or they could not be run.
final class Runner {
    public static void main(String[] names) throws Exception {
        List<DiscoverySelector> selectors = new ArrayList<>();
        for (String name : names) {
            int at = name.indexOf('#');
            if (at < 0) {
                selectors.add(selectClass(name));
                continue;
            }
            // By its name alone: it may have parameters.
            Class<?> of = Class.forName(name.substring(0, at));
            for (Method each : ReflectionSupport.findMethods(of, m -> m.getName().equals(name.substring(at + 1)), HierarchyTraversalMode.TOP_DOWN)) {
                selectors.add(selectMethod(of, each));
            }
        }
        int[] passed = new int[1];
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request().selectors(selectors).build(),
                        new TestExecutionListener() {
                            @Override
                            public void executionFinished(TestIdentifier test, TestExecutionResult result) {
                                if (result.getStatus() == TestExecutionResult.Status.FAILED) {
                                    if (test.getSource().isEmpty()) {
                                        // Not a test, but how they were looked for.
                                        System.out.println("NOT RUN " + result.getThrowable().map(String::valueOf).orElse(""));
                                        System.out.flush();
                                        Runtime.getRuntime().halt(2);
                                    }
                                    String method = test.getSource().get() instanceof MethodSource m ? m.getMethodName() : test.getDisplayName();
                                    System.out.println("FAILED " + method + " "
                                            + test.getUniqueId().replaceAll(".*class:([^\\]]*)\\].*", "$1") + " "
                                            + result.getThrowable().map(String::valueOf).orElse(""));
                                    System.out.flush();
                                    Runtime.getRuntime().halt(1);
                                }
                                passed[0] += test.isTest() && result.getStatus() == TestExecutionResult.Status.SUCCESSFUL ? 1 : 0;
                            }
                        });
        System.out.println("PASSED " + passed[0]);
        System.out.flush();
        Runtime.getRuntime().halt(passed[0] > 0 ? 0 : 2);
    }
}
