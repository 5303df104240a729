package dev.foretoken.nativeruntime.kernels.vector;

import static dev.foretoken.nativeruntime.kernels.vector.LaneLoader.FLOATS;
import static dev.foretoken.nativeruntime.kernels.vector.LaneLoader.LANES;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import dev.foretoken.nativeruntime.kernels.layout.AttentionShape;
import dev.foretoken.nativeruntime.kernels.layout.KvFormat;
import dev.foretoken.nativeruntime.kernels.layout.KvLayer;
import dev.foretoken.nativeruntime.kernels.layout.KvType;
import dev.foretoken.nativeruntime.kernels.layout.RaggedBatch;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * Attention over F32, BF16 and INT8 caches, one query at a time: all scores, one softmax, one weighted sum in ascending positions. A query never
 * meets another, so nothing depends on chunks, blocks or threads.
 *
 * @param q fp32 [tokens, heads, keyDim]
 * @param out fp32 [tokens, heads, valueDim]
 */
public record VectorAttention(
        KvLayer layer, RaggedBatch batch, AttentionShape shape, MemorySegment q, MemorySegment out) {
    private static final int GROUP = KvFormat.GROUP_TOKENS;

    public void run(TaskThreads threads) {
        for (int row = 0; row < batch.rows(); row++) {
            int sequence = row;
            threads.run(
                    batch.tokenCount(row) * shape.heads(),
                    task -> attend(sequence, task / shape.heads(), task % shape.heads()));
        }
    }

    private void attend(int row, int index, int head) {
        KvFormat format = layer.format();
        int position = batch.firstPosition(row) + index;
        int first = shape.firstVisible(position);
        int kvHead = head / (shape.heads() / format.heads());
        long unit = (batch.tokenOffset(row) + (long) index) * shape.heads() + head;
        float[] query = new float[format.keyDim()];
        MemorySegment.copy(q, JAVA_FLOAT_UNALIGNED, 4 * unit * query.length, query, 0, query.length);
        int base = first / GROUP * GROUP;
        float[] weights = new float[(position + GROUP) / GROUP * GROUP - base];
        for (int at = base; at <= position; at += GROUP) {
            score(row, kvHead, at, query, weights, at - base);
        }
        float total = soften(weights, first - base, position + 1 - base, shape, head);
        float[] sums = new float[format.valueLanes()];
        for (int at = first; at <= position; at++) {
            accumulate(row, kvHead, at, weights[at - base], sums);
        }
        for (int dim = 0; dim < format.valueDim(); dim++) {
            out.set(JAVA_FLOAT_UNALIGNED, 4 * (unit * format.valueDim() + dim), sums[dim] / total);
        }
    }

    /** Scores of the 16 tokens at {@code position}; those past the sequence's end are garbage that soften drops. */
    private void score(int row, int kvHead, int position, float[] query, float[] scores, int to) {
        KvFormat format = layer.format();
        int block = batch.tables().block(row, position / format.blockTokens());
        int slot = position % format.blockTokens();
        long start = format.keyOffset(block, kvHead, slot, 0);
        long scales = format.keyScaleOffset(block, kvHead, slot);
        int pair = format.type().interleave();
        int laneBytes = format.type().bytes() * pair;
        for (int part = 0; part < GROUP; part += LANES) {
            FloatVector sum = FloatVector.zero(FLOATS);
            for (int dim = 0; dim < query.length; dim++) {
                long offset = start + (long) laneBytes * (dim / pair * GROUP + part);
                FloatVector key = lanes(layer.keys(), offset, format.type(), dim);
                sum = key.fma(FloatVector.broadcast(FLOATS, query[dim]), sum);
            }
            if (layer.scaled()) {
                sum = sum.mul(LaneLoader.floats(layer.keys(), scales + 4L * part));
            }
            sum.intoArray(scores, to + part);
        }
    }

    /** Scores in [from, to) become weights relative to the largest; returns their sum, with that of the head's sink. */
    private static float soften(float[] scores, int from, int to, AttentionShape shape, int head) {
        float sink = shape.sink(head);
        float max = sink;
        for (int i = from; i < to; i++) {
            scores[i] *= shape.scale();
            if (shape.softCap() > 0) {
                scores[i] = (float) shape.capped(scores[i]);
            }
            max = Math.max(max, scores[i]);
        }
        float total = (float) Math.exp(sink - max);
        for (int i = from; i < to; i++) {
            scores[i] = (float) Math.exp(scores[i] - max);
            total += scores[i];
        }
        return total;
    }

    private void accumulate(int row, int kvHead, int position, float weight, float[] sums) {
        KvFormat format = layer.format();
        int block = batch.tables().block(row, position / format.blockTokens());
        int slot = position % format.blockTokens();
        if (format.valueInKey()) {
            accumulateOfKey(block, kvHead, slot, weight, sums);
            return;
        }
        int pair = format.type().interleave();
        int laneBytes = format.type().bytes() * pair;
        long start = format.valueOffset(block, kvHead, slot / pair * pair, 0);
        float scaled = layer.scaled()
                ? weight * layer.values().get(JAVA_FLOAT_UNALIGNED, format.valueScaleOffset(block, kvHead, slot))
                : weight;
        FloatVector factor = FloatVector.broadcast(FLOATS, scaled);
        for (int lane = 0; lane < sums.length; lane += LANES) {
            FloatVector value = lanes(layer.values(), start + (long) laneBytes * lane, format.type(), slot);
            value.fma(factor, FloatVector.fromArray(FLOATS, sums, lane)).intoArray(sums, lane);
        }
    }

    /** A key's elements lie apart: one by one. */
    private void accumulateOfKey(int block, int kvHead, int slot, float weight, float[] sums) {
        for (int dim = 0; dim < layer.format().valueDim(); dim++) {
            sums[dim] = Math.fma(layer.value(block, kvHead, slot, dim), weight, sums[dim]);
        }
    }

    /** {@code which}: of a pair, even or odd. */
    private static FloatVector lanes(MemorySegment memory, long offset, KvType type, int which) {
        return switch (type) {
            case F32 -> LaneLoader.floats(memory, offset);
            case INT8 -> LaneLoader.codes(memory, offset);
            case BF16 -> (which & 1) == 0 ? LaneLoader.even(memory, offset) : LaneLoader.odd(memory, offset);
            case F16 -> throw new IllegalArgumentException("the Vector API of this JDK does not widen F16");
        };
    }
}
