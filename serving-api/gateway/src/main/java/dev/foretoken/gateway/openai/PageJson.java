package dev.foretoken.gateway.openai;

import dev.foretoken.gateway.json.JsonWriter;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** A page of a list, as OpenAI's clients follow it from one to the next. */
final class PageJson {

    private PageJson() {}

    static <T> JsonWriter write(List<T> items, boolean more, Function<T, String> id, BiConsumer<JsonWriter, T> item) {
        JsonWriter out = new JsonWriter().raw("{\"object\":\"list\",\"data\":[");
        for (int i = 0; i < items.size(); i++) {
            item.accept(out.comma(i), items.get(i));
        }
        out.raw("],\"first_id\":");
        name(out, items.isEmpty() ? "" : id.apply(items.getFirst()));
        out.raw(",\"last_id\":");
        name(out, items.isEmpty() ? "" : id.apply(items.getLast()));
        return out.raw(",\"has_more\":").raw(Boolean.toString(more)).raw("}");
    }

    private static void name(JsonWriter out, String id) {
        if (id.isEmpty()) {
            out.raw("null");
        } else {
            out.string(id);
        }
    }
}
