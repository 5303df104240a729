package dev.foretoken.gateway.openai;

import dev.foretoken.contract.engine.AdapterInfo;
import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.contract.engine.ModelState;
import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.contract.runtime.HeldAs;
import dev.foretoken.contract.runtime.ModelTask;
import dev.foretoken.gateway.json.JsonWriter;
import dev.foretoken.gateway.model.PrefillChoice;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.gateway.model.ServedVariant;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** OpenAI's model objects, with vLLM's {@code max_model_len} and what this server knows beside it. */
public final class ModelsJson {

    private ModelsJson() {}

    /** Each model and behind it its adapters. */
    public static void list(JsonWriter out, List<ServedModel> models) {
        out.raw("{\"object\":\"list\",\"data\":[");
        int written = 0;
        for (ServedModel model : models) {
            one(out.comma(written++), model);
            for (AdapterInfo adapter : model.info().map(ModelInfo::adapters).orElse(List.of())) {
                one(out.comma(written++), model.with(adapter.name()));
            }
        }
        out.raw("]}");
    }

    public static void one(JsonWriter out, ServedModel model) {
        Optional<ModelInfo> info = model.info();
        Optional<AdapterInfo> adapter = model.adapter().flatMap(name -> adapter(info, name));
        out.raw("{\"id\":").string(model.publicName()).raw(",\"object\":\"model\",\"created\":");
        out.number(adapter.map(AdapterInfo::loadedAt)
                .or(() -> info.map(ModelInfo::loadedAt))
                .map(Instant::getEpochSecond)
                .orElse(0L));
        out.raw(",\"owned_by\":\"foretoken\",\"root\":").string(root(model));
        parent(out, model);
        out.raw(",\"state\":\"");
        out.raw(info.map(i -> i.state().name().toLowerCase(Locale.ROOT)).orElse("loading"));
        out.raw("\"");
        info.filter(known -> known.state() == ModelState.LOADING)
                .ifPresent(
                        known -> out.raw(",\"progress\":").raw(String.format(Locale.ROOT, "%.3f", known.progress())));
        variant(out, model.variant());
        info.ifPresent(known -> {
            sizes(out, known);
            tasks(out, known);
            out.raw(",\"runtime\":").string(known.runtime());
            out.raw(",\"numerics_id\":").string(known.numericsId());
            heldAs(out, known.heldAs());
            if (known.can(ModelTask.GENERATE)) {
                prefill(out, model);
            }
        });
        adapter.ifPresent(own -> {
            out.raw(",\"lora_rank\":").number(own.rank());
            out.raw(",\"lora_bytes\":").number(own.bytes());
        });
        out.raw("}");
    }

    /** Graphs of tensors may have neither. */
    private static void sizes(JsonWriter out, ModelInfo info) {
        if (info.contextTokens() > 0) {
            out.raw(",\"max_model_len\":").number(info.contextTokens());
        }
        if (info.vocabularySize() > 0) {
            out.raw(",\"vocabulary_size\":").number(info.vocabularySize());
        }
    }

    private static void tasks(JsonWriter out, ModelInfo info) {
        out.raw(",\"tasks\":[");
        int written = 0;
        for (ModelTask task : ModelTask.values()) {
            if (info.can(task)) {
                out.comma(written++)
                        .raw("\"")
                        .raw(task.name().toLowerCase(Locale.ROOT))
                        .raw("\"");
            }
        }
        out.raw("]");
    }

    /** What the name leads to, as vLLM has it: itself, where it leads nowhere else. */
    private static String root(ServedModel model) {
        return model.adapter().isPresent() ? model.publicName() : model.engineModel();
    }

    private static void variant(JsonWriter out, ServedVariant variant) {
        if (variant.kind() != ServedVariant.Kind.MODEL) {
            out.raw(",\"kind\":\"")
                    .raw(variant.kind().name().toLowerCase(Locale.ROOT))
                    .raw("\"");
        }
        if (!variant.facts().isEmpty()) {
            out.raw(",\"variant\":").raw(variant.facts().getBytes(StandardCharsets.UTF_8));
        }
    }

    private static Optional<AdapterInfo> adapter(Optional<ModelInfo> info, String name) {
        return info.flatMap(known -> known.adapters().stream()
                .filter(adapter -> adapter.name().equals(name))
                .findFirst());
    }

    /** The base of an adapter, as vLLM has it, or what a variant was made from. */
    private static void parent(JsonWriter out, ServedModel model) {
        out.raw(",\"parent\":");
        if (model.adapter().isPresent()) {
            out.string(model.name());
        } else {
            model.variant().parent().ifPresentOrElse(out::string, () -> out.raw("null"));
        }
    }

    /** How prompts can come into the caches, and how they do when a request does not say it. */
    private static void prefill(JsonWriter out, ServedModel model) {
        out.raw(",\"prefill_modes\":[");
        int written = 0;
        for (PrefillMode mode : model.prefillModes()) {
            out.comma(written++).string(PrefillChoice.text(mode));
        }
        out.raw("]");
        PrefillMode mode = model.prefill().mode();
        if (mode != null && model.prefillModes().contains(mode)) {
            out.raw(",\"default_prefill_mode\":").string(PrefillChoice.text(mode));
        }
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
