package dev.foretoken.nativeruntime.predict;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.BuildMethod;
import dev.foretoken.contract.runtime.BuildParameter;
import dev.foretoken.contract.runtime.BuildResult;
import dev.foretoken.nativeruntime.build.BuildJob;
import dev.foretoken.nativeruntime.build.VariantBuilder;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code kvp}: the base with an auxiliary that fills the base's K and V of a prompt by linear maps of its own (Horton 2024). The maps are fitted
 * in closed form, or taken from training and judged.
 */
public final class PredictionBuilder implements VariantBuilder {

    private static final String SEARCH = "search";
    private static final String UNIFORM = "uniform";
    private static final int MOST_REACH = 1024;

    private final ModelOpener opener;

    public PredictionBuilder(ModelOpener opener) {
        this.opener = opener;
    }

    @Override
    public BuildMethod method() {
        return new BuildMethod(
                "kvp",
                "predicts the keys and values of prompts from those of a smaller model, which gives the first token sooner",
                List.of(
                        BuildParameter.free(
                                "auxiliary",
                                "what predicts: layer-pruned:SHARE or layers:0,2,5 of the base itself, model:FOLDER, a smaller checkpoint with the same tokenizer, or trained:FOLDER, a prediction.json with its files",
                                "layer-pruned:0.5"),
                        BuildParameter.free(
                                "map",
                                "which layer of the auxiliary each layer of the base is predicted from: search, uniform, or numbers such as 0,0,1,1",
                                SEARCH),
                        BuildParameter.free("reach", "most layers that search goes away from uniform", "3"),
                        BuildParameter.choice("type", "of the maps' numbers", "f32", "f32", "bf16", "f16"),
                        BuildParameter.choice(
                                "mode",
                                "how prompts come into the caches where neither request nor server says; auto predicts only where a time to first token is hoped for",
                                "auto",
                                "auto",
                                "predicted",
                                "exact")),
                true);
    }

    @Override
    public BuildResult build(BuildJob job) {
        AuxiliaryChoice choice = AuxiliaryChoice.parse(job.parameters().text("auxiliary"));
        int reach = job.parameters().number("reach", 0, MOST_REACH);
        try (Pairing pairing = Pairing.of(job, choice, opener)) {
            PairedText text = PairedText.of(job, pairing.prospect());
            MapFit fit = new MapFit(text);
            List<Integer> map = pairing.map().orElseGet(() -> map(job, pairing.prospect(), fit, reach));
            List<MapFit.Layer> layers = pairing.trainedMaps()
                    .map(path -> new TrainedMaps(path, pairing.prospect()).judged(map, fit.sums(map)))
                    .orElseGet(() -> fit.fit(map));
            FittedPrediction fitted = new FittedPrediction(layers);
            new PredictionOutput(job, pairing, map).write(fitted, about(text));
            return new BuildResult(
                    BuildResult.Output.PREDICTION,
                    Map.of("prefill_mode", job.parameters().text("mode")),
                    facts(pairing, text, map, fitted));
        } catch (IOException e) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID, "the variant cannot be written: " + e.getMessage(), e);
        }
    }

    private static List<Integer> map(BuildJob job, Prospect prospect, MapFit fit, int reach) {
        int base = prospect.base().layers().size();
        int auxiliary = prospect.auxiliary().layers().size();
        String asked = job.parameters().text("map");
        return switch (asked) {
            case SEARCH -> fit.search(reach);
            case UNIFORM -> LayerMap.uniform(base, auxiliary);
            default -> LayerMap.given(asked, base, auxiliary);
        };
    }

    private static String about(PairedText text) {
        return "%d tokens in %d sequences of calibration text"
                .formatted(text.tokens(), text.texts().size());
    }

    private static Map<String, Object> facts(
            Pairing pairing, PairedText text, List<Integer> map, FittedPrediction fitted) {
        Map<String, Object> facts = new LinkedHashMap<>(fitted.facts());
        facts.put("kind", pairing.kind().text());
        facts.put("auxiliary-layers", pairing.prospect().auxiliary().layers().size());
        facts.put("auxiliary-blocks", pairing.blocks());
        facts.put("map", map);
        facts.put("fitted", pairing.trainedMaps().isEmpty() ? "ridge regression" : "elsewhere");
        facts.put("calibration-sequences", text.texts().size());
        facts.put("calibration-tokens", text.tokens());
        return facts;
    }
}
