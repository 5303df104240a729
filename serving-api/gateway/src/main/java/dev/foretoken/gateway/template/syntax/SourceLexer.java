package dev.foretoken.gateway.template.syntax;

import dev.foretoken.gateway.template.value.CodePoints;
import dev.foretoken.gateway.template.value.TemplateError;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cuts a source into text and tags, applying the white space rules between them. */
final class SourceLexer {
    private static final Pattern RAW_BEGIN = Pattern.compile("\\s*raw\\s*(?:-%}\\s*|%})");
    private static final Pattern RAW_END = Pattern.compile("\\{%([-+]?)\\s*endraw\\s*(?:\\+%}|-%}\\s*|%}\\n?)");
    private static final Pattern COMMENT_END = Pattern.compile("\\+#}|-#}\\s*|#}\\n?");

    private final String source;
    private final LineNumbers lines;
    private final List<Token> tokens = new ArrayList<>();
    private int position;

    private SourceLexer(String source) {
        this.source = source;
        this.lines = new LineNumbers(source);
    }

    /** The tokens of a source, an end token last. Line ends become {@code \n}; one at the very end is dropped. */
    static List<Token> tokens(String source) {
        String normal = source.replace("\r\n", "\n").replace('\r', '\n');
        SourceLexer lexer = new SourceLexer(normal.endsWith("\n") ? normal.substring(0, normal.length() - 1) : normal);
        lexer.run();
        return lexer.tokens;
    }

    private void run() {
        while (position < source.length()) {
            int tag = nextTag();
            if (tag < 0) {
                add(Token.Kind.DATA, source.substring(position), position);
                position = source.length();
            } else {
                tag(tag);
            }
        }
        add(Token.Kind.END_OF_TEMPLATE, "", position);
    }

    private int nextTag() {
        for (int i = source.indexOf('{', position); i >= 0; i = source.indexOf('{', i + 1)) {
            if (i + 1 < source.length() && "%{#".indexOf(source.charAt(i + 1)) >= 0) {
                return i;
            }
        }
        return -1;
    }

    private void tag(int tag) {
        char kind = source.charAt(tag + 1);
        char sign = tag + 2 < source.length() ? source.charAt(tag + 2) : ' ';
        boolean signed = sign == '-' || sign == '+';
        data(tag, signed ? sign : ' ', kind != '{');
        position = tag + (signed ? 3 : 2);
        switch (kind) {
            case '#' -> comment(tag);
            case '{' -> expression(Token.Kind.VARIABLE_BEGIN, tag);
            default -> block(tag);
        }
    }

    /** Adds the text before a tag: without trailing white space for '-', without the tag's own indentation for a block. */
    private void data(int end, char sign, boolean lineStrips) {
        String text = source.substring(position, end);
        if (sign == '-') {
            text = CodePoints.stripEnd(text);
        } else if (sign != '+' && lineStrips) {
            int lineStart = text.lastIndexOf('\n') + 1;
            boolean startsLine = lineStart > 0 || position == 0 || source.charAt(position - 1) == '\n';
            if (startsLine && CodePoints.stripEnd(text).length() <= lineStart) {
                text = text.substring(0, lineStart);
            }
        }
        if (!text.isEmpty()) {
            add(Token.Kind.DATA, text, position);
        }
    }

    private void comment(int tag) {
        Matcher end = COMMENT_END.matcher(source);
        if (!end.find(position)) {
            throw new TemplateError("a comment has no end, expected '#}'").at(lines.at(tag));
        }
        position = end.end();
    }

    private void block(int tag) {
        Matcher raw = RAW_BEGIN.matcher(source).region(position, source.length());
        if (!raw.lookingAt()) {
            expression(Token.Kind.BLOCK_BEGIN, tag);
            return;
        }
        position = raw.end();
        Matcher end = RAW_END.matcher(source);
        if (!end.find(position)) {
            throw new TemplateError("a raw block has no end, expected '{% endraw %}'").at(lines.at(tag));
        }
        data(end.start(), end.group(1).isEmpty() ? ' ' : end.group(1).charAt(0), true);
        position = end.end();
    }

    private void expression(Token.Kind begin, int tag) {
        add(begin, "", tag);
        TagLexer lexer = new TagLexer(source, position, begin == Token.Kind.BLOCK_BEGIN, lines);
        position = lexer.run(tokens);
    }

    private void add(Token.Kind kind, String text, int at) {
        tokens.add(new Token(kind, text, lines.at(at)));
    }
}
