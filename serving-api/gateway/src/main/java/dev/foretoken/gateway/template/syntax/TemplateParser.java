package dev.foretoken.gateway.template.syntax;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Statements. */
public final class TemplateParser {
    private final TokenCursor cursor;
    private final ExpressionParser expressions;
    private int loops;

    private TemplateParser(String source) {
        this.cursor = new TokenCursor(SourceLexer.tokens(source));
        this.expressions = new ExpressionParser(cursor);
    }

    /** @throws dev.foretoken.gateway.template.value.TemplateError with the line of the mistake */
    public static ParsedTemplate parse(String source) {
        TemplateParser parser = new TemplateParser(source);
        List<Statement> body = parser.body();
        if (!parser.cursor.at(Token.Kind.END_OF_TEMPLATE)) {
            throw parser.cursor.unexpected("no such tag here");
        }
        return new ParsedTemplate(body, parser.cursor.names());
    }

    /** Statements up to the end, or up to a tag with one of these names, whose name is then the current token. */
    private List<Statement> body(String... ends) {
        cursor.enter();
        List<Statement> body = new ArrayList<>();
        while (!cursor.at(Token.Kind.END_OF_TEMPLATE)) {
            int line = cursor.line();
            Token token = cursor.take();
            if (token.kind() == Token.Kind.DATA) {
                body.add(new Statement.Text(token.text(), line));
            } else if (token.kind() == Token.Kind.VARIABLE_BEGIN) {
                body.add(new Statement.Print(expressions.tupleOrExpression(true), line));
                cursor.expect(Token.Kind.VARIABLE_END, "'}}'");
            } else if (atOneOf(ends)) {
                cursor.leave();
                return body;
            } else {
                body.add(statement(line));
                cursor.expect(Token.Kind.BLOCK_END, "'%}'");
            }
        }
        if (ends.length > 0) {
            throw cursor.unexpected("'{% " + ends[ends.length - 1] + " %}'");
        }
        cursor.leave();
        return body;
    }

    private boolean atOneOf(String... names) {
        return cursor.at(Token.Kind.NAME)
                && List.of(names).contains(cursor.current().text());
    }

    /** The rest of a tag, a body and the tag that ends it, which stays without its closing bracket. */
    private List<Statement> bodyThen(String end) {
        cursor.expect(Token.Kind.BLOCK_END, "'%}'");
        List<Statement> body = body(end);
        cursor.take();
        return body;
    }

    private Statement statement(int line) {
        String tag = cursor.expect(Token.Kind.NAME, "a tag's name").text();
        return switch (tag) {
            case "if" -> ifStatement(line);
            case "for" -> forStatement(line);
            case "set" -> set(line);
            case "macro" -> macro(line);
            case "call" -> callBlock(line);
            case "filter" -> new Statement.FilterBlock(filters(true), bodyThen("endfilter"), line);
            case "with" -> with(line);
            // Marks what training learns from; the mark itself writes nothing. Names set inside stay inside.
            case "generation" -> new Statement.With(List.of(), bodyThen("endgeneration"), line);
            case "break" -> insideLoop(new Statement.Break(line), tag);
            case "continue" -> insideLoop(new Statement.Continue(line), tag);
            case "block" -> block(line);
            case "autoescape" -> autoescape(line);
            case "include", "import", "from", "extends" -> otherTemplate(tag, line);
            default -> throw cursor.error("the tag '" + tag + "' is unknown");
        };
    }

    private Statement insideLoop(Statement exit, String tag) {
        if (loops == 0) {
            throw cursor.error("'" + tag + "' stands outside a loop");
        }
        return exit;
    }

    /** Without another template that extends this one, a block is its body. */
    private Statement block(int line) {
        cursor.expect(Token.Kind.NAME, "the block's name");
        List<Statement> body = bodyThen("endblock");
        if (cursor.at(Token.Kind.NAME)) {
            cursor.take();
        }
        return new Statement.With(List.of(), body, line);
    }

    private Statement autoescape(int line) {
        if (!cursor.skipName("false") && !cursor.skipName("False")) {
            throw cursor.error("autoescape is not supported, a prompt is not HTML");
        }
        return new Statement.With(List.of(), bodyThen("endautoescape"), line);
    }

    /** Fails where it is reached, as it does in the original engine, which has no other templates either. */
    private Statement otherTemplate(String tag, int line) {
        while (!cursor.at(Token.Kind.BLOCK_END) && !cursor.at(Token.Kind.END_OF_TEMPLATE)) {
            cursor.take();
        }
        return new Statement.OtherTemplate(tag, line);
    }

    private Statement ifStatement(int line) {
        List<Statement.Branch> branches = new ArrayList<>();
        Token end;
        do {
            Expression condition = expressions.tupleOrExpression(false);
            cursor.expect(Token.Kind.BLOCK_END, "'%}'");
            branches.add(new Statement.Branch(condition, body("elif", "else", "endif")));
            end = cursor.take();
        } while (end.isName("elif"));
        return new Statement.If(branches, end.isName("else") ? bodyThen("endif") : List.of(), line);
    }

    private Statement forStatement(int line) {
        Target target = target(false);
        if (!cursor.skipName("in")) {
            throw cursor.unexpected("'in'");
        }
        Expression iterable = expressions.tupleOrExpression(false);
        Expression filter = cursor.skipName("if") ? expressions.expression() : null;
        boolean recursive = cursor.skipName("recursive");
        cursor.expect(Token.Kind.BLOCK_END, "'%}'");
        loops++;
        List<Statement> body = body("else", "endfor");
        loops--;
        List<Statement> otherwise = cursor.take().isName("else") ? bodyThen("endfor") : List.of();
        return new Statement.For(target, iterable, filter, body, otherwise, recursive, line);
    }

    private Statement set(int line) {
        Target target = target(true);
        if (cursor.skipOperator("=")) {
            return new Statement.Assign(target, expressions.tupleOrExpression(true), line);
        }
        List<FilterStep> filters = filters(false);
        return new Statement.AssignBlock(target, filters, bodyThen("endset"), line);
    }

    /** {@code name | name | ...}; the first '|' is not written in a filter block. */
    private List<FilterStep> filters(boolean startsWithName) {
        List<FilterStep> filters = new ArrayList<>();
        if (startsWithName) {
            filters.add(expressions.primary().filter());
        }
        while (cursor.skipOperator("|")) {
            filters.add(expressions.primary().filter());
        }
        return filters;
    }

    private Target target(boolean namespaces) {
        List<Target> targets = new ArrayList<>();
        boolean several = false;
        do {
            if (!targets.isEmpty() && !cursor.at(Token.Kind.NAME) && !cursor.atOperator("(")) {
                break;
            }
            targets.add(oneTarget(namespaces));
            several |= cursor.atOperator(",");
        } while (cursor.skipOperator(","));
        return several ? new Target.Several(targets) : targets.getFirst();
    }

    private Target oneTarget(boolean namespaces) {
        if (cursor.skipOperator("(")) {
            Target inner = target(namespaces);
            cursor.expectOperator(")");
            return inner;
        }
        String name = cursor.expect(Token.Kind.NAME, "a name to assign to").text();
        if (namespaces && cursor.skipOperator(".")) {
            String attribute =
                    cursor.expect(Token.Kind.NAME, "a name after '.'").text();
            return new Target.NamespaceAttribute(name, attribute);
        }
        return new Target.Variable(name);
    }

    private Statement macro(int line) {
        String name = cursor.expect(Token.Kind.NAME, "the macro's name").text();
        return new MacroParts(parameters(), "endmacro").toMacro(name, line);
    }

    private Statement callBlock(int line) {
        List<Signature.Parameter> parameters = cursor.atOperator("(") ? parameters() : List.of();
        if (!(expressions.expression() instanceof Expression.Call call)) {
            throw cursor.error("a call block needs a call, as in '{% call name() %}'");
        }
        MacroParts parts = new MacroParts(parameters, "endcall");
        return new Statement.CallBlock(call, parts.signature, parts.body, line);
    }

    /** The body of a macro or call block and which of the extra names it reads. */
    private final class MacroParts {
        private final Signature signature;
        private final List<Statement> body;

        MacroParts(List<Signature.Parameter> parameters, String end) {
            Set<String> before = new HashSet<>(cursor.names());
            cursor.names().clear();
            int outerLoops = loops;
            loops = 0;
            body = bodyThen(end);
            loops = outerLoops;
            signature = new Signature(
                    parameters,
                    cursor.names().contains("varargs"),
                    cursor.names().contains("kwargs"),
                    cursor.names().contains("caller"));
            cursor.names().addAll(before);
        }

        Statement toMacro(String name, int line) {
            return new Statement.Macro(name, signature, body, line);
        }
    }

    private List<Signature.Parameter> parameters() {
        cursor.expectOperator("(");
        List<Signature.Parameter> parameters = new ArrayList<>();
        while (!cursor.atOperator(")")) {
            String name = cursor.expect(Token.Kind.NAME, "a parameter's name").text();
            @Nullable Expression fallback = cursor.skipOperator("=") ? expressions.expression() : null;
            if (fallback == null
                    && !parameters.isEmpty()
                    && parameters.getLast().fallback() != null) {
                throw cursor.error("the parameter '" + name + "' without a default follows one with a default");
            }
            parameters.add(new Signature.Parameter(name, fallback));
            if (!cursor.skipOperator(",")) {
                break;
            }
        }
        cursor.expectOperator(")");
        return parameters;
    }

    private Statement with(int line) {
        List<Statement.Assign> assignments = new ArrayList<>();
        while (!cursor.at(Token.Kind.BLOCK_END)) {
            Target target = oneTarget(false);
            cursor.expectOperator("=");
            assignments.add(new Statement.Assign(target, expressions.expression(), line));
            if (!cursor.skipOperator(",")) {
                break;
            }
        }
        return new Statement.With(assignments, bodyThen("endwith"), line);
    }
}
