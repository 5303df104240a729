package dev.foretoken.nativeruntime.quantizer;

import static dev.foretoken.nativeruntime.quantizer.QuantizerParameters.BITS;

import dev.foretoken.contract.runtime.BuildMethod;
import dev.foretoken.contract.runtime.BuildParameter;
import dev.foretoken.contract.runtime.BuildResult;
import dev.foretoken.nativeruntime.build.BuildJob;
import dev.foretoken.nativeruntime.build.VariantBuilder;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.weights.Checkpoint;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * {@code bct}: every matrix in small blocks with a scale each, the embedding and the head too (Dong 2023). Norms and biases stay floats: they
 * are read as vectors, and are next to nothing of a model. What flows between matrices is rounded by the kernels, to int8 in blocks.
 */
final class BlockwiseBuilder implements VariantBuilder {

    private static final BuildParameter BLOCK =
            BuildParameter.choice("block", "consecutive inputs that share a scale", "64", "32", "64", "128");

    @Override
    public BuildMethod method() {
        return new BuildMethod(
                "bct",
                "rounds every matrix in small blocks with a scale each, embedding and head too, without calibration (Dong 2023)",
                List.of(BITS, BLOCK, QuantizerParameters.scales("mse")),
                false);
    }

    @Override
    public BuildResult build(BuildJob job) {
        Checkpoint base = QuantizedBuild.base(job);
        GroupFormat groups = new GroupFormat(
                job.parameters().number("bits", 4, 8),
                job.parameters().number("block", 32, 128),
                true,
                QuantizedBuild.scaleType(job, base));
        StoredCodes codes = new StoredCodes(true);
        NearestRounding rounding = new NearestRounding(QuantizerParameters.search(job.parameters(), groups), codes);
        Set<MatrixRef> further = new LinkedHashSet<>(
                List.of(job.plan().embedding().whole(), job.plan().head().whole()));
        QuantizedFormat format = new QuantizedFormat(groups, codes, false, List.of("Linear", "Embedding"), List.of());
        return new QuantizedBuild(job, base, rounding, format, List.copyOf(further)).run();
    }
}
