package dev.foretoken.gateway.template.eval;

import dev.foretoken.gateway.template.value.Arguments;
import dev.foretoken.gateway.template.value.Int;
import dev.foretoken.gateway.template.value.Repr;
import dev.foretoken.gateway.template.value.Str;
import dev.foretoken.gateway.template.value.TemplateError;
import dev.foretoken.gateway.template.value.TextBuilder;
import dev.foretoken.gateway.template.value.Value;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code '{} and {name:>8}'.format(...)}. */
final class BraceFormat {
    private static final Pattern FIELD = Pattern.compile(
            "\\{(?<base>[^{}\\[\\].:!]*)(?<path>(?:\\.[^{}\\[\\].:!]+|\\[[^\\]]+\\])*)(?:!(?<conversion>[rsa]))?(?::(?<spec>[^{}]*))?\\}");
    private static final Pattern STEP = Pattern.compile("\\.(?<attribute>[^.\\[]+)|\\[(?<item>[^\\]]+)\\]");

    private final String format;
    private final Arguments arguments;
    private final Rendering rendering;
    private int next;

    BraceFormat(String format, Arguments arguments, Rendering rendering) {
        this.format = format;
        this.arguments = arguments;
        this.rendering = rendering;
    }

    String apply() {
        TextBuilder out = new TextBuilder(rendering.budget());
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c != '{' && c != '}') {
                out.append(c);
            } else if (i + 1 < format.length() && format.charAt(i + 1) == c) {
                out.append(c);
                i++;
            } else {
                Matcher field = FIELD.matcher(format).region(i, format.length());
                if (!field.lookingAt()) {
                    throw new TemplateError("the format '" + format + "' has a '" + c + "' that belongs to no field");
                }
                out.append(field(field));
                i = field.end() - 1;
            }
        }
        return out.toString();
    }

    private String field(Matcher field) {
        Value value = base(field.group("base"));
        Matcher step = STEP.matcher(field.group("path"));
        while (step.find()) {
            String item = step.group("item");
            value = item == null
                    ? rendering.access().attribute(value, step.group("attribute"))
                    : rendering.access().item(value, key(item));
        }
        String conversion = field.group("conversion");
        if (conversion != null) {
            value = new Str(conversion.equals("s") ? rendering.str(value) : Repr.repr(value, rendering.budget()));
        }
        String spec = field.group("spec");
        return FormatSpec.parse(spec == null ? "" : spec).apply(value, rendering);
    }

    private Value base(String base) {
        Value found = isNumber(base)
                ? arguments.find(Integer.parseInt(base), "")
                : base.isEmpty()
                        ? arguments.find(next++, "")
                        : arguments.named().get(base);
        if (found == null) {
            throw new TemplateError("the format '" + format + "' has a field '{" + base + "}' without a value");
        }
        return found;
    }

    private static Value key(String item) {
        return isNumber(item) ? Int.of(Integer.parseInt(item)) : new Str(item);
    }

    private static boolean isNumber(String text) {
        return text.matches("\\d{1,6}");
    }
}
