package dev.foretoken.bench.prediction;

import dev.foretoken.bench.checkpoint.UnfittedPrediction;
import dev.foretoken.bench.engine.LocalEngine;
import dev.foretoken.contract.runtime.CacheKind;
import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.registry.prediction.AuxiliarySource;
import dev.foretoken.registry.prediction.PredictionFile;
import dev.foretoken.registry.recipe.RecipeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A prediction to be measured, and its auxiliary as a model by itself. Files that have to be made for that are in the folder given for them.
 *
 * @param kind as its file names it
 * @param auxiliary what the auxiliary is, for people
 */
record PredictionPair(ModelSource source, ModelSource auxiliaryAlone, String kind, String auxiliary) {
    static final String MODEL = "bench";
    static final String AUXILIARY = "auxiliary";

    /** @param folder for what has to be made */
    static PredictionPair of(Path prediction, String name, Path folder) throws IOException {
        PredictionFile file = PredictionFile.read(prediction);
        ModelSource source = ModelSource.of(name, prediction);
        String kind = file.kind().text();
        return switch (file.auxiliary()) {
            case AuxiliarySource.Model model ->
                new PredictionPair(source, alone(file, model, name), kind, model.location());
            case AuxiliarySource.Layers layers ->
                new PredictionPair(source, pruned(file, layers, name, folder), kind, "layers " + layers.blocks());
        };
    }

    /**
     * A prediction that was never fitted, for speed: a share of a model's own layers at regular intervals, and random maps.
     *
     * @param base folder or {@code random:SHAPE}
     */
    static PredictionPair unfitted(String base, double share, RuntimeOptions options, Path folder) throws IOException {
        int layers = layers(LocalEngine.source(MODEL, base), options);
        Path made = Files.createDirectories(folder.resolve("prediction"));
        UnfittedPrediction.write(made, relative(made, base), layers, share);
        return of(made, MODEL, folder);
    }

    private static int layers(ModelSource base, RuntimeOptions options) {
        return LocalEngine.providers().stream()
                .map(provider -> provider.estimate(base, DeviceSpec.cpu(0), options))
                .flatMap(Optional::stream)
                .flatMap(estimate -> estimate.shape().stream())
                .mapToInt(shape -> shape.base().caches().kinds().stream()
                        .mapToInt(CacheKind::layers)
                        .sum())
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "how many layers %s has cannot be told".formatted(base.location())));
    }

    private static ModelSource alone(PredictionFile file, AuxiliarySource.Model model, String name) {
        return file.auxiliaryPath()
                .map(path -> ModelSource.of(name + "-" + AUXILIARY, path))
                .orElseGet(() -> LocalEngine.source(name + "-" + AUXILIARY, model.location()));
    }

    private static ModelSource pruned(PredictionFile file, AuxiliarySource.Layers layers, String name, Path folder)
            throws IOException {
        Path made = Files.createDirectories(folder.resolve(name + "-" + AUXILIARY));
        String base = file.basePath().map(Path::toString).orElse(file.base());
        String dropped = IntStream.range(0, file.map().size())
                .filter(block -> !layers.blocks().contains(block))
                .mapToObj(Integer::toString)
                .collect(Collectors.joining(", "));
        String operations = dropped.isEmpty() ? "" : "{\"op\": \"drop\", \"blocks\": [" + dropped + "]}";
        Files.writeString(
                made.resolve(RecipeFile.NAME),
                "{\"foretoken_recipe\": 1, \"base\": \"%s\", \"operations\": [%s]}"
                        .formatted(relative(made, base), operations));
        return ModelSource.of(name + "-" + AUXILIARY, made);
    }

    private static String relative(Path from, String location) throws IOException {
        return location.startsWith("random:")
                ? location
                : from.toRealPath()
                        .relativize(Path.of(location).toRealPath())
                        .toString()
                        .replace('\\', '/');
    }
}
