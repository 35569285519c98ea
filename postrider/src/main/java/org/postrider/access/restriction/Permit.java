package org.postrider.access.restriction;

/// permit
public record Permit() implements Rule {
    @Override
    public String name() {
        return "permit";
    }

    @Override
    public boolean last() {
        return true;
    }

    @Override
    public Ruling ask(Question question) {
        return Ruling.PERMIT;
    }
}
