package dev.foretoken.gateway.template.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Operators by their precedence, loosest first: if-else, or, and, not, comparison, + -, ~, * / // %, **, sign. */
final class ExpressionParser {
    private static final Map<String, Comparator> COMPARATORS = Map.of(
            "==", Comparator.EQUAL,
            "!=", Comparator.NOT_EQUAL,
            "<", Comparator.LESS,
            "<=", Comparator.LESS_OR_EQUAL,
            ">", Comparator.GREATER,
            ">=", Comparator.GREATER_OR_EQUAL);
    private static final Map<String, Operator> SUMS = Map.of("+", Operator.ADD, "-", Operator.SUBTRACT);
    private static final Map<String, Operator> PRODUCTS =
            Map.of("*", Operator.MULTIPLY, "/", Operator.DIVIDE, "//", Operator.FLOOR_DIVIDE, "%", Operator.MODULO);

    private final TokenCursor cursor;
    private final PrimaryParser primary;

    ExpressionParser(TokenCursor cursor) {
        this.cursor = cursor;
        this.primary = new PrimaryParser(cursor, this);
    }

    PrimaryParser primary() {
        return primary;
    }

    Expression expression() {
        cursor.enter();
        int line = cursor.line();
        Expression value = or();
        while (cursor.skipName("if")) {
            Expression condition = or();
            Expression otherwise = cursor.skipName("else") ? expression() : null;
            value = new Expression.Conditional(condition, value, otherwise, line);
        }
        cursor.leave();
        return value;
    }

    /** An expression without if-else, as the iterable of a loop is (there {@code if} starts the loop's filter). */
    Expression withoutCondition() {
        return or();
    }

    /** {@code a, b} without parentheses is a tuple. */
    Expression tupleOrExpression(boolean conditions) {
        int line = cursor.line();
        List<Expression> items = new ArrayList<>();
        boolean tuple = false;
        do {
            if (!items.isEmpty() && atTupleEnd()) {
                break;
            }
            items.add(conditions ? expression() : withoutCondition());
            tuple |= cursor.atOperator(",");
        } while (cursor.skipOperator(","));
        return tuple ? new Expression.Listing(items, true, line) : items.getFirst();
    }

    private boolean atTupleEnd() {
        return cursor.at(Token.Kind.VARIABLE_END)
                || cursor.at(Token.Kind.BLOCK_END)
                || cursor.atOperator(")")
                || cursor.atName("recursive");
    }

    private Expression or() {
        int line = cursor.line();
        Expression left = and();
        while (cursor.skipName("or")) {
            left = new Expression.Or(left, and(), line);
        }
        return left;
    }

    private Expression and() {
        int line = cursor.line();
        Expression left = not();
        while (cursor.skipName("and")) {
            left = new Expression.And(left, not(), line);
        }
        return left;
    }

    private Expression not() {
        int line = cursor.line();
        if (!cursor.skipName("not")) {
            return comparison();
        }
        cursor.enter();
        Expression operand = not();
        cursor.leave();
        return new Expression.Not(operand, line);
    }

    private Expression comparison() {
        int line = cursor.line();
        Expression first = sum();
        List<Expression.Step> steps = new ArrayList<>();
        for (Comparator next = comparator(); next != null; next = comparator()) {
            steps.add(new Expression.Step(next, sum()));
        }
        return steps.isEmpty() ? first : new Expression.Comparison(first, steps, line);
    }

    private @Nullable Comparator comparator() {
        if (cursor.skipName("in")) {
            return Comparator.IN;
        }
        if (cursor.atName("not") && cursor.lookAhead().isName("in")) {
            cursor.take();
            cursor.take();
            return Comparator.NOT_IN;
        }
        Comparator found = cursor.at(Token.Kind.OPERATOR)
                ? COMPARATORS.get(cursor.current().text())
                : null;
        if (found != null) {
            cursor.take();
        }
        return found;
    }

    private Expression sum() {
        Expression left = concatenation();
        while (operator(SUMS) != null) {
            int line = cursor.line();
            Operator operator = SUMS.get(cursor.take().text());
            left = new Expression.Arithmetic(operator, left, concatenation(), line);
        }
        return left;
    }

    private Expression concatenation() {
        int line = cursor.line();
        Expression first = product();
        if (!cursor.atOperator("~")) {
            return first;
        }
        List<Expression> parts = new ArrayList<>(List.of(first));
        while (cursor.skipOperator("~")) {
            parts.add(product());
        }
        return new Expression.Concatenation(parts, line);
    }

    private Expression product() {
        Expression left = power();
        while (operator(PRODUCTS) != null) {
            int line = cursor.line();
            Operator operator = PRODUCTS.get(cursor.take().text());
            left = new Expression.Arithmetic(operator, left, power(), line);
        }
        return left;
    }

    private @Nullable Operator operator(Map<String, Operator> choices) {
        return cursor.at(Token.Kind.OPERATOR) ? choices.get(cursor.current().text()) : null;
    }

    private Expression power() {
        int line = cursor.line();
        Expression left = sign(true);
        while (cursor.skipOperator("**")) {
            left = new Expression.Arithmetic(Operator.POWER, left, sign(true), line);
        }
        return left;
    }

    /** A sign binds looser than a call or index behind it, but tighter than a filter. */
    private Expression sign(boolean withFilters) {
        int line = cursor.line();
        cursor.enter();
        Expression value;
        if (cursor.atOperator("-") || cursor.atOperator("+")) {
            boolean negative = cursor.take().text().equals("-");
            value = new Expression.Signed(sign(false), negative, line);
        } else {
            value = primary.primary();
        }
        value = primary.postfix(value);
        cursor.leave();
        return withFilters ? primary.filtersAndTests(value) : value;
    }
}
