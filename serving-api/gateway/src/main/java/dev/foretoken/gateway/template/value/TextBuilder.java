package dev.foretoken.gateway.template.value;

/** Builds a text and pays for it as it grows, so that a nested value cannot unfold without bound. */
public final class TextBuilder {
    private final StringBuilder text = new StringBuilder();
    private final Budget budget;

    public TextBuilder(Budget budget) {
        this.budget = budget;
    }

    public TextBuilder append(String part) {
        budget.text(part.length());
        text.append(part);
        return this;
    }

    public TextBuilder append(char part) {
        budget.text(1);
        text.append(part);
        return this;
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
