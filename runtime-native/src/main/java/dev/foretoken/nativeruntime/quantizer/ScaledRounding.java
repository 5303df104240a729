package dev.foretoken.nativeruntime.quantizer;

import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.weights.stored.StoredTensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/**
 * Scales inputs, then rounds to nearest.
 *
 * @param stored tensors of the base, by name
 */
record ScaledRounding(LevelSearch search, StoredCodes form, InputScales choice, Function<String, StoredTensor> stored)
        implements BlockRounding {

    @Override
    public boolean isCalibrated() {
        return true;
    }

    @Override
    public RoundedBlock round(BlockInputs block) {
        ScaledBlock scaled = new ScaledBlock(block, stored);
        scaled.scale(choice);
        List<StoredTensor> tensors = new ArrayList<>(scaled.vectors());
        List<LinkedHashMap<String, Object>> facts = new ArrayList<>();
        for (InputSite site : block.sites()) {
            float[] scales = scaled.scales(site);
            InputStatistics inputs = Objects.requireNonNull(block.statistics(site));
            float[] importance = inputs.squares();
            for (int i = 0; i < importance.length; i++) {
                importance[i] /= scales[i] * scales[i];
            }
            float[][] gram = inputs.full();
            for (MatrixRef whole : site.matrices()) {
                float[] target = scaled.target(whole);
                CodedMatrix coded = NearestCodes.of(
                        ScaledColumns.times(target, scales), whole.columns(), search, importance, block.workers());
                tensors.addAll(form.tensors(whole.tensor(), coded));
                float[] changed = ScaledColumns.dividedBy(coded.decoded(), scales);
                facts.add(MatrixFacts.of(
                        whole,
                        OutputError.relative(target, changed, gram, block.workers()),
                        nearest(block, whole, gram)));
                block.columns().done(whole.columns());
            }
        }
        return new RoundedBlock(tensors, facts);
    }

    /** The error of rounding the matrix as it was. */
    private double nearest(BlockInputs block, MatrixRef whole, float[][] gram) {
        float[] weights = block.weights(whole);
        CodedMatrix coded =
                NearestCodes.of(weights, whole.columns(), LevelSearch.range(search.format()), null, block.workers());
        return OutputError.relative(weights, coded.decoded(), gram, block.workers());
    }
}
