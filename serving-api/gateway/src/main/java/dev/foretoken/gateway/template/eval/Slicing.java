package dev.foretoken.gateway.template.eval;

import dev.foretoken.gateway.template.value.CodePoints;
import dev.foretoken.gateway.template.value.None;
import dev.foretoken.gateway.template.value.Numbers;
import dev.foretoken.gateway.template.value.Seq;
import dev.foretoken.gateway.template.value.Str;
import dev.foretoken.gateway.template.value.TemplateError;
import dev.foretoken.gateway.template.value.Types;
import dev.foretoken.gateway.template.value.Undefined;
import dev.foretoken.gateway.template.value.Value;
import java.util.ArrayList;
import java.util.List;

/** {@code a[start:stop:step]} with Python's rules for missing, negative and too large bounds. */
record Slicing(Value start, Value stop, Value step) {
    Value of(Value object) {
        if (object instanceof Str(String text, var _)) {
            return isPlainStep() ? substring(text) : joined(pick(CodePoints.split(text)));
        }
        if (object instanceof Seq(var items, var kind) && kind.isIndexed()) {
            return new Seq(pick(items), kind.isTuple() ? Seq.Kind.TUPLE : Seq.Kind.LIST);
        }
        if (object instanceof Undefined undefined) {
            throw undefined.error();
        }
        throw new TemplateError(Types.article(object) + " cannot be sliced");
    }

    private boolean isPlainStep() {
        return step == None.NONE || Numbers.toIndex(step) == 1;
    }

    private Str substring(String text) {
        int length = CodePoints.length(text);
        int from = bound(start, length, 0, length, 0);
        int to = Math.max(from, bound(stop, length, 0, length, length));
        return new Str(text.substring(CodePoints.offset(text, from), CodePoints.offset(text, to)));
    }

    private static Str joined(List<Value> characters) {
        StringBuilder out = new StringBuilder();
        characters.forEach(c -> out.append(((Str) c).value()));
        return new Str(out.toString());
    }

    private List<Value> pick(List<Value> items) {
        int length = items.size();
        int stride = step == None.NONE ? 1 : Numbers.toIndex(step);
        if (stride == 0) {
            throw new TemplateError("a slice has the step 0");
        }
        boolean forward = stride > 0;
        int low = forward ? 0 : -1;
        int high = forward ? length : length - 1;
        int from = bound(start, length, low, high, forward ? low : high);
        int to = bound(stop, length, low, high, forward ? high : low);
        List<Value> out = new ArrayList<>();
        for (long i = from; forward ? i < to : i > to; i += stride) {
            out.add(items.get((int) i));
        }
        return out;
    }

    private static int bound(Value given, int length, int low, int high, int fallback) {
        if (given == None.NONE) {
            return fallback;
        }
        long index = Numbers.toIndex(given);
        return Math.clamp(index < 0 ? index + length : index, low, high);
    }
}
