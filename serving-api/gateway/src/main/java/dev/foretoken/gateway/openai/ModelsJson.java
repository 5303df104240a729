package dev.foretoken.gateway.openai;

import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.contract.runtime.HeldAs;
import dev.foretoken.gateway.json.JsonWriter;
import dev.foretoken.gateway.model.ServedModel;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** OpenAI's model objects, with vLLM's {@code max_model_len} and what this server knows beside it. */
public final class ModelsJson {

    private ModelsJson() {}

    public static void list(JsonWriter out, List<ServedModel> models) {
        out.raw("{\"object\":\"list\",\"data\":[");
        for (int i = 0; i < models.size(); i++) {
            one(out.comma(i), models.get(i));
        }
        out.raw("]}");
    }

    public static void one(JsonWriter out, ServedModel model) {
        Optional<ModelInfo> info = model.info();
        out.raw("{\"id\":").string(model.name()).raw(",\"object\":\"model\",\"created\":");
        out.number(info.map(i -> i.loadedAt().getEpochSecond()).orElse(0L));
        out.raw(",\"owned_by\":\"foretoken\",\"root\":").string(model.name());
        out.raw(",\"parent\":null,\"state\":\"");
        out.raw(info.map(i -> i.state().name().toLowerCase(Locale.ROOT)).orElse("loading"));
        out.raw("\"");
        info.ifPresent(known -> {
            out.raw(",\"max_model_len\":").number(known.contextTokens());
            out.raw(",\"vocabulary_size\":").number(known.vocabularySize());
            out.raw(",\"runtime\":").string(known.runtime());
            out.raw(",\"numerics_id\":").string(known.numericsId());
            heldAs(out, known.heldAs());
        });
        out.raw("}");
    }

    private static void heldAs(JsonWriter out, HeldAs held) {
        if (!held.weights().isEmpty()) {
            out.raw(",\"weights\":").string(held.weights());
            out.raw(",\"weight_bytes\":").number(held.weightBytes());
        }
        if (!held.kvCache().isEmpty()) {
            out.raw(",\"kv_cache_dtype\":").string(held.kvCache());
        }
    }
}
