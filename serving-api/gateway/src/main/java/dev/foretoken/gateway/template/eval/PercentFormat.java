package dev.foretoken.gateway.template.eval;

import dev.foretoken.gateway.template.value.Dict;
import dev.foretoken.gateway.template.value.Repr;
import dev.foretoken.gateway.template.value.Seq;
import dev.foretoken.gateway.template.value.Str;
import dev.foretoken.gateway.template.value.TemplateError;
import dev.foretoken.gateway.template.value.TextBuilder;
import dev.foretoken.gateway.template.value.Undefined;
import dev.foretoken.gateway.template.value.Value;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** {@code '%s: %.2f' % (a, b)}. */
final class PercentFormat {
    private static final Pattern FIELD = Pattern.compile(
            "%(?:\\((?<name>[^)]*)\\))?(?<flags>[-+ 0#]*)(?<width>\\d{0,4})(?:\\.(?<precision>\\d{0,3}))?"
                    + "(?<type>[a-zA-Z%])");

    private final String format;
    private final boolean safe;
    private final Rendering rendering;
    private int used;

    PercentFormat(Str format, Rendering rendering) {
        this.format = format.value();
        this.safe = format.safe();
        this.rendering = rendering;
    }

    /** @param values a tuple of values, a dict of named ones, or the only value */
    Str apply(Value values) {
        @Nullable Dict named = values instanceof Dict dict ? dict : null;
        List<Value> positional = values instanceof Seq(var items, var kind) && kind.isTuple() ? items : List.of(values);
        TextBuilder out = new TextBuilder(rendering.budget());
        int from = 0;
        for (int at = format.indexOf('%'); at >= 0; at = format.indexOf('%', from)) {
            Matcher field = FIELD.matcher(format).region(at, format.length());
            if (!field.lookingAt()) {
                throw new TemplateError("the format '" + format + "' has a '%' that starts no field");
            }
            out.append(format.substring(from, at)).append(field(field, named, positional));
            from = field.end();
        }
        if (named == null && used < positional.size()) {
            throw new TemplateError(
                    "the format '" + format + "' uses " + used + " of " + positional.size() + " values");
        }
        return new Str(out.append(format.substring(from)).toString(), safe);
    }

    private String field(Matcher field, @Nullable Dict named, List<Value> positional) {
        char type = field.group("type").charAt(0);
        if (type == '%') {
            return "%";
        }
        Value value = value(field.group("name"), named, positional);
        String flags = field.group("flags");
        String precision = field.group("precision");
        int digits = precision == null ? -1 : precision.isEmpty() ? 0 : Integer.parseInt(precision);
        String text = switch (type) {
            case 's' -> cut(text(value), digits);
            case 'r', 'a' -> cut(Repr.repr(value, rendering.budget()), digits);
            case 'c' -> value instanceof Str(String one, var _) ? one : NumberText.of(value, 'c', digits);
            default -> sign(flags, NumberText.of(value, type == 'i' || type == 'u' ? 'd' : type, digits));
        };
        int width = field.group("width").isEmpty() ? 0 : Integer.parseInt(field.group("width"));
        return padded(text, width, flags, "sra".indexOf(type) < 0);
    }

    private Value value(@Nullable String name, @Nullable Dict named, List<Value> positional) {
        Value value = name != null && named != null
                ? named.get(name)
                : used < positional.size() ? positional.get(used++) : null;
        if (value == null || value instanceof Undefined && named != null) {
            throw new TemplateError("the format '" + format + "' has more fields than values");
        }
        return value;
    }

    private String text(Value value) {
        Str text = rendering.text(value);
        return safe ? text.escaped() : text.value();
    }

    private static String cut(String text, int length) {
        return length < 0 ? text : text.substring(0, Math.min(length, text.length()));
    }

    private static String sign(String flags, String number) {
        boolean plain = !number.startsWith("-");
        return plain && flags.contains("+") ? "+" + number : plain && flags.contains(" ") ? " " + number : number;
    }

    private String padded(String text, int width, String flags, boolean number) {
        if (flags.contains("-")) {
            return Padding.right(text, width, ' ', rendering.budget()).value();
        }
        if (number && flags.contains("0")) {
            String sign = text.startsWith("-") || text.startsWith("+") ? text.substring(0, 1) : "";
            return sign
                    + Padding.left(text.substring(sign.length()), width - sign.length(), '0', rendering.budget())
                            .value();
        }
        return Padding.left(text, width, ' ', rendering.budget()).value();
    }
}
