package dev.foretoken.gateway.template.value;

import java.util.List;
import java.util.Map;

/** Python's {@code str} and {@code repr}. */
public final class Repr {
    private Repr() {}

    /** What {@code {{ value }}} prints. */
    public static String str(Value value, Budget budget) {
        return switch (value) {
            case Str(String text, var _) -> text;
            case Undefined _ -> "";
            case None _, Bool _, Int _, Flt _, Seq _, Dict _, Namespace _, Callable _ -> repr(value, budget);
        };
    }

    public static String repr(Value value, Budget budget) {
        TextBuilder out = new TextBuilder(budget);
        write(value, out, budget);
        return out.toString();
    }

    private static void write(Value value, TextBuilder out, Budget budget) {
        budget.step();
        switch (value) {
            case None _ -> out.append("None");
            case Undefined _ -> out.append("Undefined");
            case Bool(boolean truth) -> out.append(truth ? "True" : "False");
            case Int(var number) -> out.append(number.toString());
            case Flt(double number) -> out.append(Numbers.text(number));
            case Str(String text, var _) -> quote(text, out);
            case Seq seq -> sequence(seq, out, budget);
            case Dict(var entries) -> dict(entries, out, budget);
            case Namespace _ -> out.append("<Namespace>");
            case Callable callable -> out.append("<function " + callable.name() + ">");
        }
    }

    private static void sequence(Seq seq, TextBuilder out, Budget budget) {
        if (seq.kind() == Seq.Kind.RANGE) {
            range(seq.items(), out);
            return;
        }
        budget.enter();
        out.append(seq.kind().isView() ? Types.name(seq) + "(" : "");
        boolean tuple = seq.kind().isTuple();
        out.append(tuple ? '(' : '[');
        List<Value> items = seq.items();
        for (int i = 0; i < items.size(); i++) {
            out.append(i == 0 ? "" : ", ");
            write(items.get(i), out, budget);
        }
        out.append(tuple && items.size() == 1 ? ",)" : tuple ? ")" : "]");
        out.append(seq.kind().isView() ? ")" : "");
        budget.leave();
    }

    private static void range(List<Value> numbers, TextBuilder out) {
        long first = numbers.isEmpty() ? 0 : Numbers.toIndex(numbers.getFirst());
        long step = numbers.size() < 2 ? 1 : Numbers.toIndex(numbers.get(1)) - first;
        out.append("range(" + first + ", " + (first + step * numbers.size()) + (step == 1 ? ")" : ", " + step + ")"));
    }

    private static void dict(Map<Value, Value> entries, TextBuilder out, Budget budget) {
        budget.enter();
        String separator = "{";
        for (Map.Entry<Value, Value> entry : entries.entrySet()) {
            out.append(separator);
            write(entry.getKey(), out, budget);
            out.append(": ");
            write(entry.getValue(), out, budget);
            separator = ", ";
        }
        out.append(entries.isEmpty() ? "{}" : "}");
        budget.leave();
    }

    private static void quote(String text, TextBuilder out) {
        char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
        out.append(quote);
        text.codePoints().forEach(c -> escape(c, quote, out));
        out.append(quote);
    }

    private static void escape(int c, char quote, TextBuilder out) {
        switch (c) {
            case '\\' -> out.append("\\\\");
            case '\n' -> out.append("\\n");
            case '\r' -> out.append("\\r");
            case '\t' -> out.append("\\t");
            default -> out.append(c == quote ? "\\" + quote : isPrintable(c) ? Character.toString(c) : hex(c));
        }
    }

    private static String hex(int c) {
        return c < 0x100
                ? String.format("\\x%02x", c)
                : c < 0x10000 ? String.format("\\u%04x", c) : String.format("\\U%08x", c);
    }

    private static boolean isPrintable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            case Character.SPACE_SEPARATOR -> c == ' ';
            default -> true;
        };
    }
}
