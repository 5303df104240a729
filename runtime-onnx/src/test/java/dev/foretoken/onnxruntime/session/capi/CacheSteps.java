package dev.foretoken.onnxruntime.session.capi;

import static dev.foretoken.onnxruntime.session.GraphWriter.names;

import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.onnxruntime.session.Binding;
import dev.foretoken.onnxruntime.session.DeviceMemory;
import dev.foretoken.onnxruntime.session.GraphSession;
import dev.foretoken.onnxruntime.session.GraphWriter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** What a decoder does with its cache at every token, in the small: a row goes into a cache that stays where it is, and every row is read. */
final class CacheSteps implements AutoCloseable {

    private final Arena arena = Arena.ofShared();
    private final int rows;
    private final int width;
    private final DeviceMemory cache;
    private final Binding binding;
    private final MemorySegment row;
    private final MemorySegment at;
    private final MemorySegment scores;

    CacheSteps(GraphSession session, int rows, int width) {
        this.rows = rows;
        this.width = width;
        cache = session.allocate(4L * rows * width);
        binding = session.bind();
        row = arena.allocate(4L * width, 64);
        at = arena.allocate(8, 64);
        scores = arena.allocate(4L * rows, 64);
    }

    /** scores [1, rows] = x [1, width] times each row of present; present [rows, width] = past with x at row {@code at}. */
    static GraphWriter graph(int width) {
        String columns = Integer.toString(width);
        return new GraphWriter()
                .input("past", ElementType.FP32, "rows", columns)
                .input("x", ElementType.FP32, "1", columns)
                .input("at", ElementType.INT64, "1", "1")
                .output("present", ElementType.FP32, "rows", columns)
                .output("scores", ElementType.FP32, "1", "rows")
                .node("ScatterND", names("past", "at", "x"), names("present"))
                .node("Gemm", names("x", "present"), names("scores"), GraphWriter.Attribute.of("transB", 1));
    }

    /** Binds as a runtime does at each step, whatever changed. */
    void step(int position, float value) {
        row.fill((byte) 0);
        row.set(ValueLayout.JAVA_FLOAT, 0, value);
        at.set(ValueLayout.JAVA_LONG, 0, position);
        long[] shape = {rows, width};
        binding.input("past", ElementType.FP32, shape, cache, 0);
        binding.output("present", ElementType.FP32, shape, cache, 0);
        binding.input("x", ElementType.FP32, new long[] {1, width}, row);
        binding.input("at", ElementType.INT64, new long[] {1, 1}, at);
        binding.output("scores", ElementType.FP32, new long[] {1, rows}, scores);
        binding.run();
    }

    float score(int position) {
        return scores.getAtIndex(ValueLayout.JAVA_FLOAT, position);
    }

    DeviceMemory cache() {
        return cache;
    }

    @Override
    public void close() {
        binding.close();
        cache.close();
        arena.close();
    }
}
