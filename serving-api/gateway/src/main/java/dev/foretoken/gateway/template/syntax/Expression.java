package dev.foretoken.gateway.template.syntax;

import dev.foretoken.gateway.template.value.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Something with a value. {@code line} is where it starts in the source. */
public sealed interface Expression {
    int line();

    record Constant(Value value, int line) implements Expression {}

    record Name(String name, int line) implements Expression {}

    record Listing(List<Expression> items, boolean tuple, int line) implements Expression {}

    record Mapping(List<Entry> entries, int line) implements Expression {}

    /** One {@code key: value} of a {@link Mapping}. */
    record Entry(Expression key, Expression value) {}

    record Signed(Expression operand, boolean negative, int line) implements Expression {}

    record Not(Expression operand, int line) implements Expression {}

    record And(Expression left, Expression right, int line) implements Expression {}

    record Or(Expression left, Expression right, int line) implements Expression {}

    record Arithmetic(Operator operator, Expression left, Expression right, int line) implements Expression {}

    /** {@code a < b <= c}: true if every step is. */
    record Comparison(Expression first, List<Step> steps, int line) implements Expression {}

    record Step(Comparator comparator, Expression right) {}

    record Concatenation(List<Expression> parts, int line) implements Expression {}

    record Attribute(Expression object, String name, int line) implements Expression {}

    record Item(Expression object, Expression index, int line) implements Expression {}

    record Slice(
            Expression object,
            @Nullable Expression start,
            @Nullable Expression stop,
            @Nullable Expression step,
            int line)
            implements Expression {}

    record Call(Expression callee, CallArguments arguments, int line) implements Expression {}

    record Filtered(Expression input, FilterStep filter, int line) implements Expression {}

    record Test(Expression subject, String name, CallArguments arguments, int line) implements Expression {}

    record Conditional(
            Expression condition, Expression then, @Nullable Expression otherwise, int line) implements Expression {}
}
