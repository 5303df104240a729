package dev.foretoken.nativeruntime.weights.stored;

import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.weights.stored.PackedInts.Dimension;
import java.util.List;

/**
 * AWQ (arXiv 2306.00978) as AutoAWQ's version {@code gemm} writes it, 4 bits: {@code qweight} int32 [inputs, outputs / 8], {@code qzeros} int32
 * [groups, outputs / 8], {@code scales} [groups, outputs]. The eight outputs of a word lie in the order 0, 2, 4, 6, 1, 3, 5, 7.
 *
 * @param group inputs of a group; -1: all
 */
public record AwqEncoding(int group) implements StoredEncoding {

    private static final int BITS = 4;
    private static final int[] SLOTS = {0, 4, 1, 5, 2, 6, 3, 7};

    @Override
    public LocatedMatrix locate(MatrixRef ref, StoredTensors tensors) {
        PackedInts.requireWholeWords(ref, BITS, ref.rows());
        int size = group < 0 ? ref.columns() : group;
        int groups = Math.ceilDiv(ref.columns(), size);
        int words = ref.rows() / PackedInts.perWord(BITS);
        String module = StoredEncoding.module(ref);
        StoredTensor weights = tensors.require(StoredType.I32, module + ".qweight", ref.columns(), words);
        StoredTensor zeros = tensors.require(StoredType.I32, module + ".qzeros", groups, words);
        StoredTensor scales = tensors.requireFloats(module + ".scales", groups, ref.rows());
        return new LocatedMatrix(
                List.of(weights, zeros, scales),
                scratch -> new GroupedMatrix(
                                ref,
                                packed(weights, words),
                                GroupScales.byGroup(scales, groups, ref.rows()),
                                packed(zeros, words),
                                InputGroups.ofSize(size, ref.columns()),
                                groups)
                        .stored(scratch));
    }

    private static PackedInts packed(StoredTensor tensor, int words) {
        return new PackedInts(tensor.data(), BITS, Dimension.OUTPUTS, 1, words, SLOTS, 0);
    }
}
