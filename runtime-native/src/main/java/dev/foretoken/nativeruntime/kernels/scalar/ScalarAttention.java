package dev.foretoken.nativeruntime.kernels.scalar;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.foretoken.nativeruntime.kernels.layout.AttentionShape;
import dev.foretoken.nativeruntime.kernels.layout.KvFormat;
import dev.foretoken.nativeruntime.kernels.layout.KvLayer;
import dev.foretoken.nativeruntime.kernels.layout.RaggedBatch;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Cache writes and attention by the textbook: all scores, one softmax in double, one weighted sum. */
public final class ScalarAttention {
    private ScalarAttention() {}

    public static void writeKv(KvLayer layer, RaggedBatch batch, @Nullable MemorySegment k, @Nullable MemorySegment v) {
        for (int row = 0; row < batch.rows(); row++) {
            for (int i = 0; i < batch.tokenCount(row); i++) {
                int position = batch.firstPosition(row) + i;
                int block = batch.tables().block(row, position / layer.format().blockTokens());
                for (int head = 0; head < layer.format().heads(); head++) {
                    writeHead(layer, block, position, batch.tokenOffset(row) + i, head, k, v);
                }
            }
        }
    }

    private static void writeHead(
            KvLayer layer,
            int block,
            int position,
            int token,
            int head,
            @Nullable MemorySegment k,
            @Nullable MemorySegment v) {
        KvFormat format = layer.format();
        int slot = position % format.blockTokens();
        int unit = Math.addExact(Math.multiplyExact(token, format.heads()), head);
        if (k != null) {
            writeKey(layer, block, head, slot, written(layer, k, unit, format.keyDim()));
        }
        if (v != null) {
            writeValue(layer, block, head, slot, written(layer, v, unit, format.valueDim()));
        }
    }

    private static void writeKey(KvLayer layer, int block, int head, int slot, Written key) {
        KvFormat format = layer.format();
        for (int dim = 0; dim < format.keyDim(); dim++) {
            format.type().store(layer.keys(), format.keyOffset(block, head, slot, dim), key.elements()[dim]);
        }
        if (layer.scaled()) {
            layer.keys().set(JAVA_FLOAT_UNALIGNED, format.keyScaleOffset(block, head, slot), key.scale());
        }
    }

    private static void writeValue(KvLayer layer, int block, int head, int slot, Written value) {
        KvFormat format = layer.format();
        for (int dim = 0; dim < format.valueDim(); dim++) {
            format.type().store(layer.values(), format.valueOffset(block, head, slot, dim), value.elements()[dim]);
        }
        if (layer.scaled()) {
            layer.values().set(JAVA_FLOAT_UNALIGNED, format.valueScaleOffset(block, head, slot), value.scale());
        }
    }

    /** One head's key or value of one token as it is stored: its numbers, or codes and their scale. */
    private record Written(float[] elements, float scale) {}

    /** {@code x}: fp32 [.., width], of which row {@code unit} is taken. */
    private static Written written(KvLayer layer, MemorySegment x, int unit, int width) {
        float[] elements = new float[width];
        if (!layer.scaled()) {
            MemorySegment.copy(x, JAVA_FLOAT_UNALIGNED, (long) unit * width * Float.BYTES, elements, 0, width);
            return new Written(elements, 1);
        }
        QuantizedActivations codes = QuantizedActivations.of(x, unit, width, width);
        for (int i = 0; i < width; i++) {
            elements[i] = codes.values()[i];
        }
        return new Written(elements, codes.scales()[0]);
    }

    public static void attention(
            KvLayer layer, RaggedBatch batch, AttentionShape shape, MemorySegment q, MemorySegment out) {
        for (int row = 0; row < batch.rows(); row++) {
            for (int i = 0; i < batch.tokenCount(row); i++) {
                for (int head = 0; head < shape.heads(); head++) {
                    long unit = (batch.tokenOffset(row) + (long) i) * shape.heads() + head;
                    int position = batch.firstPosition(row) + i;
                    new OneQuery(
                                    layer,
                                    batch,
                                    row,
                                    position,
                                    head / (shape.heads() / layer.format().heads()))
                            .attend(shape, q, out, unit);
                }
            }
        }
    }

    /** One query head of one token, over KV head {@code head} of {@code row}. */
    private record OneQuery(KvLayer layer, RaggedBatch batch, int row, int position, int head) {
        void attend(AttentionShape shape, MemorySegment q, MemorySegment out, long unit) {
            int first = shape.firstVisible(position);
            double[] weights = new double[position + 1 - first];
            double sink = shape.sink((int) (unit % shape.heads()));
            double max = sink;
            for (int i = 0; i < weights.length; i++) {
                weights[i] = shape.capped(shape.scale() * score(q, unit, first + i));
                max = Math.max(max, weights[i]);
            }
            double total = Math.exp(sink - max);
            for (int i = 0; i < weights.length; i++) {
                weights[i] = Math.exp(weights[i] - max);
                total += weights[i];
            }
            for (int dim = 0; dim < layer.format().valueDim(); dim++) {
                double sum = 0;
                for (int i = 0; i < weights.length; i++) {
                    sum += weights[i] * value(first + i, dim);
                }
                set(out, unit * layer.format().valueDim() + dim, (float) (sum / total));
            }
        }

        private double score(MemorySegment q, long unit, int at) {
            KvFormat format = layer.format();
            int block = block(at);
            double sum = 0;
            for (int dim = 0; dim < format.keyDim(); dim++) {
                double element = get(q, unit * format.keyDim() + dim);
                sum += element * layer.key(block, head, at % format.blockTokens(), dim);
            }
            return sum;
        }

        private float value(int at, int dim) {
            return layer.value(block(at), head, at % layer.format().blockTokens(), dim);
        }

        private int block(int at) {
            return batch.tables().block(row, at / layer.format().blockTokens());
        }
    }

    private static float get(MemorySegment segment, long index) {
        return segment.get(JAVA_FLOAT_UNALIGNED, index << 2);
    }

    private static void set(MemorySegment segment, long index, float value) {
        segment.set(JAVA_FLOAT_UNALIGNED, index << 2, value);
    }
}
