package dev.foretoken.gateway.template.syntax;

import dev.foretoken.gateway.template.value.Bool;
import dev.foretoken.gateway.template.value.Flt;
import dev.foretoken.gateway.template.value.Int;
import dev.foretoken.gateway.template.value.None;
import dev.foretoken.gateway.template.value.Str;
import dev.foretoken.gateway.template.value.Value;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Literals and names, and what may follow them: {@code .name}, {@code [index]}, {@code (call)}, filters, tests. */
final class PrimaryParser {
    private final TokenCursor cursor;
    private final ExpressionParser expressions;

    PrimaryParser(TokenCursor cursor, ExpressionParser expressions) {
        this.cursor = cursor;
        this.expressions = expressions;
    }

    Expression primary() {
        int line = cursor.line();
        return switch (cursor.current().kind()) {
            case NAME -> name(cursor.take());
            case STRING -> new Expression.Constant(new Str(strings()), line);
            case INTEGER ->
                new Expression.Constant(new Int(integer(cursor.take().text())), line);
            case FLOAT ->
                new Expression.Constant(new Flt(Double.parseDouble(cursor.take().text())), line);
            case OPERATOR -> bracket(line);
            case DATA, BLOCK_BEGIN, BLOCK_END, VARIABLE_BEGIN, VARIABLE_END, END_OF_TEMPLATE ->
                throw cursor.unexpected("an expression");
        };
    }

    private Expression name(Token token) {
        Value constant = switch (token.text()) {
            case "true", "True" -> Bool.TRUE;
            case "false", "False" -> Bool.FALSE;
            case "none", "None" -> None.NONE;
            default -> null;
        };
        if (constant != null) {
            return new Expression.Constant(constant, token.line());
        }
        cursor.readsName(token.text());
        return new Expression.Name(token.text(), token.line());
    }

    /** Neighbouring string literals are one. */
    private String strings() {
        StringBuilder text = new StringBuilder(cursor.take().text());
        while (cursor.at(Token.Kind.STRING)) {
            text.append(cursor.take().text());
        }
        return text.toString();
    }

    private static BigInteger integer(String digits) {
        int radix = switch (digits.length() > 1 ? Character.toLowerCase(digits.charAt(1)) : ' ') {
            case 'x' -> 16;
            case 'o' -> 8;
            case 'b' -> 2;
            default -> 10;
        };
        return new BigInteger(radix == 10 ? digits : digits.substring(2), radix);
    }

    private Expression bracket(int line) {
        if (cursor.skipOperator("(")) {
            Expression inside = cursor.atOperator(")")
                    ? new Expression.Listing(List.of(), true, line)
                    : expressions.tupleOrExpression(true);
            cursor.expectOperator(")");
            return inside;
        }
        if (cursor.skipOperator("[")) {
            return new Expression.Listing(items("]"), false, line);
        }
        if (cursor.skipOperator("{")) {
            return mapping(line);
        }
        throw cursor.unexpected("an expression");
    }

    private List<Expression> items(String end) {
        List<Expression> items = new ArrayList<>();
        while (!cursor.atOperator(end)) {
            items.add(expressions.expression());
            if (!cursor.skipOperator(",")) {
                break;
            }
        }
        cursor.expectOperator(end);
        return items;
    }

    private Expression mapping(int line) {
        List<Expression.Entry> entries = new ArrayList<>();
        while (!cursor.atOperator("}")) {
            Expression key = expressions.expression();
            cursor.expectOperator(":");
            entries.add(new Expression.Entry(key, expressions.expression()));
            if (!cursor.skipOperator(",")) {
                break;
            }
        }
        cursor.expectOperator("}");
        return new Expression.Mapping(entries, line);
    }

    Expression postfix(Expression start) {
        Expression value = start;
        while (true) {
            int line = cursor.line();
            if (cursor.skipOperator(".")) {
                value = attribute(value, line);
            } else if (cursor.skipOperator("[")) {
                value = subscript(value, line);
            } else if (cursor.atOperator("(")) {
                value = new Expression.Call(value, arguments(), line);
            } else {
                return value;
            }
        }
    }

    private Expression attribute(Expression object, int line) {
        if (cursor.at(Token.Kind.INTEGER)) {
            Value index = new Int(integer(cursor.take().text()));
            return new Expression.Item(object, new Expression.Constant(index, line), line);
        }
        return new Expression.Attribute(
                object, cursor.expect(Token.Kind.NAME, "a name after '.'").text(), line);
    }

    private Expression subscript(Expression object, int line) {
        Expression start = cursor.atOperator(":") ? null : expressions.expression();
        if (start != null && !cursor.atOperator(":")) {
            if (cursor.atOperator(",")) {
                throw cursor.error("an index has several parts, expected one");
            }
            cursor.expectOperator("]");
            return new Expression.Item(object, start, line);
        }
        cursor.expectOperator(":");
        Expression stop = sliceBound();
        Expression step = cursor.skipOperator(":") ? sliceBound() : null;
        cursor.expectOperator("]");
        return new Expression.Slice(object, start, stop, step, line);
    }

    private @Nullable Expression sliceBound() {
        return cursor.atOperator(":") || cursor.atOperator("]") ? null : expressions.expression();
    }

    /** {@code (a, b, name=c, *rest, **named)}. */
    CallArguments arguments() {
        cursor.expectOperator("(");
        List<Expression> positional = new ArrayList<>();
        Map<String, Expression> named = new LinkedHashMap<>();
        Expression spread = null;
        Expression spreadNamed = null;
        while (!cursor.atOperator(")")) {
            if (cursor.skipOperator("**")) {
                spreadNamed = expressions.expression();
            } else if (cursor.skipOperator("*")) {
                spread = expressions.expression();
            } else if (cursor.at(Token.Kind.NAME) && cursor.lookAhead().isOperator("=")) {
                String name = cursor.take().text();
                cursor.take();
                named.put(name, expressions.expression());
            } else {
                positional.add(positionalArgument(named));
            }
            if (!cursor.skipOperator(",")) {
                break;
            }
        }
        cursor.expectOperator(")");
        return new CallArguments(positional, named, spread, spreadNamed);
    }

    private Expression positionalArgument(Map<String, Expression> named) {
        if (!named.isEmpty()) {
            throw cursor.error("a positional argument follows a named one");
        }
        return expressions.expression();
    }

    Expression filtersAndTests(Expression start) {
        Expression value = start;
        while (true) {
            int line = cursor.line();
            if (cursor.skipOperator("|")) {
                value = new Expression.Filtered(value, filter(), line);
            } else if (cursor.skipName("is")) {
                value = test(value, line);
            } else if (cursor.atOperator("(")) {
                value = new Expression.Call(value, arguments(), line);
            } else {
                return value;
            }
        }
    }

    /** {@code name(arguments)} behind a '|'. */
    FilterStep filter() {
        int line = cursor.line();
        String name = dottedName("a filter's name");
        return new FilterStep(name, cursor.atOperator("(") ? arguments() : CallArguments.NONE, line);
    }

    private Expression test(Expression subject, int line) {
        boolean negated = cursor.skipName("not");
        String name = dottedName("a test's name");
        Expression test = new Expression.Test(subject, name, testArguments(), line);
        return negated ? new Expression.Not(test, line) : test;
    }

    /** In parentheses, or one value right behind the name, as in {@code is divisibleby 3}. */
    private CallArguments testArguments() {
        if (cursor.atOperator("(")) {
            return arguments();
        }
        Token next = cursor.current();
        boolean value = switch (next.kind()) {
            case NAME -> !List.of("else", "or", "and", "if", "is").contains(next.text());
            case STRING, INTEGER, FLOAT -> true;
            case OPERATOR -> next.isOperator("[") || next.isOperator("{");
            case DATA, BLOCK_BEGIN, BLOCK_END, VARIABLE_BEGIN, VARIABLE_END, END_OF_TEMPLATE -> false;
        };
        return value ? new CallArguments(List.of(postfix(primary())), Map.of(), null, null) : CallArguments.NONE;
    }

    private String dottedName(String what) {
        StringBuilder name =
                new StringBuilder(cursor.expect(Token.Kind.NAME, what).text());
        while (cursor.skipOperator(".")) {
            name.append('.').append(cursor.expect(Token.Kind.NAME, what).text());
        }
        return name.toString();
    }
}
