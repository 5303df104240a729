package dev.foretoken.gateway.template.value;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Writes values as Python's {@code json.dumps} does, byte for byte. */
public final class JsonText {
    private final JsonForm form;
    private final Budget budget;
    private final TextBuilder out;

    private JsonText(JsonForm form, Budget budget) {
        this.form = form;
        this.budget = budget;
        this.out = new TextBuilder(budget);
    }

    public static String of(Value value, JsonForm form, Budget budget) {
        JsonText json = new JsonText(form, budget);
        json.write(value, 0);
        return json.out.toString();
    }

    private void write(Value value, int level) {
        budget.step();
        switch (value) {
            case None _ -> out.append("null");
            case Bool(boolean truth) -> out.append(truth ? "true" : "false");
            case Int(var number) -> out.append(number.toString());
            case Flt(double number) -> out.append(number(number));
            case Str(String text, var _) -> quote(text);
            case Seq seq -> list(seq, level);
            case Dict(var entries) -> dict(entries, level);
            case Undefined undefined -> throw undefined.error();
            case Namespace _, Callable _ -> throw unwritable(value);
        }
    }

    private static TemplateError unwritable(Value value) {
        return new TemplateError("tojson cannot write " + Types.article(value));
    }

    private static String number(double number) {
        if (Double.isFinite(number)) {
            return Numbers.text(number);
        }
        return Double.isNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity";
    }

    private void list(Seq seq, int level) {
        if (seq.kind() != Seq.Kind.LIST && !seq.kind().isTuple()) {
            throw unwritable(seq);
        }
        budget.enter();
        out.append('[');
        for (int i = 0; i < seq.items().size(); i++) {
            startItem(i, level + 1);
            write(seq.items().get(i), level + 1);
        }
        end(seq.items().size(), level, ']');
        budget.leave();
    }

    private void dict(Map<Value, Value> entries, int level) {
        budget.enter();
        out.append('{');
        int count = 0;
        for (Map.Entry<Value, Value> entry : ordered(entries)) {
            startItem(count++, level + 1);
            quote(key(entry.getKey()));
            out.append(form.keySeparator());
            write(entry.getValue(), level + 1);
        }
        end(count, level, '}');
        budget.leave();
    }

    private List<Map.Entry<Value, Value>> ordered(Map<Value, Value> entries) {
        List<Map.Entry<Value, Value>> list = new ArrayList<>(entries.entrySet());
        if (form.sortKeys()) {
            list.sort((a, b) -> Ordering.compare(a.getKey(), b.getKey(), budget));
        }
        return list;
    }

    private String key(Value key) {
        return switch (key) {
            case Str(String text, var _) -> text;
            case None _ -> "null";
            case Bool(boolean truth) -> truth ? "true" : "false";
            case Int(var number) -> number.toString();
            case Flt(double number) -> number(number);
            case Undefined _, Seq _, Dict _, Namespace _, Callable _ ->
                throw new TemplateError("tojson cannot write a dict with " + Types.article(key) + " as a key");
        };
    }

    private void startItem(int index, int level) {
        if (index > 0) {
            out.append(form.itemSeparator());
        }
        newLine(level);
    }

    private void end(int count, int level, char bracket) {
        if (count > 0) {
            newLine(level);
        }
        out.append(bracket);
    }

    private void newLine(int level) {
        String indent = form.indent();
        if (indent != null) {
            out.append('\n');
            for (int i = 0; i < level; i++) {
                out.append(indent);
            }
        }
    }

    private void quote(String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            escape(text.charAt(i));
        }
        out.append('"');
    }

    private void escape(char c) {
        switch (c) {
            case '"' -> out.append("\\\"");
            case '\\' -> out.append("\\\\");
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            case '\b' -> out.append("\\b");
            case '\f' -> out.append("\\f");
            default -> {
                if (c < ' ' || form.asciiOnly() && c > '~') {
                    out.append(String.format("\\u%04x", (int) c));
                } else {
                    out.append(c);
                }
            }
        }
    }
}
