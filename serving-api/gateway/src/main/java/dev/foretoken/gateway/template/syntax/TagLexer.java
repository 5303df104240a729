package dev.foretoken.gateway.template.syntax;

import dev.foretoken.gateway.template.value.CodePoints;
import dev.foretoken.gateway.template.value.TemplateError;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the inside of one tag, up to and including its end. */
final class TagLexer {
    private static final Pattern BLOCK_END = Pattern.compile("\\+%}|-%}\\s*|%}\\n?");
    private static final Pattern VARIABLE_END = Pattern.compile("-}}\\s*|}}");
    private static final Pattern FLOAT =
            Pattern.compile("(?<!\\.)\\d(?:_?\\d)*(?:(?:\\.\\d(?:_?\\d)*)?[eE][+-]?\\d(?:_?\\d)*|\\.\\d(?:_?\\d)*)");
    private static final Pattern INTEGER =
            Pattern.compile("0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0[xX](?:_?[\\da-fA-F])+|[1-9](?:_?\\d)*|0(?:_?0)*");
    private static final Pattern NAME = Pattern.compile("[\\p{L}_][\\p{L}\\p{N}\\p{M}_]*");
    private static final List<String> OPERATORS = List.of(
            "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<",
            "=", ".", ":", "|", ",", ";");

    private final String source;
    private final boolean block;
    private final LineNumbers lines;
    private int position;
    private int open;

    TagLexer(String source, int position, boolean block, LineNumbers lines) {
        this.source = source;
        this.position = position;
        this.block = block;
        this.lines = lines;
    }

    /** Adds the tag's tokens; returns the position behind the tag. */
    int run(List<Token> tokens) {
        while (true) {
            skipSpace();
            if (position >= source.length()) {
                throw error("a tag has no end, expected '" + (block ? "%}" : "}}") + "'");
            }
            Matcher end = matcher(block ? BLOCK_END : VARIABLE_END);
            if (open == 0 && end.lookingAt()) {
                tokens.add(token(block ? Token.Kind.BLOCK_END : Token.Kind.VARIABLE_END, ""));
                return end.end();
            }
            tokens.add(next());
        }
    }

    private Token next() {
        char c = source.charAt(position);
        if (c == '"' || c == '\'') {
            return string(c);
        }
        if (c >= '0' && c <= '9') {
            Token real = literal(FLOAT, Token.Kind.FLOAT);
            return real != null ? real : wanted(literal(INTEGER, Token.Kind.INTEGER));
        }
        return Character.isLetter(c) || c == '_' ? wanted(literal(NAME, Token.Kind.NAME)) : operator();
    }

    private Token wanted(@Nullable Token token) {
        if (token == null) {
            throw error("'" + source.charAt(position) + "' has no meaning in an expression");
        }
        return token;
    }

    private @Nullable Token literal(Pattern pattern, Token.Kind kind) {
        Matcher matcher = matcher(pattern);
        if (!matcher.lookingAt()) {
            return null;
        }
        Token token = token(
                kind,
                kind == Token.Kind.NAME ? matcher.group() : matcher.group().replace("_", ""));
        position = matcher.end();
        return token;
    }

    private Token string(char quote) {
        int end = position + 1;
        while (end < source.length() && source.charAt(end) != quote) {
            end += source.charAt(end) == '\\' ? 2 : 1;
        }
        if (end >= source.length()) {
            throw error("a string has no end, expected " + quote);
        }
        Token token = token(Token.Kind.STRING, StringEscapes.decode(source.substring(position + 1, end)));
        position = end + 1;
        return token;
    }

    private Token operator() {
        for (String operator : OPERATORS) {
            if (source.startsWith(operator, position)) {
                Token token = token(Token.Kind.OPERATOR, operator);
                open += "([{".contains(operator) ? 1 : ")]}".contains(operator) ? -1 : 0;
                if (open < 0) {
                    throw error("'" + operator + "' closes nothing");
                }
                position += operator.length();
                return token;
            }
        }
        throw error("'" + source.charAt(position) + "' has no meaning in an expression");
    }

    private void skipSpace() {
        while (position < source.length() && CodePoints.isSpace(source.charAt(position))) {
            position++;
        }
    }

    /** With transparent bounds, so that a look-behind sees the character before. */
    private Matcher matcher(Pattern pattern) {
        return pattern.matcher(source).useTransparentBounds(true).region(position, source.length());
    }

    private Token token(Token.Kind kind, String text) {
        return new Token(kind, text, lines.at(position));
    }

    private TemplateError error(String sentence) {
        return new TemplateError(sentence).at(lines.at(position));
    }
}
