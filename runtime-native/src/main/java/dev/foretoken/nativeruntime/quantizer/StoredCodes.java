package dev.foretoken.nativeruntime.quantizer;

import dev.foretoken.nativeruntime.kernels.layout.FloatType;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.weights.stored.StoredTensor;
import dev.foretoken.nativeruntime.weights.stored.StoredType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Coded matrices as tensors of the compressed-tensors format. Packed: {@code weight_packed} int32 [rows, columns / codes per word], the first
 * code in the lowest bits; {@code weight_zero_point} int32 [rows / codes per word, groups] where it is not the middle; {@code weight_shape}
 * int64 [2]. Plain: {@code weight} int8, for 8 bits with one scale per row. Both have {@code weight_scale} [rows, groups].
 */
record StoredCodes(boolean packed) {

    private static final String PACKED = "_packed";
    private static final String SCALE = "_scale";
    private static final String ZERO = "_zero_point";
    private static final String SHAPE = "_shape";

    List<StoredTensor> tensors(String tensor, CodedMatrix matrix) {
        List<StoredTensor> tensors = new ArrayList<>();
        tensors.add(packed ? packedCodes(tensor, matrix) : plainCodes(tensor, matrix));
        tensors.add(scales(tensor, matrix));
        if (packed) {
            long[] shape = {matrix.rows(), matrix.columns()};
            MemorySegment words = MemorySegment.ofArray(new byte[2 * Long.BYTES]);
            words.set(ValueLayout.JAVA_LONG_UNALIGNED, 0, shape[0]);
            words.set(ValueLayout.JAVA_LONG_UNALIGNED, Long.BYTES, shape[1]);
            tensors.add(new StoredTensor(tensor + SHAPE, StoredType.I64, List.of(2L), words));
        }
        if (!matrix.format().symmetric()) {
            tensors.add(zeros(tensor, matrix));
        }
        return tensors;
    }

    private static StoredTensor packedCodes(String tensor, CodedMatrix matrix) {
        int bits = matrix.format().bits();
        int perWord = Integer.SIZE / bits;
        int[] words = new int[matrix.codes().length / perWord];
        for (int i = 0; i < matrix.codes().length; i++) {
            words[i / perWord] |= Byte.toUnsignedInt(matrix.codes()[i]) << i % perWord * bits;
        }
        return ints(tensor + PACKED, words, matrix.rows(), matrix.columns() / perWord);
    }

    private static StoredTensor zeros(String tensor, CodedMatrix matrix) {
        int bits = matrix.format().bits();
        int perWord = Integer.SIZE / bits;
        int[] words = new int[matrix.rows() / perWord * matrix.groups()];
        for (int row = 0; row < matrix.rows(); row++) {
            for (int group = 0; group < matrix.groups(); group++) {
                words[row / perWord * matrix.groups() + group] |=
                        matrix.level(row, group).zero() << row % perWord * bits;
            }
        }
        return ints(tensor + ZERO, words, matrix.rows() / perWord, matrix.groups());
    }

    private static StoredTensor ints(String name, int[] words, long rows, long columns) {
        MemorySegment data = MemorySegment.ofArray(new byte[words.length * Integer.BYTES]);
        MemorySegment.copy(words, 0, data, ValueLayout.JAVA_INT_UNALIGNED, 0, words.length);
        return new StoredTensor(name, StoredType.I32, List.of(rows, columns), data);
    }

    private static StoredTensor plainCodes(String tensor, CodedMatrix matrix) {
        byte[] signed = new byte[matrix.codes().length];
        for (int i = 0; i < signed.length; i++) {
            signed[i] = (byte) (matrix.codes()[i] - matrix.format().middle());
        }
        List<Long> shape = List.of((long) matrix.rows(), (long) matrix.columns());
        return new StoredTensor(tensor, StoredType.I8, shape, MemorySegment.ofArray(signed));
    }

    private static StoredTensor scales(String tensor, CodedMatrix matrix) {
        FloatType type = matrix.format().scales();
        MemorySegment data = MemorySegment.ofArray(new byte[matrix.levels().length * type.bytes()]);
        for (int i = 0; i < matrix.levels().length; i++) {
            type.store(data, i, matrix.levels()[i].scale());
        }
        List<Long> shape = List.of((long) matrix.rows(), (long) matrix.groups());
        return new StoredTensor(tensor + SCALE, StoredType.valueOf(type.name()), shape, data);
    }

    /** Reads what {@link #tensors} made. */
    CodedMatrix read(MatrixRef whole, GroupFormat format, Map<String, StoredTensor> tensors) {
        CodedMatrix matrix = CodedMatrix.empty(format, whole.rows(), whole.columns());
        StoredTensor scales = require(tensors, whole.tensor() + SCALE);
        for (int row = 0; row < matrix.rows(); row++) {
            for (int group = 0; group < matrix.groups(); group++) {
                int place = row * matrix.groups() + group;
                int zero = format.symmetric()
                        ? format.middle()
                        : field(require(tensors, whole.tensor() + ZERO), format, row, group, matrix.groups());
                matrix.levels()[place] = new CodedMatrix.Level(scales.floats().load(scales.data(), place), zero);
            }
        }
        StoredTensor codes = require(tensors, packed ? whole.tensor() + PACKED : whole.tensor());
        for (int i = 0; i < matrix.codes().length; i++) {
            matrix.codes()[i] = (byte)
                    (packed
                            ? field(codes, format, i, 0, 1)
                            : codes.data().get(ValueLayout.JAVA_BYTE, i) + format.middle());
        }
        return matrix;
    }

    /** Of words whose fields lie along the first of two dimensions, of which the second has {@code stride} elements. */
    private static int field(StoredTensor tensor, GroupFormat format, int first, int second, int stride) {
        int perWord = Integer.SIZE / format.bits();
        long index = (long) (first / perWord) * stride + second;
        int word = tensor.data().get(ValueLayout.JAVA_INT_UNALIGNED, index * Integer.BYTES);
        return word >>> first % perWord * format.bits() & format.top();
    }

    private static StoredTensor require(Map<String, StoredTensor> tensors, String name) {
        StoredTensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new IllegalArgumentException("no tensor " + name);
        }
        return tensor;
    }
}
