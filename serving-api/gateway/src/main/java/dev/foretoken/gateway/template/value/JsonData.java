package dev.foretoken.gateway.template.value;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Takes JSON data in: maps, lists, texts, numbers, truth values, null. Nothing else enters a template. */
public final class JsonData {
    private static final int MAX_DEPTH = 128;

    private JsonData() {}

    /** @throws TemplateError where the data is nested too deep or holds an object that is not JSON */
    public static Value of(@Nullable Object data) {
        return convert(data, 0);
    }

    private static Value convert(@Nullable Object data, int depth) {
        if (depth > MAX_DEPTH) {
            throw new TemplateError("the data nests deeper than " + MAX_DEPTH + " levels");
        }
        return switch (data) {
            case null -> None.NONE;
            case String text -> new Str(text);
            case Boolean truth -> Bool.of(truth);
            case Number number -> number(number);
            case List<?> list -> list(list, depth);
            case Map<?, ?> map -> dict(map, depth);
            default ->
                throw new TemplateError("the data holds " + data.getClass().getSimpleName()
                        + ", expected JSON: map, list, string, number, boolean or null");
        };
    }

    private static Value number(Number number) {
        return switch (number) {
            case BigInteger integer -> new Int(integer);
            case Double real -> new Flt(real);
            case Float real -> new Flt(real);
            case BigDecimal real -> new Flt(real.doubleValue());
            default -> Int.of(number.longValue());
        };
    }

    private static Value list(List<?> list, int depth) {
        List<Value> out = new ArrayList<>(list.size());
        for (Object item : list) {
            out.add(convert(item, depth + 1));
        }
        return Seq.list(out);
    }

    private static Value dict(Map<?, ?> map, int depth) {
        Map<Value, Value> out = new LinkedHashMap<>();
        map.forEach((key, value) -> out.put(new Str(String.valueOf(key)), convert(value, depth + 1)));
        return new Dict(out);
    }
}
