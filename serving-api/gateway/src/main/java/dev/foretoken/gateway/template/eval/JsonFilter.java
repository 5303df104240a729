package dev.foretoken.gateway.template.eval;

import dev.foretoken.gateway.template.value.Arguments;
import dev.foretoken.gateway.template.value.JsonForm;
import dev.foretoken.gateway.template.value.JsonText;
import dev.foretoken.gateway.template.value.None;
import dev.foretoken.gateway.template.value.Numbers;
import dev.foretoken.gateway.template.value.Seq;
import dev.foretoken.gateway.template.value.Str;
import dev.foretoken.gateway.template.value.TemplateError;
import dev.foretoken.gateway.template.value.Value;
import org.jspecify.annotations.Nullable;

/** {@code tojson(ensure_ascii=False, indent=None, separators=None, sort_keys=False)}, as transformers defines it. */
final class JsonFilter {
    private static final int MAX_INDENT = 32;

    private JsonFilter() {}

    static Value apply(Value input, Arguments arguments, Rendering rendering) {
        String indent = indent(arguments.get(1, "indent", None.NONE));
        Value separators = arguments.get(2, "separators", None.NONE);
        JsonForm form = new JsonForm(
                arguments.flag(0, "ensure_ascii"),
                indent,
                separators == None.NONE ? indent == null ? ", " : "," : separator(separators, 0),
                separators == None.NONE ? ": " : separator(separators, 1),
                arguments.flag(3, "sort_keys"));
        return new Str(JsonText.of(input, form, rendering.budget()));
    }

    private static @Nullable String indent(Value indent) {
        if (indent == None.NONE) {
            return null;
        }
        if (indent instanceof Str(String text, var _) && text.length() <= MAX_INDENT) {
            return text;
        }
        int width = Numbers.toIndex(indent);
        if (width > MAX_INDENT) {
            throw new TemplateError("tojson indents by " + width + ", at most " + MAX_INDENT + " are allowed");
        }
        return " ".repeat(Math.max(0, width));
    }

    private static String separator(Value separators, int index) {
        if (separators instanceof Seq(var items, var _)
                && items.size() == 2
                && items.get(index) instanceof Str(String text, var _)) {
            return text;
        }
        throw new TemplateError("tojson's separators are not two strings");
    }
}
