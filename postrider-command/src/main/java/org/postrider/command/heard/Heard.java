package org.postrider.command.heard;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postrider.access.Trace;

/// What is told on the way to one decision, as a tree: restrictions, and in each what it looked up
/// and whom it asked in its place. Facts may come from other threads.
public final class Heard implements Trace {
    /// A part of the tree.
    public sealed interface Part {}

    /// Something was looked up.
    public record Looked(Fact fact) implements Part {}

    /// A restriction was asked.
    public static final class Step implements Part {
        private final Asked asked;
        private final List<Part> parts = new ArrayList<>();
        private String answer = "";

        private Step(Asked asked) {
            this.asked = asked;
        }

        public Asked asked() {
            return asked;
        }

        /// `permit`, `dunno`, `reject 554 …`.
        public String answer() {
            return answer;
        }

        /// In order.
        public List<Part> parts() {
            return parts;
        }

        /// What it looked up itself.
        public List<Fact> facts() {
            List<Fact> out = new ArrayList<>();
            for (Part each : parts) {
                if (each instanceof Looked(Fact fact)) {
                    out.add(fact);
                }
            }
            return out;
        }
    }

    private final Answers answers;
    private final List<Part> all = new ArrayList<>();
    private final Deque<Step> open = new ArrayDeque<>();

    /// @param answers of those that are not to be asked
    public Heard(Answers answers) {
        this.answers = answers;
    }

    @Override
    public synchronized void asked(Asked restriction) {
        Step step = new Step(restriction);
        into().add(step);
        open.push(step);
    }

    @Override
    public synchronized void answered(String result) {
        open.pop().answer = result;
    }

    @Override
    public synchronized void fact(Fact fact) {
        answers.remember(fact);
        into().add(new Looked(fact));
    }

    @Override
    public @Nullable String known(Kind kind, String source, String question) {
        return answers.of(kind, source, question);
    }

    private List<Part> into() {
        Step step = open.peek();
        return step == null ? all : step.parts;
    }

    /// In order.
    public synchronized List<Part> parts() {
        return List.copyOf(all);
    }
}
