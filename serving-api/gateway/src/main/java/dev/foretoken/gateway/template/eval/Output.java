package dev.foretoken.gateway.template.eval;

import dev.foretoken.gateway.template.value.Budget;
import dev.foretoken.gateway.template.value.TemplateError;

/** Text being written: the whole rendering, or what a macro or block captures. */
final class Output {
    private final StringBuilder text = new StringBuilder();
    private final Budget budget;
    private final int maxCharacters;

    Output(Budget budget, int maxCharacters) {
        this.budget = budget;
        this.maxCharacters = maxCharacters;
    }

    void append(String part) {
        budget.text(part.length());
        if (part.length() > maxCharacters - text.length()) {
            throw new TemplateError("the output has more than " + maxCharacters + " characters");
        }
        text.append(part);
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
