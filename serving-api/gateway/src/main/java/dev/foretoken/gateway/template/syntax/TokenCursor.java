package dev.foretoken.gateway.template.syntax;

import dev.foretoken.gateway.template.value.TemplateError;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A place in the tokens, how deep the parser is, and the names it has read. */
final class TokenCursor {
    /** Nested parentheses, blocks and conditionals; real templates stay below 20. */
    private static final int MAX_DEPTH = 100;

    private final List<Token> tokens;
    private final Set<String> names = new HashSet<>();
    private int index;
    private int depth;

    TokenCursor(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token current() {
        return tokens.get(index);
    }

    Token lookAhead() {
        return tokens.get(Math.min(index + 1, tokens.size() - 1));
    }

    int line() {
        return current().line();
    }

    Token take() {
        Token token = current();
        if (index < tokens.size() - 1) {
            index++;
        }
        return token;
    }

    boolean at(Token.Kind kind) {
        return current().kind() == kind;
    }

    boolean atOperator(String operator) {
        return current().isOperator(operator);
    }

    boolean atName(String name) {
        return current().isName(name);
    }

    boolean skipOperator(String operator) {
        boolean found = atOperator(operator);
        if (found) {
            take();
        }
        return found;
    }

    boolean skipName(String name) {
        boolean found = atName(name);
        if (found) {
            take();
        }
        return found;
    }

    void expectOperator(String operator) {
        if (!skipOperator(operator)) {
            throw unexpected("'" + operator + "'");
        }
    }

    Token expect(Token.Kind kind, String what) {
        if (!at(kind)) {
            throw unexpected(what);
        }
        return take();
    }

    TemplateError unexpected(String expected) {
        return error("found " + current().describe() + ", expected " + expected);
    }

    TemplateError error(String sentence) {
        return new TemplateError(sentence).at(line());
    }

    void enter() {
        if (++depth > MAX_DEPTH) {
            throw error("the template nests deeper than " + MAX_DEPTH + " levels");
        }
    }

    void leave() {
        depth--;
    }

    void readsName(String name) {
        names.add(name);
    }

    /** Every name read so far. */
    Set<String> names() {
        return names;
    }
}
