package dev.foretoken.nativeruntime.quantizer;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.nativeruntime.kernels.layout.ChannelRows;
import dev.foretoken.nativeruntime.kernels.layout.CodedRows;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.VectorRef;
import dev.foretoken.nativeruntime.weights.WeightNumbers;
import dev.foretoken.nativeruntime.weights.WeightSource;
import dev.foretoken.nativeruntime.weights.stored.StoredMatrix;
import dev.foretoken.registry.gguf.export.RowSource;
import java.lang.foreign.Arena;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The tensors of a checkpoint as numbers, whether they are floats or integers with scales. Keeps the matrix at hand that was read last. */
final class CheckpointRows implements RowSource {

    /** 8-bit codes count from here. */
    private static final int CHANNEL_ZERO = 128;

    private final WeightSource source;
    private final Map<String, List<Long>> shapes = new LinkedHashMap<>();
    private Arena arena = Arena.ofShared();
    private String open = "";
    private StoredMatrix matrix;

    CheckpointRows(ModelPlan plan, WeightSource source) {
        this.source = source;
        plan.matrices().forEach(ref -> shapes.put(ref.tensor(), ref.shape()));
        plan.vectors().forEach(ref -> shapes.put(ref.tensor(), ref.shape()));
        this.matrix = source.matrix(plan.embedding().whole(), arena);
        this.open = plan.embedding().tensor();
    }

    @Override
    public Set<String> names() {
        return shapes.keySet();
    }

    @Override
    public List<Long> shape(String name) {
        return shapes.getOrDefault(name, List.of());
    }

    @Override
    public void read(String name, long row, float[] out) {
        if (shape(name).size() == 1) {
            float[] vector = new WeightNumbers(source).vector(new VectorRef(name, out.length));
            System.arraycopy(vector, 0, out, 0, out.length);
            return;
        }
        if (!open.equals(name)) {
            open(name);
        }
        int index = Math.toIntExact(row);
        switch (matrix) {
            case StoredMatrix.Floats(var table) -> table.read(index, out);
            case StoredMatrix.Blocks(var rows) -> blocks(rows, index, out);
            case StoredMatrix.Channels(var rows) -> channels(rows, index, out);
            case StoredMatrix.Reordered _, StoredMatrix.Fp8 _ ->
                throw new ForetokenException(
                        ErrorCode.MODEL_UNSUPPORTED,
                        "Tensor %s is in FP8 or has its inputs in an order of its own; decoded are floats and integers with scales in order"
                                .formatted(name));
        }
    }

    private void open(String name) {
        arena.close();
        arena = Arena.ofShared();
        List<Long> shape = shape(name);
        matrix =
                source.matrix(new MatrixRef(name, Math.toIntExact(shape.get(0)), Math.toIntExact(shape.get(1))), arena);
        open = name;
    }

    private static void blocks(CodedRows rows, int row, float[] out) {
        int block = rows.format().block();
        byte[] codes = new byte[out.length];
        float[] scales = new float[out.length / block];
        float[] minimums = new float[out.length / block];
        rows.read(row, codes, scales, minimums);
        for (int k = 0; k < out.length; k++) {
            float minimum = rows.format().minimum() ? minimums[k / block] : 0;
            out[k] = scales[k / block] * rows.format().value(Byte.toUnsignedInt(codes[k])) + minimum;
        }
    }

    private static void channels(ChannelRows rows, int row, float[] out) {
        byte[] codes = new byte[out.length];
        float scale = rows.read(row, codes);
        for (int k = 0; k < out.length; k++) {
            out[k] = scale * (Byte.toUnsignedInt(codes[k]) - CHANNEL_ZERO);
        }
    }

    /** Leaves the source open. */
    @Override
    public void close() {
        arena.close();
    }
}
