package org.postrider;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// What came of the [Script] of a test; `@RegisterExtension` makes a test wait for it, or skips the
/// test if the script could not be started here.
public final class Played implements BeforeEachCallback {
    private int status = -1;
    private String said = "";

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        Scripts.Result result = Scripts.result(context.getRequiredTestMethod());
        status = result.status();
        said = result.said();
    }

    /// On standard output and standard error.
    public String said() {
        return said;
    }

    /// What it said. A script that says it could not run skips the test, any other status than 0
    /// fails it.
    public String good() {
        if (said.contains(": not run: ")) {
            assumeTrue(false, said.strip());
        }
        assertEquals(0, status, said);
        return said;
    }

    /// Its last line, which is printed, too.
    public String last() {
        String last = good().lines().reduce((a, b) -> b).orElse("");
        System.out.println(last);
        return last;
    }
}
