package org.postrider.command.explain;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postrider.access.Cause;
import org.postrider.access.Trace.Asked;
import org.postrider.access.Trace.Fact;
import org.postrider.access.Trace.Kind;
import org.postrider.command.heard.Heard;
import org.postrider.command.heard.Where;
import org.postrider.command.outside.Section;
import org.postrider.wire.Reply;

/// What `postexplain rcpt` found, to be read by people or by programs.
///
/// @param listener which line of master.cf, with its place
/// @param met what the mail meets
/// @param changes the smallest first
/// @param unreadable what its user may not read: then nobody knows what the server would say
record RcptReport(
        String listener,
        Caller caller,
        Met met,
        List<Proposal> changes,
        List<String> unreadable,
        Where where) {
    /// What came of a mail.
    ///
    /// @param told by the lists
    /// @param outside what postscreen, milters and filters make of it
    record Met(Told told, List<Section> outside) {}

    /// `accepted`, `refused`, or `unknown` if something could not be read.
    String verdict() {
        return !unreadable.isEmpty() ? "unknown" : refused() ? "refused" : "accepted";
    }

    /// By the lists, or by somebody outside of them.
    boolean refused() {
        return met.told().refused() || refusing() != null;
    }

    /// Who outside of the lists refuses, before they come to it or where they do not; null for
    /// nobody. What is refused at RCPT by the lists milters do not hear of.
    private @Nullable Section refusing() {
        for (Section each : met.outside()) {
            boolean first = !met.told().refused() || !each.at().equals("rcpt");
            if (each.refusal() != null && first) {
                return each;
            }
        }
        return null;
    }

    /// Lines for people.
    List<String> lines() {
        List<String> out = new ArrayList<>();
        out.add("listener: " + listener);
        for (Told.At at : met.told().stages()) {
            if (!at.parts().isEmpty()) {
                out.add("");
                out.add(Sayings.command(at.stage(), caller));
                String list = "";
                for (Heard.Part part : at.parts()) {
                    list = part(part, list, 1, out);
                }
                at.decision().effects().forEach(each -> out.add("    * " + Sayings.effect(each)));
            }
        }
        for (Section each : met.outside()) {
            out.add("");
            out.add(each.name() + ": " + each.set());
            each.lines().forEach(line -> out.add("    " + line));
        }
        out.add("");
        verdict(out);
        return out;
    }

    private void verdict(List<String> out) {
        Told.At at = met.told().refusing();
        Reply reply = met.told().reply();
        Section by = refusing();
        if (by != null) {
            out.add(verdict() + " at " + by.at() + ": " + by.refusal());
            out.add("  by: " + by.name() + ", " + by.set());
            if (at == null) {
                return;
            }
            out.add("and by the lists:");
        }
        if (at == null || reply == null) {
            out.add(verdict() + ": nothing refuses it");
        } else {
            String command = Sayings.command(at.stage(), caller);
            out.add(verdict() + " at " + command + ": " + reply.line());
        }
        Cause cause = met.told().cause();
        if (cause != null) {
            out.add("  by: " + rule(cause) + ", set in " + set(cause));
        }
        String before = "  to turn it: ";
        for (Proposal each : changes) {
            out.add(before + each.text());
            before = "          or: ";
        }
        if (changes.isEmpty() && unreadable.isEmpty()) {
            out.add(before + "no single change that was tried does");
        }
        unreadable.forEach(each -> out.add("  not readable for this user: " + each));
    }

    private static String rule(Cause cause) {
        return cause.restriction()
                + (cause.said().isEmpty() ? "" : ", which named " + cause.said());
    }

    private String set(Cause cause) {
        return cause.parameter() + " (" + where.of(cause.parameter(), cause.restriction()) + ")";
    }

    /// @param list whose heading was printed last
    /// @return the same after this part
    private String part(Heard.Part part, String list, int depth, List<String> out) {
        String indent = "  ".repeat(depth);
        switch (part) {
            case Heard.Looked(Fact fact) -> out.add(indent + "  - " + looked(fact, ""));
            case Heard.Step step -> {
                Asked asked = step.asked();
                if (depth == 1 && !asked.list().equals(list)) {
                    out.add(indent + asked.list() + " (" + where.of(asked.list()) + ")");
                }
                out.add(
                        indent
                                + "  "
                                + (asked.warnOnly() ? "warn_if_reject " : "")
                                + asked.restriction()
                                + set(asked)
                                + " -> "
                                + step.answer());
                String inner = asked.list();
                for (Heard.Part each : step.parts()) {
                    switch (each) {
                        case Heard.Looked(Fact fact) ->
                                out.add(indent + "    - " + looked(fact, asked.restriction()));
                        case Heard.Step nested -> inner = part(nested, inner, depth + 1, out);
                    }
                }
                return asked.list();
            }
        }
        return list;
    }

    /// Where a restriction stands, if not where the heading says.
    private String set(Asked asked) {
        if (asked.parameter().isEmpty()) {
            return " (named by the table)";
        }
        String place = where.of(asked.parameter(), asked.restriction());
        return place.equals(where.of(asked.list())) ? "" : " (" + place + ")";
    }

    private String looked(Fact fact, String restriction) {
        return fact.source()
                + parameter(fact, restriction)
                + " \""
                + fact.question()
                + "\" -> "
                + fact.answer();
    }

    private String parameter(Fact fact, String restriction) {
        if (fact.kind() != Kind.TABLE || restriction.contains(fact.source())) {
            return fact.kind() == Kind.TABLE ? "" : " (" + name(fact.kind()) + ")";
        }
        List<String> by = where.naming(fact.source());
        return by.isEmpty() ? "" : " (" + String.join(", ", by) + ")";
    }

    private static String name(Kind kind) {
        return kind == Kind.DNS ? "DNS" : Sayings.word(kind);
    }

    /// The same for programs.
    Map<String, Object> json() {
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("listener", listener);
        out.put("client_name", caller.client().name());
        out.put("client_address", caller.client().ip());
        out.put("helo_name", caller.helo());
        out.put("sasl_username", caller.login() == null ? "" : caller.login());
        out.put("encrypted", caller.tls().encrypted());
        out.put("sender", caller.sender().text());
        out.put("recipient", caller.to().text());
        List<Object> stages = new ArrayList<>();
        for (Told.At at : met.told().stages()) {
            Map<String, Object> stage = new LinkedHashMap<>();
            stage.put("stage", Sayings.word(at.stage()));
            stage.put("command", Sayings.command(at.stage(), caller));
            stage.put("asked", parts(at.parts()));
            stage.put("effects", at.decision().effects().stream().map(Sayings::effect).toList());
            stages.add(stage);
        }
        out.put("stages", stages);
        out.put("outside", met.outside().stream().map(RcptReport::section).toList());
        out.put("verdict", verdict());
        Told.At at = met.told().refusing();
        out.put("refused_at", at == null ? null : Sayings.word(at.stage()));
        Reply reply = met.told().reply();
        out.put("reply", reply == null ? null : reply.line());
        out.put("rule", rule());
        out.put("changes", changes.stream().map(Proposal::text).toList());
        out.put("unreadable", unreadable);
        return out;
    }

    private static Map<String, Object> section(Section section) {
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("name", section.name());
        out.put("set", section.set());
        out.put("lines", section.lines());
        out.put("refusal", section.refusal());
        return out;
    }

    private @Nullable Map<String, Object> rule() {
        Cause cause = met.told().cause();
        if (cause == null) {
            return null;
        }
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("parameter", cause.parameter());
        out.put("restriction", cause.restriction());
        out.put("said", cause.said());
        out.put("set", where.of(cause.parameter(), cause.restriction()));
        return out;
    }

    private List<Object> parts(List<Heard.Part> parts) {
        List<Object> out = new ArrayList<>();
        for (Heard.Part part : parts) {
            Map<String, Object> each = new LinkedHashMap<>();
            switch (part) {
                case Heard.Looked(Fact fact) -> {
                    each.put("kind", Sayings.word(fact.kind()));
                    each.put("source", fact.source());
                    each.put("question", fact.question());
                    each.put("answer", fact.answer());
                    if (fact.kind() == Kind.TABLE) {
                        each.put("parameters", where.naming(fact.source()));
                    }
                }
                case Heard.Step step -> {
                    Asked asked = step.asked();
                    each.put("kind", "restriction");
                    each.put("list", asked.list());
                    each.put("parameter", asked.parameter());
                    each.put("set", where.of(asked.parameter(), asked.restriction()));
                    each.put("restriction", asked.restriction());
                    each.put("warn_if_reject", asked.warnOnly());
                    each.put("answer", step.answer());
                    each.put("asked", parts(step.parts()));
                }
            }
            out.add(each);
        }
        return out;
    }
}
