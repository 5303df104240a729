package dev.foretoken.gateway.template.eval;

import dev.foretoken.gateway.template.syntax.Operator;
import dev.foretoken.gateway.template.value.Arguments;
import dev.foretoken.gateway.template.value.CodePoints;
import dev.foretoken.gateway.template.value.Dict;
import dev.foretoken.gateway.template.value.Int;
import dev.foretoken.gateway.template.value.None;
import dev.foretoken.gateway.template.value.Seq;
import dev.foretoken.gateway.template.value.Str;
import dev.foretoken.gateway.template.value.TextBuilder;
import dev.foretoken.gateway.template.value.Value;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Filters on texts; anything else is first written as text. */
final class TextFilters {
    static final Map<String, Filter> BY_NAME = all();

    private static final Pattern TITLE_WORD = Pattern.compile("[^-\\s({\\[<]+", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern WORD = Pattern.compile("\\w+", Pattern.UNICODE_CHARACTER_CLASS);

    private TextFilters() {}

    private static Map<String, Filter> all() {
        Map<String, Filter> filters = new HashMap<>();
        filters.put("string", simple(text -> text));
        filters.put("safe", (in, args, r) -> Rendering.safe(r.text(in)));
        filters.put("upper", simple(text -> text.toUpperCase(Locale.ROOT)));
        filters.put("lower", simple(text -> text.toLowerCase(Locale.ROOT)));
        filters.put("capitalize", simple(Casing::capitalize));
        filters.put("title", simple(TextFilters::title));
        filters.put("e", (in, args, r) -> new Str(r.text(in).escaped(), true));
        filters.put("escape", (in, args, r) -> new Str(r.text(in).escaped(), true));
        filters.put("forceescape", (in, args, r) -> new Str(new Str(r.str(in)).escaped(), true));
        filters.put(
                "wordcount",
                (in, args, r) -> Int.of(WORD.matcher(r.str(in)).results().count()));
        filters.put("trim", (in, args, r) -> TextMethods.BY_NAME.get("strip").call(r.text(in), args, r));
        filters.put("replace", TextFilters::replace);
        filters.put("center", TextFilters::center);
        filters.put("indent", TextFilters::indent);
        filters.put("truncate", TextFilters::truncate);
        filters.put("format", TextFilters::format);
        return filters;
    }

    private static Filter simple(UnaryOperator<String> operation) {
        return (input, arguments, rendering) -> {
            Str text = rendering.text(input);
            return new Str(operation.apply(text.value()), text.safe());
        };
    }

    private static String title(String text) {
        return TITLE_WORD.matcher(text).replaceAll(word -> Matcher.quoteReplacement(Casing.capitalize(word.group())));
    }

    private static Value replace(Value input, Arguments arguments, Rendering rendering) {
        Value count = arguments.get(2, "count", None.NONE);
        return TextReplacement.of(
                rendering.str(input),
                rendering.str(arguments.require(0, "old")),
                rendering.str(arguments.require(1, "new")),
                count == None.NONE ? -1 : arguments.integer(2, "count", -1),
                rendering.budget());
    }

    private static Value center(Value input, Arguments arguments, Rendering rendering) {
        return Padding.center(rendering.str(input), arguments.integer(0, "width", 80), ' ', rendering.budget());
    }

    /** Indents every line but the first; empty lines only with {@code blank}. */
    private static Value indent(Value input, Arguments arguments, Rendering rendering) {
        Value width = arguments.get(0, "width", Int.of(4));
        String indent = width instanceof Str(String text, var _)
                ? text
                : ((Str) BinaryOperation.of(Operator.MULTIPLY, new Str(" "), width, rendering)).value();
        boolean blank = arguments.flag(2, "blank");
        TextBuilder out = new TextBuilder(rendering.budget());
        String[] lines = rendering.str(input).split("\n", -1);
        for (int i = 0; i < lines.length; i++) {
            out.append(i == 0 ? "" : "\n");
            boolean indented = i == 0 ? arguments.flag(1, "first") : blank || !lines[i].isEmpty();
            out.append(indented ? indent : "").append(lines[i]);
        }
        return new Str(out.toString());
    }

    private static Value truncate(Value input, Arguments arguments, Rendering rendering) {
        String text = rendering.str(input);
        int length = arguments.integer(0, "length", 255);
        String end = rendering.str(arguments.get(2, "end", new Str("...")));
        if (CodePoints.length(text) <= (long) length + arguments.integer(3, "leeway", 5)) {
            return new Str(text);
        }
        int kept = Math.max(0, length - CodePoints.length(end));
        String cut = text.substring(0, CodePoints.offset(text, kept));
        int space = cut.lastIndexOf(' ');
        return new Str((arguments.flag(1, "killwords") || space < 0 ? cut : cut.substring(0, space)) + end);
    }

    private static Value format(Value input, Arguments arguments, Rendering rendering) {
        Map<Value, Value> named = new LinkedHashMap<>();
        arguments.named().forEach((name, value) -> named.put(new Str(name), value));
        Value values = named.isEmpty() ? new Seq(arguments.positional(), Seq.Kind.TUPLE) : new Dict(named);
        return new PercentFormat(rendering.text(input), rendering).apply(values);
    }
}
