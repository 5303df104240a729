package dev.foretoken.nativeruntime.compress;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.BuildResult;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.recipe.Making;
import dev.foretoken.nativeruntime.weights.SafetensorsWriter;
import dev.foretoken.nativeruntime.weights.WeightNumbers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Writes a finished draft: its tensors, then the recipe. */
record RecipeOutput(Draft draft) {

    /** Computes new tensors as {@code recipe build} would. */
    BuildResult write(Map<String, Object> facts) {
        BaseNumbers reader = new BaseNumbers(new WeightNumbers(draft.job().weights()));
        return write(facts, FloatType.F32, making -> making.numbers().compute(reader));
    }

    /**
     * Writes tensors that were computed otherwise.
     *
     * @param type of all of them
     */
    BuildResult write(Map<String, Object> facts, FloatType type, Function<Making, List<float[]>> numbers) {
        List<Making> makings = draft.makings();
        try {
            if (!makings.isEmpty()) {
                write(makings, type, numbers);
            }
            Files.write(draft.path(), makings.isEmpty() ? draft.textWithoutWeights() : draft.text());
        } catch (IOException e) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID, "the variant cannot be written: " + e.getMessage(), e);
        }
        Map<String, Object> all = new LinkedHashMap<>(facts);
        all.put("before", figures(draft.job().plan()));
        all.put("after", figures(draft.plan()));
        return new BuildResult(BuildResult.Output.RECIPE, Map.of(), all);
    }

    private static Map<String, Object> figures(ModelPlan plan) {
        return PlanFigures.of(plan, 0).facts();
    }

    private void write(List<Making> makings, FloatType type, Function<Making, List<float[]>> numbers)
            throws IOException {
        Map<String, List<Long>> shapes = new LinkedHashMap<>();
        makings.forEach(making -> making.tensors().forEach(tensor -> shapes.put(tensor.name(), tensor.shape())));
        Path path = draft.job().order().output().resolve(Draft.WEIGHTS);
        try (SafetensorsWriter writer = SafetensorsWriter.open(path, shapes, Map.of("format", "pt"), type)) {
            for (int i = 0; i < makings.size(); i++) {
                draft.job().step("writing new tensors", i, makings.size());
                for (float[] tensor : numbers.apply(makings.get(i))) {
                    writer.write(tensor);
                }
            }
            writer.finish();
        }
    }
}
