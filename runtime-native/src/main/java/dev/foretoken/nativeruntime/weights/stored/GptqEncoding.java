package dev.foretoken.nativeruntime.weights.stored;

import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.weights.stored.PackedInts.Dimension;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * GPTQ (arXiv 2210.17323) as AutoGPTQ and GPTQModel write it: {@code qweight} int32 [inputs / 8, outputs], {@code qzeros} int32 [groups,
 * outputs / 8], {@code scales} [groups, outputs], and perhaps {@code g_idx} int32 [inputs]; with 8 bits, 4 instead of 8 to a word.
 *
 * @param bits 4 or 8
 * @param group inputs of a group; -1: all
 * @param zerosLessOne the first convention ({@code checkpoint_format} gptq): zero points are stored less one, subtracted from whole words, so
 *     that one is added to whole words again; the second (gptq_v2) stores them as they are
 */
public record GptqEncoding(int bits, int group, boolean zerosLessOne) implements StoredEncoding {

    private static final int ONE_IN_EVERY_NIBBLE = 0x1111_1111;
    private static final int ONE_IN_EVERY_BYTE = 0x0101_0101;

    @Override
    public LocatedMatrix locate(MatrixRef ref, StoredTensors tensors) {
        int perWord = PackedInts.perWord(bits);
        PackedInts.requireWholeWords(ref, bits, ref.rows());
        PackedInts.requireWholeWords(ref, bits, ref.columns());
        int size = group < 0 ? ref.columns() : group;
        int groups = Math.ceilDiv(ref.columns(), size);
        String module = StoredEncoding.module(ref);
        StoredTensor weights =
                tensors.require(StoredType.I32, module + ".qweight", ref.columns() / perWord, ref.rows());
        StoredTensor zeros = tensors.require(StoredType.I32, module + ".qzeros", groups, ref.rows() / perWord);
        StoredTensor scales = tensors.requireFloats(module + ".scales", groups, ref.rows());
        Optional<StoredTensor> index = tensors.find(module + ".g_idx");
        List<StoredTensor> parts = new ArrayList<>(List.of(weights, zeros, scales));
        index.ifPresent(found -> parts.add(tensors.require(StoredType.I32, found.name(), ref.columns())));
        return new LocatedMatrix(
                parts,
                scratch -> new GroupedMatrix(
                                ref,
                                PackedInts.inOrder(weights, bits, Dimension.INPUTS, 1, ref.rows(), 0),
                                GroupScales.byGroup(scales, groups, ref.rows()),
                                PackedInts.inOrder(zeros, bits, Dimension.OUTPUTS, 1, ref.rows() / perWord, added()),
                                index.map(found -> InputGroups.indexed(found, ref.columns(), groups))
                                        .orElseGet(() -> InputGroups.ofSize(size, ref.columns())),
                                groups)
                        .stored(scratch));
    }

    private int added() {
        if (!zerosLessOne) {
            return 0;
        }
        return bits == 4 ? ONE_IN_EVERY_NIBBLE : ONE_IN_EVERY_BYTE;
    }
}
