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
            InputStatistics inputs = Objects.requireNonNull(block.statistics(site));
            float[] importance = importance(inputs.squares(), scaled.scales(site));
            float[][] gram = inputs.full();
            for (MatrixRef whole : site.matrices()) {
                CodedMatrix coded = coded(block, scaled, site, whole, importance);
                tensors.addAll(form.tensors(whole.tensor(), coded));
                float[] changed = ScaledColumns.dividedBy(coded.decoded(), scaled.scales(site));
                double error = OutputError.relative(scaled.target(whole), changed, gram, block.workers());
                facts.add(MatrixFacts.of(whole, error, nearest(block, whole, gram)));
                block.columns().done(whole.columns());
            }
        }
        return new RoundedBlock(tensors, facts);
    }

    /** Mean squares of inputs that were divided by their scales. */
    private static float[] importance(float[] squares, float[] scales) {
        for (int i = 0; i < squares.length; i++) {
            squares[i] /= scales[i] * scales[i];
        }
        return squares;
    }

    private CodedMatrix coded(
            BlockInputs block, ScaledBlock scaled, InputSite site, MatrixRef whole, float[] importance) {
        float[] weights = ScaledColumns.times(scaled.target(whole), scaled.scales(site));
        return NearestCodes.of(weights, whole.columns(), search, importance, block.workers());
    }

    /** The error of rounding the matrix as it was. */
    private double nearest(BlockInputs block, MatrixRef whole, float[][] gram) {
        float[] weights = block.weights(whole);
        CodedMatrix coded =
                NearestCodes.of(weights, whole.columns(), LevelSearch.range(search.format()), null, block.workers());
        return OutputError.relative(weights, coded.decoded(), gram, block.workers());
    }
}
