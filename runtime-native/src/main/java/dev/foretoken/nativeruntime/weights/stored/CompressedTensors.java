package dev.foretoken.nativeruntime.weights.stored;

import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.weights.stored.PackedInts.Dimension;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The compressed-tensors format. A matrix is, by its tensors: int8 with a scale per output; FP8 with a scale per output, block or matrix; 4-bit
 * or 8-bit integers in {@code weight_packed} int32 [outputs, inputs / 8], with {@code weight_scale} [outputs, groups], and perhaps {@code
 * weight_zero_point} int32 [outputs / 8, groups] and {@code weight_g_idx} int32 [inputs]; or MXFP4.
 *
 * @param packings of integers that config.json names
 * @param floats how FP8 is scaled
 */
public record CompressedTensors(List<Packing> packings, Fp8Encoding floats) implements StoredEncoding {

    /**
     * One kind of packed integers.
     *
     * @param group inputs of a group; -1: all
     */
    public record Packing(int bits, int group) {}

    public CompressedTensors {
        packings = List.copyOf(packings);
    }

    @Override
    public LocatedMatrix locate(MatrixRef ref, StoredTensors tensors) {
        String packedName = ref.tensor() + "_packed";
        Optional<StoredTensor> packed = tensors.find(packedName);
        if (packed.isEmpty()) {
            StoredTensor values = tensors.require(ref.tensor(), ref.rows(), ref.columns());
            return values.type() == StoredType.I8
                    ? Int8Channels.locate(ref, values, tensors)
                    : floats.locate(ref, tensors);
        }
        return packed.get().type() == StoredType.U8
                ? Mxfp4Rows.locate(ref, tensors, packedName, ref.tensor() + "_scale", ref.columns() / 2)
                : integers(ref, packed.get(), tensors);
    }

    private LocatedMatrix integers(MatrixRef ref, StoredTensor packed, StoredTensors tensors) {
        Packing packing = packing(ref, packed);
        int bits = packing.bits();
        int size = packing.group() < 0 ? ref.columns() : packing.group();
        int groups = Math.ceilDiv(ref.columns(), size);
        int words = Math.ceilDiv(ref.columns(), PackedInts.perWord(bits));
        tensors.require(StoredType.I32, packed.name(), ref.rows(), words);
        StoredTensor scales = tensors.requireFloats(ref.tensor() + "_scale", ref.rows(), groups);
        Optional<StoredTensor> zeros = tensors.find(ref.tensor() + "_zero_point");
        zeros.ifPresent(found -> tensors.require(
                StoredType.I32, found.name(), Math.ceilDiv(ref.rows(), PackedInts.perWord(bits)), groups));
        Optional<StoredTensor> index = tensors.find(ref.tensor() + "_g_idx");
        index.ifPresent(found -> tensors.require(StoredType.I32, found.name(), ref.columns()));
        StoredTensor shape = tensors.require(ref.tensor() + "_shape", 2);
        List<StoredTensor> parts = new ArrayList<>(List.of(packed, scales, shape));
        zeros.ifPresent(parts::add);
        index.ifPresent(parts::add);
        return new LocatedMatrix(parts, scratch -> {
            requireShape(ref, shape);
            return new GroupedMatrix(
                            ref,
                            PackedInts.inOrder(packed, bits, Dimension.INPUTS, words, 1, 0),
                            GroupScales.byOutput(scales, ref.rows(), groups),
                            zeros.map(found -> PackedInts.inOrder(found, bits, Dimension.OUTPUTS, groups, 1, 0))
                                    .orElse(null),
                            index.map(found -> InputGroups.indexed(found, ref.columns(), groups))
                                    .orElseGet(() -> InputGroups.ofSize(size, ref.columns())),
                            groups)
                    .stored(scratch);
        });
    }

    /** The one whose width the packed tensor has; several groups of one width are told apart by nothing, so they must be of one size. */
    private Packing packing(MatrixRef ref, StoredTensor packed) {
        for (Packing packing : packings) {
            int words = Math.ceilDiv(ref.columns(), PackedInts.perWord(packing.bits()));
            if (packed.hasShape(ref.rows(), words)) {
                return packing;
            }
        }
        throw StoredTensors.corrupt("tensor %s of shape %s is no matrix of [%d, %d] packed as config.json says: %s"
                .formatted(packed.name(), packed.shape(), ref.rows(), ref.columns(), packings));
    }

    private static void requireShape(MatrixRef ref, StoredTensor shape) {
        long rows = shape.wholeNumber(0);
        long columns = shape.wholeNumber(1);
        if (rows != ref.rows() || columns != ref.columns()) {
            throw StoredTensors.corrupt("tensor %s says [%d, %d], config.json asks for [%d, %d]"
                    .formatted(shape.name(), rows, columns, ref.rows(), ref.columns()));
        }
    }
}
