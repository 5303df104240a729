package dev.foretoken.nativeruntime;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.PredictionPlan;
import dev.foretoken.nativeruntime.recipe.KeptBlocks;
import dev.foretoken.nativeruntime.weights.TensorFile;
import dev.foretoken.registry.prediction.AuxiliarySource;
import dev.foretoken.registry.prediction.PredictionFile;
import java.nio.file.Path;
import java.util.Optional;

/** Opens a base together with what its K and V are predicted with. */
final class PredictionOpener {

    private static final String RANDOM = "random:";

    private PredictionOpener() {}

    /**
     * As {@link OpenedModel#open}.
     *
     * @throws ForetokenException CONFIG_INVALID where base, auxiliary and map do not fit each other
     */
    static OpenedModel open(PredictionFile file) {
        requireMaps(file);
        OpenedModel base = model(file.base(), file.basePath());
        try {
            return new OpenedModel(base.plan(), base.weights(), base.recipes(), prediction(file, base.plan()));
        } catch (RuntimeException | Error e) {
            base.close();
            throw e;
        }
    }

    private static OpenedPrediction prediction(PredictionFile file, ModelPlan base) {
        return switch (file.auxiliary()) {
            case AuxiliarySource.Layers layers ->
                new OpenedPrediction(
                        file, PredictionPlan.of(base, KeptBlocks.of(base, layers.blocks()), file.map()), null);
            case AuxiliarySource.Model model -> separate(file, model, base);
        };
    }

    private static OpenedPrediction separate(PredictionFile file, AuxiliarySource.Model model, ModelPlan base) {
        OpenedModel own = model(model.location(), file.auxiliaryPath());
        try {
            requireSameTokens(file);
            return new OpenedPrediction(file, PredictionPlan.of(base, own.plan(), file.map()), own);
        } catch (RuntimeException | Error e) {
            own.close();
            throw e;
        }
    }

    private static OpenedModel model(String location, Optional<Path> path) {
        if (path.isEmpty()) {
            return OpenedModel.random(location.substring(RANDOM.length()));
        }
        if (PredictionFile.isAt(path.get())) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID,
                    "the prediction names %s, which is a prediction itself; name its base".formatted(location));
        }
        return OpenedModel.file(path.get());
    }

    private static void requireSameTokens(PredictionFile file) {
        Optional<ModelSource> base = file.basePath().map(path -> ModelSource.of("base", path));
        Optional<ModelSource> auxiliary = file.auxiliaryPath().map(path -> ModelSource.of("auxiliary", path));
        if (base.isPresent() && auxiliary.isPresent() && VocabularyDigest.differ(base.get(), auxiliary.get())) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID,
                    "The auxiliary has a tokenizer in which token ids stand for other text than in the base's; take an auxiliary with the same tokenizer");
        }
    }

    private static void requireMaps(PredictionFile file) {
        Optional<Path> maps = file.predictorPath();
        if (maps.isPresent() && !TensorFile.isAt(maps.get())) {
            throw new ForetokenException(
                    ErrorCode.MODEL_FILE_CORRUPT,
                    "the file of the maps, %s, is not there"
                            .formatted(maps.get().getFileName()));
        }
    }
}
