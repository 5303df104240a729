package dev.foretoken.nativeruntime.compress;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.nativeruntime.build.BuildJob;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.recipe.Making;
import dev.foretoken.nativeruntime.recipe.Recipe;
import dev.foretoken.registry.recipe.RecipeFile;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A recipe over the base of a build, as far as it has come.
 *
 * @param operations as a recipe file says them
 */
record Draft(BuildJob job, List<Map<String, Object>> operations) {

    /** Its name beside the recipe. */
    static final String WEIGHTS = "made.safetensors";

    private static final String BASE = "base";
    private static final ObjectMapper JSON = new ObjectMapper();

    Draft {
        operations = List.copyOf(operations);
    }

    /** Of the base as it is. */
    static Draft of(BuildJob job) {
        return new Draft(job, List.of());
    }

    Draft with(Map<String, Object> operation) {
        List<Map<String, Object>> all = new ArrayList<>(operations);
        all.add(operation);
        return new Draft(job, all);
    }

    /** The fields of an operation, in order: names and values in turns. */
    static Map<String, Object> operation(String name, Object... fields) {
        Map<String, Object> made = new LinkedHashMap<>();
        made.put("op", name);
        for (int i = 0; i < fields.length; i += 2) {
            made.put((String) fields[i], fields[i + 1]);
        }
        return made;
    }

    /**
     * What becomes of the base.
     *
     * @throws ForetokenException CONFIG_INVALID or MODEL_UNSUPPORTED where an operation does not fit
     */
    ModelPlan plan() {
        return operations.isEmpty() ? job.plan() : recipe().apply(job.plan());
    }

    /** Whether every operation fits. */
    boolean fits() {
        try {
            plan();
            return true;
        } catch (ForetokenException e) {
            return false;
        }
    }

    /** New tensors that the recipe needs. */
    List<Making> makings() {
        return operations.isEmpty() ? List.of() : recipe().makings(job.plan());
    }

    private Recipe recipe() {
        return Recipe.of(RecipeFile.of(path(), text()), depth());
    }

    Path path() {
        return job.order().output().resolve(RecipeFile.NAME);
    }

    /** As it is stored. */
    byte[] text() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("foretoken_recipe", 1);
        fields.put("base", BASE);
        fields.put("weights", WEIGHTS);
        fields.put("operations", operations);
        return json(fields);
    }

    /** As it is stored where it makes no tensors. */
    byte[] textWithoutWeights() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("foretoken_recipe", 1);
        fields.put("base", BASE);
        fields.put("operations", operations);
        return json(fields);
    }

    private static byte[] json(Map<String, Object> fields) {
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(fields);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("operations are numbers, texts, lists and maps", e);
        }
    }

    /** How many recipes the base already is. */
    private int depth() {
        URI base = job.order().base().location();
        Optional<Path> at = "file".equals(base.getScheme()) ? Optional.of(Path.of(base)) : Optional.empty();
        int depth = 0;
        while (at.isPresent() && RecipeFile.isAt(at.get())) {
            depth++;
            at = RecipeFile.read(at.get()).basePath();
        }
        return depth;
    }
}
