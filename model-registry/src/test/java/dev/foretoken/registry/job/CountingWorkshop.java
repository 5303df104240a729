package dev.foretoken.registry.job;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.BuildMethod;
import dev.foretoken.contract.runtime.BuildOrder;
import dev.foretoken.contract.runtime.BuildResult;
import dev.foretoken.contract.runtime.BuildWatch;
import dev.foretoken.contract.runtime.VariantWorkshop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Builds in {@value #STEPS} steps, each of which leaves a file in the scratch folder that says which attempt made it; writes them one after
 * the other as the weights. So the weights show what was done again.
 */
final class CountingWorkshop implements VariantWorkshop {
    static final int STEPS = 8;

    private final String attempt;
    private final Step step;

    /** What happens in a step, before it is finished. */
    interface Step {
        void run(int step, BuildOrder order, BuildWatch watch) throws IOException;
    }

    CountingWorkshop(String attempt, Step step) {
        this.attempt = attempt;
        this.step = step;
    }

    static CountingWorkshop plain(String attempt) {
        return new CountingWorkshop(attempt, (step, order, watch) -> {});
    }

    @Override
    public List<BuildMethod> methods() {
        return List.of(new BuildMethod("count", "counts", List.of(), false));
    }

    @Override
    public BuildResult build(BuildOrder order, BuildWatch watch) {
        try {
            StringBuilder weights = new StringBuilder();
            for (int i = 0; i < STEPS; i++) {
                if (watch.cancelled()) {
                    throw new ForetokenException(ErrorCode.CANCELLED, "stopped");
                }
                watch.progress("counting", i, STEPS);
                weights.append(done(i, order, watch)).append(' ');
            }
            Files.writeString(order.output().resolve("config.json"), "{\"built\":true}");
            Files.writeString(order.output().resolve("model.safetensors"), weights);
            return new BuildResult(
                    BuildResult.Output.CHECKPOINT, Map.of("kv_cache_dtype", "int8"), Map.of("steps", STEPS));
        } catch (IOException e) {
            throw new ForetokenException(ErrorCode.STORAGE_FULL, "the scratch folder cannot be written", e);
        }
    }

    private String done(int i, BuildOrder order, BuildWatch watch) throws IOException {
        Path file = order.scratch().resolve("step-" + i);
        if (!Files.exists(file)) {
            step.run(i, order, watch);
            watch.log("counted " + i);
            Files.writeString(file, attempt + i);
        }
        return Files.readString(file);
    }
}
