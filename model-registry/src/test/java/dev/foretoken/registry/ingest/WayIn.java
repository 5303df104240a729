package dev.foretoken.registry.ingest;

import java.nio.file.Path;

/** Every way in which a file gets into an import: by its own name, or because another file names it. */
enum WayIn {
    CONFIG("config.json"),
    TOKENIZER("tokenizer.json"),
    WEIGHTS("model.safetensors"),
    INDEX("model.safetensors.index.json"),
    SHARD("b.safetensors"),
    RECIPE("recipe.json"),
    RECIPE_WEIGHTS("made.safetensors"),
    RECIPE_BASE("base/model.safetensors"),
    RECIPE_BASE_CONFIG("base/config.json"),
    PREDICTION("prediction.json"),
    PREDICTION_MAPS("maps.safetensors"),
    PREDICTION_BASE("base/model.safetensors"),
    AUXILIARY("auxiliary/model.safetensors"),
    AUXILIARY_CONFIG("auxiliary/config.json"),
    GGUF("m.gguf"),
    GGUF_FIRST("m-00001-of-00003.gguf"),
    GGUF_PART("m-00002-of-00003.gguf"),
    ONNX("onnx/model.onnx"),
    ONNX_DATA("onnx/data/w.bin"),
    ;

    /** The file in question in {@link #sound}. */
    final String path;

    WayIn(String path) {
        this.path = path;
    }

    /** A folder that can be imported. */
    Path sound(Path folder) {
        return switch (this) {
            case CONFIG, TOKENIZER, WEIGHTS -> SampleModels.single(folder);
            case INDEX, SHARD -> SampleModels.sharded(folder, "b.safetensors");
            case RECIPE, RECIPE_WEIGHTS, RECIPE_BASE, RECIPE_BASE_CONFIG ->
                SampleModels.recipe(folder, "base", "made.safetensors");
            case PREDICTION, PREDICTION_MAPS, PREDICTION_BASE, AUXILIARY, AUXILIARY_CONFIG ->
                SampleModels.prediction(folder, "base", "auxiliary", "maps.safetensors");
            case GGUF -> SampleModels.gguf(folder);
            case GGUF_FIRST, GGUF_PART -> SampleModels.ggufParts(folder);
            case ONNX, ONNX_DATA -> SampleModels.onnx(folder, "data/w.bin");
        };
    }

    /** Whether the file is named by another one's text. */
    boolean isNamed() {
        return switch (this) {
            case SHARD, RECIPE_WEIGHTS, RECIPE_BASE, PREDICTION_MAPS, PREDICTION_BASE, AUXILIARY, ONNX_DATA -> true;
            default -> false;
        };
    }

    /** The same where the other file has {@code name} for it. */
    Path naming(Path folder, String name) {
        return switch (this) {
            case SHARD -> SampleModels.sharded(folder, name);
            case RECIPE_WEIGHTS -> SampleModels.recipe(folder, "base", name);
            case RECIPE_BASE -> SampleModels.recipe(folder, name, "made.safetensors");
            case PREDICTION_MAPS -> SampleModels.prediction(folder, "base", "auxiliary", name);
            case PREDICTION_BASE -> SampleModels.prediction(folder, name, "auxiliary", "maps.safetensors");
            case AUXILIARY -> SampleModels.prediction(folder, "base", name, "maps.safetensors");
            case ONNX_DATA -> SampleModels.onnx(folder, name);
            default -> throw new IllegalArgumentException(this + " is named by nothing");
        };
    }

    /** Whether the file has a header that must fit its length. */
    boolean hasHeader() {
        return switch (this) {
            case WEIGHTS,
                    SHARD,
                    RECIPE_WEIGHTS,
                    RECIPE_BASE,
                    PREDICTION_MAPS,
                    PREDICTION_BASE,
                    AUXILIARY,
                    GGUF,
                    GGUF_FIRST,
                    GGUF_PART,
                    ONNX,
                    ONNX_DATA -> true;
            case CONFIG, TOKENIZER, INDEX, RECIPE, RECIPE_BASE_CONFIG, PREDICTION, AUXILIARY_CONFIG -> false;
        };
    }
}
