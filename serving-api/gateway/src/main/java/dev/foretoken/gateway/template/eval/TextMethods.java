package dev.foretoken.gateway.template.eval;

import dev.foretoken.gateway.template.value.Arguments;
import dev.foretoken.gateway.template.value.Bool;
import dev.foretoken.gateway.template.value.CodePoints;
import dev.foretoken.gateway.template.value.None;
import dev.foretoken.gateway.template.value.Seq;
import dev.foretoken.gateway.template.value.Str;
import dev.foretoken.gateway.template.value.TemplateError;
import dev.foretoken.gateway.template.value.TextBuilder;
import dev.foretoken.gateway.template.value.Types;
import dev.foretoken.gateway.template.value.Value;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.function.IntPredicate;
import java.util.function.UnaryOperator;

/** Python's string methods, the ones that give a text or a truth value; {@link TextSearch} has the others. */
final class TextMethods {
    static final Map<String, Method<Str>> BY_NAME = all();

    private TextMethods() {}

    private static Map<String, Method<Str>> all() {
        Map<String, Method<Str>> methods = new HashMap<>(TextSearch.METHODS);
        addCases(methods);
        addQuestions(methods);
        methods.put("strip", (s, args, r) -> strip(s, args, true, true));
        methods.put("lstrip", (s, args, r) -> strip(s, args, true, false));
        methods.put("rstrip", (s, args, r) -> strip(s, args, false, true));
        methods.put("startswith", (s, args, r) -> Bool.of(affix(s, args, String::startsWith)));
        methods.put("endswith", (s, args, r) -> Bool.of(affix(s, args, String::endsWith)));
        methods.put("removeprefix", (s, args, r) -> without(s, args.text(0, "prefix"), true));
        methods.put("removesuffix", (s, args, r) -> without(s, args.text(0, "suffix"), false));
        methods.put(
                "replace",
                (s, args, r) -> TextReplacement.of(
                        s.value(), args.text(0, "old"), args.text(1, "new"), args.integer(2, "count", -1), r.budget()));
        methods.put("join", TextMethods::join);
        methods.put("format", (s, args, r) -> new Str(new BraceFormat(s.value(), args, r).apply()));
        methods.put("center", (s, args, r) -> Padding.center(s.value(), width(args), fill(args), r.budget()));
        methods.put("ljust", (s, args, r) -> Padding.right(s.value(), width(args), fill(args), r.budget()));
        methods.put("rjust", (s, args, r) -> Padding.left(s.value(), width(args), fill(args), r.budget()));
        methods.put("zfill", TextMethods::zfill);
        return methods;
    }

    private static void addCases(Map<String, Method<Str>> methods) {
        Map<String, UnaryOperator<String>> cases = Map.of(
                "upper",
                text -> text.toUpperCase(Locale.ROOT),
                "lower",
                text -> text.toLowerCase(Locale.ROOT),
                "casefold",
                text -> text.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT),
                "capitalize",
                Casing::capitalize,
                "title",
                Casing::title,
                "swapcase",
                Casing::swap);
        cases.forEach((name, operation) -> methods.put(name, (s, args, r) -> new Str(operation.apply(s.value()))));
    }

    private static void addQuestions(Map<String, Method<Str>> methods) {
        Map<String, IntPredicate> questions = Map.of(
                "isalpha", Character::isLetter,
                "isdigit", Character::isDigit,
                "isdecimal", Character::isDigit,
                "isnumeric", Character::isDigit,
                "isalnum", Character::isLetterOrDigit,
                "isspace", CodePoints::isSpace);
        questions.forEach((name, question) -> methods.put(
                name,
                (s, args, r) ->
                        Bool.of(!s.value().isEmpty() && s.value().codePoints().allMatch(question))));
        methods.put("isupper", (s, args, r) -> Bool.of(Casing.isAll(s.value(), true)));
        methods.put("islower", (s, args, r) -> Bool.of(Casing.isAll(s.value(), false)));
        methods.put("isascii", (s, args, r) -> Bool.of(s.value().chars().allMatch(c -> c < 0x80)));
    }

    private static Value strip(Str self, Arguments arguments, boolean start, boolean end) {
        String text = self.value();
        if (arguments.get(0, "chars", None.NONE) == None.NONE) {
            String begun = start ? CodePoints.stripStart(text) : text;
            return new Str(end ? CodePoints.stripEnd(begun) : begun);
        }
        String characters = arguments.text(0, "chars");
        int from = 0;
        int to = text.length();
        while (start && from < to && characters.indexOf(text.codePointAt(from)) >= 0) {
            from = text.offsetByCodePoints(from, 1);
        }
        while (end && to > from && characters.indexOf(text.codePointBefore(to)) >= 0) {
            to = text.offsetByCodePoints(to, -1);
        }
        return new Str(text.substring(from, to));
    }

    /** The affix may be a tuple of several; the optional start and end cut the text first. */
    private static boolean affix(Str self, Arguments arguments, BiPredicate<String, String> test) {
        String text = ((Str)
                        new Slicing(arguments.get(1, "start", None.NONE), arguments.get(2, "end", None.NONE), None.NONE)
                                .of(self))
                .value();
        Value affix = arguments.require(0, "affix");
        if (affix instanceof Seq(var items, var kind) && kind.isTuple()) {
            return items.stream().anyMatch(item -> item instanceof Str(String part, var _) && test.test(text, part));
        }
        return test.test(text, arguments.text(0, "affix"));
    }

    private static Value without(Str self, String affix, boolean prefix) {
        String text = self.value();
        if (prefix) {
            return new Str(text.startsWith(affix) ? text.substring(affix.length()) : text);
        }
        return new Str(text.endsWith(affix) ? text.substring(0, text.length() - affix.length()) : text);
    }

    private static Value join(Str self, Arguments arguments, Rendering rendering) {
        TextBuilder out = new TextBuilder(rendering.budget());
        boolean first = true;
        for (Value item : Iteration.of(arguments.require(0, "iterable"))) {
            if (!(item instanceof Str(String text, var _))) {
                throw new TemplateError("'join' needs strings, found " + Types.article(item));
            }
            out.append(first ? "" : self.value()).append(text);
            first = false;
        }
        return new Str(out.toString());
    }

    private static Value zfill(Str self, Arguments arguments, Rendering rendering) {
        String text = self.value();
        boolean signed = text.startsWith("-") || text.startsWith("+");
        String sign = signed ? text.substring(0, 1) : "";
        Str filled =
                Padding.left(text.substring(sign.length()), width(arguments) - sign.length(), '0', rendering.budget());
        return new Str(sign + filled.value());
    }

    private static int width(Arguments arguments) {
        return arguments.integer(0, "width", 0);
    }

    private static char fill(Arguments arguments) {
        String fill = arguments.find(1, "fillchar") == null ? " " : arguments.text(1, "fillchar");
        if (fill.length() != 1) {
            throw new TemplateError("the fill '" + fill + "' is not one character");
        }
        return fill.charAt(0);
    }
}
