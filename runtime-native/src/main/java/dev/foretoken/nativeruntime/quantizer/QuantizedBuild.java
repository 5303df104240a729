package dev.foretoken.nativeruntime.quantizer;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.BuildResult;
import dev.foretoken.nativeruntime.algebra.Workers;
import dev.foretoken.nativeruntime.build.BuildJob;
import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.weights.Checkpoint;
import dev.foretoken.nativeruntime.weights.WeightNumbers;
import dev.foretoken.nativeruntime.weights.stored.StoredTensor;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A checkpoint rounded by one method.
 *
 * @param further matrices outside of the blocks that are rounded to nearest
 */
record QuantizedBuild(
        BuildJob job, Checkpoint base, BlockRounding rounding, QuantizedFormat format, List<MatrixRef> further) {

    QuantizedBuild {
        further = List.copyOf(further);
        further.forEach(format.groups()::requireFits);
    }

    /** @throws ForetokenException MODEL_UNSUPPORTED where the base is no checkpoint of floats */
    static Checkpoint base(BuildJob job) {
        if (job.weights() instanceof Checkpoint checkpoint
                && checkpoint.tensors().keySet().containsAll(tensors(job))) {
            return checkpoint;
        }
        throw new ForetokenException(
                ErrorCode.MODEL_UNSUPPORTED,
                "%s changes checkpoint directories with weights in F32, F16 or BF16; '%s' is something else or quantized already"
                        .formatted(job.order().method(), job.order().base().name()));
    }

    private static Set<String> tensors(BuildJob job) {
        Set<String> names = new HashSet<>();
        job.plan().matrices().forEach(ref -> names.add(ref.tensor()));
        return names;
    }

    /** The type of the base's embedding, in which readers of the format expect scales. */
    static FloatType scaleType(BuildJob job, Checkpoint base) {
        StoredTensor embedding = base.tensors().get(job.plan().embedding().tensor());
        return embedding == null ? FloatType.F32 : embedding.type().computable().orElse(FloatType.F32);
    }

    BuildResult run() {
        BlockBuild build = new BlockBuild(job, rounding, format.groups(), format.codes());
        Map<String, StoredTensor> made = new HashMap<>();
        try (Arena arena = Arena.ofShared();
                Workers workers = Workers.of(job.order().threads())) {
            build.run(workers);
            for (int block = 0; block < build.blocks(); block++) {
                made.putAll(build.store().read(block, arena));
            }
            List<Map<String, Object>> facts = new ArrayList<>(build.store().allFacts(build.blocks()));
            further.forEach(whole -> facts.add(round(whole, made, workers)));
            Set<String> replaced = replaced(build);
            job.step("writing the checkpoint", 0, 1);
            List<StoredTensor> written = new CheckpointOutput(base, job.order().output()).write(format, made, replaced);
            job.watch().progress("writing the checkpoint", 1, 1);
            return new BuildResult(
                    BuildResult.Output.CHECKPOINT, Map.of(), new QuantizedFacts(base, written, facts, replaced).all());
        }
    }

    private Set<String> replaced(BlockBuild build) {
        Set<String> names = new TreeSet<>();
        build.matrices().forEach(whole -> names.add(whole.tensor()));
        further.forEach(whole -> names.add(whole.tensor()));
        return names;
    }

    private Map<String, Object> round(MatrixRef whole, Map<String, StoredTensor> made, Workers workers) {
        job.step("rounding " + whole.tensor(), 0, 1);
        float[] weights = new WeightNumbers(base).matrix(whole);
        LevelSearch search = rounding.search();
        CodedMatrix coded = NearestCodes.of(weights, whole.columns(), search, null, workers);
        format.codes().tensors(whole.tensor(), coded).forEach(tensor -> made.put(tensor.name(), tensor));
        LinkedHashMap<String, Object> fact = MatrixFacts.of(whole, NearestRounding.error(weights, coded));
        fact.put("rounded", "to nearest");
        return fact;
    }
}
