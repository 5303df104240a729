package dev.foretoken.contract.runtime;

import java.util.Map;

/**
 * What a build made.
 *
 * @param settings how the variant must be opened, by the names of {@link RuntimeOptions} as the configuration spells them ({@code weights},
 *     {@code kv_cache_dtype}), and how it is asked where a request does not say ({@code prefill_mode})
 * @param facts numbers, texts, lists and maps of these, for people and gates; can be written as JSON
 */
public record BuildResult(Output output, Map<String, String> settings, Map<String, Object> facts) {

    /** What {@link BuildOrder#output} holds. */
    public enum Output {
        /** {@code config.json}, {@code *.safetensors} and, for several of these, their index; all other files are the base's. */
        CHECKPOINT,
        /** {@code recipe.json}, whose base is the folder {@code base} beside it, and the tensors that it makes. */
        RECIPE,
        /** One {@code *.gguf}. */
        GGUF,
        /**
         * {@code prediction.json}, whose base is in the folder {@code base} beside it, the maps, and the folder {@code auxiliary} where that has
         * weights of its own.
         */
        PREDICTION,
        /** Nothing: the variant is the base opened with other settings. */
        SETTINGS,
    }

    public BuildResult {
        settings = Map.copyOf(settings);
        facts = Map.copyOf(facts);
    }
}
