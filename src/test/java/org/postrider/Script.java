package org.postrider;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// The script that a test judges. It is started with the run, by [Scripts], and runs beside the
/// tests that are no scripts; its test takes what came of it from a [Played]. A script has ports,
/// users and directories that no other has.
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Script {
    /// Its path in the top directory and its arguments; `{new}` is a directory of its own that is
    /// there and empty.
    String[] value();

    /// How long it lasts: what lasts longest is started first.
    int seconds();

    /// Programs without which it is not started, and the test is skipped.
    String[] needs() default {};

    /// Not started by anybody but root, and the test is skipped.
    boolean root() default false;
}
