package dev.foretoken.nativeruntime.quantizer;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.nativeruntime.algebra.InverseFactor;
import dev.foretoken.nativeruntime.algebra.Workers;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.weights.stored.StoredTensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Column after column (GPTQ, Frantar 2022). Inputs are those that reach the block when the blocks before it are rounded already.
 *
 * @param damping added to the diagonal of {@code X^T X}, as a part of its mean; ten times as much where that is too little
 * @param sorted whether columns of large inputs come first; groups are of neighbours in the matrix's own order either way
 */
record ColumnRounding(LevelSearch search, StoredCodes form, double damping, boolean sorted) implements BlockRounding {

    private static final double MOST = 10;

    @Override
    public boolean isCalibrated() {
        return true;
    }

    @Override
    public RoundedBlock round(BlockInputs block) {
        List<StoredTensor> tensors = new ArrayList<>();
        List<LinkedHashMap<String, Object>> facts = new ArrayList<>();
        for (InputSite site : block.sites()) {
            InputStatistics inputs = Objects.requireNonNull(block.statistics(site));
            float[] squares = inputs.squares();
            ColumnOrder order = sorted ? ColumnOrder.byInput(squares) : ColumnOrder.natural(squares.length);
            float[][] upper = factor(order.applied(inputs.lower()), block.workers());
            float[][] gram = inputs.full();
            for (MatrixRef whole : site.matrices()) {
                float[] weights = block.weights(whole);
                CodedMatrix coded = ColumnCodes.of(weights, order, upper, search, squares, block.workers());
                tensors.addAll(form.tensors(whole.tensor(), coded));
                facts.add(facts(whole, weights, coded, gram, block.workers()));
                block.columns().done(whole.columns());
            }
        }
        return new RoundedBlock(tensors, facts);
    }

    private LinkedHashMap<String, Object> facts(
            MatrixRef whole, float[] weights, CodedMatrix coded, float[][] gram, Workers workers) {
        CodedMatrix nearest =
                NearestCodes.of(weights, whole.columns(), LevelSearch.range(search.format()), null, workers);
        return MatrixFacts.of(
                whole,
                OutputError.relative(weights, coded.decoded(), gram, workers),
                OutputError.relative(weights, nearest.decoded(), gram, workers));
    }

    /** {@code lower}: changed. */
    private float[][] factor(double[][] lower, Workers workers) {
        double mean = 0;
        for (int i = 0; i < lower.length; i++) {
            mean += lower[i][i] / lower.length;
        }
        double added = 0;
        for (double part = damping; part <= MOST; part *= 10) {
            double wanted = part * (mean > 0 ? mean : 1);
            for (int i = 0; i < lower.length; i++) {
                lower[i][i] += wanted - added;
            }
            added = wanted;
            Optional<float[][]> upper = InverseFactor.of(lower, workers);
            if (upper.isPresent()) {
                return upper.get();
            }
        }
        throw new ForetokenException(
                ErrorCode.CONFIG_INVALID,
                "the inputs of %d columns cannot be inverted even with a damping of %s; give more and other calibration text"
                        .formatted(lower.length, MOST));
    }
}
