package dev.foretoken.registry.prediction;

import dev.foretoken.registry.recipe.RecipeFields;
import dev.foretoken.registry.safetensors.ShardIndex;
import java.nio.file.Path;
import java.util.List;

/** The fields of a prediction, each checked by itself. */
final class PredictionChecks {

    private PredictionChecks() {}

    static String location(RecipeFields fields, String key) {
        String found = fields.text(key);
        if (found.isEmpty()
                || found.chars().anyMatch(Character::isISOControl)
                || Path.of(found).isAbsolute()) {
            throw fields.wrong(
                    key,
                    found,
                    "a path relative to the prediction's folder, so that both can be moved together, or random:SHAPE");
        }
        return found;
    }

    /** A shared auxiliary names layers of the base, any other one a model. */
    static AuxiliarySource auxiliary(RecipeFields fields, PredictionKind kind) {
        RecipeFields inner = fields.object("auxiliary");
        AuxiliarySource found = switch (kind) {
            case LP_SHARED -> new AuxiliarySource.Layers(layers(inner));
            case LP_TRAINED, SEPARATE -> new AuxiliarySource.Model(location(inner, "model"));
        };
        inner.requireNoOthers();
        return found;
    }

    private static List<Integer> layers(RecipeFields fields) {
        List<Integer> found = fields.list("layers", PredictionFile.MOST_LAYERS - 1);
        for (int i = 1; i < found.size(); i++) {
            if (found.get(i) <= found.get(i - 1)) {
                throw fields.wrong("layers", found, "in ascending order, each once");
            }
        }
        return found;
    }

    static List<Integer> map(RecipeFields fields) {
        List<Integer> found = fields.list("map", PredictionFile.MOST_LAYERS - 1);
        for (int i = 1; i < found.size(); i++) {
            if (found.get(i) < found.get(i - 1)) {
                throw fields.wrong("map", found, "never descending: later layers are predicted from later layers");
            }
        }
        return found;
    }

    static String predictor(RecipeFields fields) {
        String found = fields.text("predictor");
        if (!found.equals(PredictionFile.RANDOM_MAPS) && !ShardIndex.isPlainName(found)) {
            throw fields.wrong(
                    "predictor",
                    found,
                    "the plain name of a *.safetensors file in the prediction's folder, or "
                            + PredictionFile.RANDOM_MAPS);
        }
        return found;
    }

    static String text(RecipeFields fields, int most) {
        String found = fields.optionalText("text").orElse("");
        if (found.length() > most) {
            throw fields.wrong("text", found, "at most %d characters".formatted(most));
        }
        return found;
    }
}
