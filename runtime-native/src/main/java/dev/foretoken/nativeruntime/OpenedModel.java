package dev.foretoken.nativeruntime;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.reader.EncodingReader;
import dev.foretoken.nativeruntime.reader.GgufPlanReader;
import dev.foretoken.nativeruntime.reader.PlanReader;
import dev.foretoken.nativeruntime.weights.Checkpoint;
import dev.foretoken.nativeruntime.weights.GgufWeights;
import dev.foretoken.nativeruntime.weights.RandomWeights;
import dev.foretoken.nativeruntime.weights.WeightSource;
import dev.foretoken.registry.gguf.GgufFile;
import dev.foretoken.registry.prediction.PredictionFile;
import dev.foretoken.registry.recipe.RecipeFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A variant whose headers were read: what it is, and where its weights come from.
 *
 * @param recipes that made it what it is, the first applied first
 * @param prediction of its K and V; null = none
 */
record OpenedModel(
        ModelPlan plan,
        WeightSource weights,
        List<AppliedRecipe> recipes,
        @Nullable OpenedPrediction prediction) implements AutoCloseable {

    OpenedModel(ModelPlan plan, WeightSource weights) {
        this(plan, weights, List.of(), null);
    }

    OpenedModel(ModelPlan plan, WeightSource weights, List<AppliedRecipe> recipes) {
        this(plan, weights, recipes, null);
    }

    OpenedModel {
        recipes = List.copyOf(recipes);
    }

    /**
     * Reads configuration and headers; no weights.
     *
     * @throws ForetokenException MODEL_UNSUPPORTED or MODEL_FILE_CORRUPT; nothing stays open then
     */
    static OpenedModel open(ModelSource source) {
        return switch (String.valueOf(source.location().getScheme())) {
            case "file" -> file(Path.of(source.location()));
            case "random" -> random(source.location().getSchemeSpecificPart());
            default ->
                throw new ForetokenException(
                        ErrorCode.MODEL_UNSUPPORTED,
                        "Model %s is at a %s: location; supported are file: and random:"
                                .formatted(source.name(), source.location().getScheme()));
        };
    }

    static OpenedModel file(Path path) {
        if (PredictionFile.isAt(path)) {
            return PredictionOpener.open(PredictionFile.read(path));
        }
        if (RecipeFile.isAt(path)) {
            return RecipeOpener.open(RecipeFile.read(path));
        }
        if (Files.isDirectory(path)) {
            return checkpoint(path);
        }
        if (GgufFile.isAt(path)) {
            return gguf(path);
        }
        throw new ForetokenException(
                ErrorCode.MODEL_UNSUPPORTED,
                "%s is %s; supported are Hugging Face checkpoint directories with config.json and safetensors files, files that end in %s, recipes and predictions"
                        .formatted(
                                path.getFileName(),
                                Files.exists(path) ? "a file of another kind" : "not there",
                                GgufFile.SUFFIX));
    }

    private static OpenedModel gguf(Path path) {
        GgufFile file = GgufFile.open(path);
        try {
            ModelPlan plan = GgufPlanReader.read(file);
            GgufWeights weights = new GgufWeights(file, GgufPlanReader.interleavedHeads(plan));
            weights.requireAllOf(plan);
            return new OpenedModel(plan, weights);
        } catch (RuntimeException | Error e) {
            file.close();
            throw e;
        }
    }

    private static OpenedModel checkpoint(Path path) {
        Checkpoint checkpoint = Checkpoint.open(path, EncodingReader::read);
        try {
            ModelPlan plan = PlanReader.read(checkpoint.config(), checkpoint::has);
            checkpoint.requireAllOf(plan);
            return new OpenedModel(plan, checkpoint);
        } catch (RuntimeException | Error e) {
            checkpoint.close();
            throw e;
        }
    }

    static OpenedModel random(String shape) {
        return new OpenedModel(RandomShapes.plan(shape), new RandomWeights("random:" + shape));
    }

    @Override
    public void close() {
        if (prediction != null) {
            prediction.close();
        }
        weights.close();
    }
}
