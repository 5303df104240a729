package dev.foretoken.gateway.template.eval;

import dev.foretoken.gateway.template.syntax.ParsedTemplate;
import dev.foretoken.gateway.template.value.Arguments;
import dev.foretoken.gateway.template.value.Budget;
import dev.foretoken.gateway.template.value.Equality;
import dev.foretoken.gateway.template.value.Repr;
import dev.foretoken.gateway.template.value.Seq;
import dev.foretoken.gateway.template.value.Str;
import dev.foretoken.gateway.template.value.TemplateError;
import dev.foretoken.gateway.template.value.Value;
import java.time.ZonedDateTime;
import java.util.Map;

/** One rendering of one template: what all of its parts share. */
public final class Rendering {
    private final Budget budget;
    private final int maxOutput;
    private final Globals globals;
    private final Access access;

    /**
     * @param maxOutput characters the result may have
     * @param now what {@code strftime_now} tells
     */
    public Rendering(Budget budget, int maxOutput, ZonedDateTime now) {
        this.budget = budget;
        this.maxOutput = maxOutput;
        this.globals = new Globals(budget, now);
        this.access = new Access(this);
    }

    /** @throws TemplateError where the template fails or its budget is spent */
    public String render(ParsedTemplate template, Map<String, Value> variables) {
        Scope given = new Scope(null);
        variables.forEach(given::set);
        Output output = new Output(budget, maxOutput);
        new StatementRunner(this).run(template.body(), new Scope(given), output);
        return output.toString();
    }

    Budget budget() {
        return budget;
    }

    /** Marks a text that is joined from safe parts. */
    static Value safe(Value made) {
        return made instanceof Str(String text, var _) ? new Str(text, true) : made;
    }

    int maxOutput() {
        return maxOutput;
    }

    Globals globals() {
        return globals;
    }

    Access access() {
        return access;
    }

    Value filter(String name, Value input, Arguments arguments) {
        Filter filter = Filters.BY_NAME.get(name);
        if (filter == null) {
            throw new TemplateError("the filter '" + name + "' is unknown");
        }
        return paid(filter.apply(input, arguments, this));
    }

    boolean test(String name, Value subject, Arguments arguments) {
        ValueTest test = ValueTests.BY_NAME.get(name);
        if (test == null) {
            throw new TemplateError("the test '" + name + "' is unknown");
        }
        return test.holds(subject, arguments, this);
    }

    /** Pays for a value that an operation has made. */
    Value paid(Value made) {
        if (made instanceof Str(String text, var _)) {
            budget.text(text.length());
        } else if (made instanceof Seq(var items, var _)) {
            budget.steps(items.size());
        }
        return made;
    }

    /** The value as a text, with its mark if it is one. */
    Str text(Value value) {
        return value instanceof Str text ? text : new Str(str(value));
    }

    String str(Value value) {
        return Repr.str(value, budget);
    }

    boolean equal(Value a, Value b) {
        return Equality.of(a, b, budget);
    }
}
