package dev.foretoken.nativeruntime.weights.stored;

import dev.foretoken.nativeruntime.kernels.layout.RowTable;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * FP8: {@code weight} in E4M3 (arXiv 2209.05433) with, in {@code weight_scale_inv} or {@code weight_scale}, the factors that weights are
 * multiplied with: one per block, [outputs / blockRows, inputs / blockColumns] rounded up, or one per output, or one for all. The scale of
 * activations that some of these checkpoints come with is not used: activations stay as precise as they are.
 *
 * @param blockRows outputs that share a factor; 0: no blocks
 * @param blockColumns inputs that share a factor; 0: no blocks
 */
public record Fp8Encoding(int blockRows, int blockColumns) implements StoredEncoding {

    private static final List<String> FACTORS = List.of("_scale_inv", "_scale");

    @Override
    public LocatedMatrix locate(MatrixRef ref, StoredTensors tensors) {
        StoredTensor values = tensors.require(ref.tensor(), ref.rows(), ref.columns());
        if (values.type() != StoredType.F8_E4M3) {
            throw StoredTensors.wrongType(values, "F8_E4M3, F32, F16 and BF16");
        }
        StoredTensor factors = factors(ref, tensors);
        List<StoredTensor> parts = new ArrayList<>(List.of(values, factors));
        tensors.find(StoredEncoding.module(ref) + ".input_scale").ifPresent(parts::add);
        Fp8Rows rows = rows(ref, values, factors);
        return new LocatedMatrix(parts, rows::stored);
    }

    private static StoredTensor factors(MatrixRef ref, StoredTensors tensors) {
        for (String suffix : FACTORS) {
            Optional<StoredTensor> factors = tensors.find(ref.tensor() + suffix);
            if (factors.isPresent()) {
                if (factors.get().type().computable().isEmpty()) {
                    throw StoredTensors.wrongType(factors.get(), "F32, F16 and BF16");
                }
                return factors.get();
            }
        }
        throw StoredTensors.corrupt("tensor %s has elements of type F8_E4M3, but there is no %s"
                .formatted(ref.tensor(), ref.tensor() + FACTORS.getFirst()));
    }

    private Fp8Rows rows(MatrixRef ref, StoredTensor values, StoredTensor factors) {
        if (blockRows > 0) {
            int down = Math.ceilDiv(ref.rows(), blockRows);
            int across = Math.ceilDiv(ref.columns(), blockColumns);
            if (factors.hasShape(down, across)) {
                return new Fp8Rows(ref, values.data(), factors.table(down, across), blockRows, blockColumns);
            }
        } else if (factors.hasShape() || factors.hasShape(1) || factors.hasShape(1, 1)) {
            return new Fp8Rows(ref, values.data(), factors.table(1, 1), ref.rows(), ref.columns());
        } else if (factors.hasShape(ref.rows()) || factors.hasShape(ref.rows(), 1)) {
            RowTable table = factors.table(ref.rows(), 1);
            return new Fp8Rows(ref, values.data(), table, 1, ref.columns());
        }
        String expected = blockRows > 0
                ? "one factor for every block of [%d, %d]".formatted(blockRows, blockColumns)
                : "one factor, or one for each of %d outputs".formatted(ref.rows());
        throw StoredTensors.corrupt(
                "tensor %s has shape %s, config.json asks for %s".formatted(factors.name(), factors.shape(), expected));
    }
}
