package dev.foretoken.onnxruntime.decoder;

import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.onnxruntime.session.Binding;
import dev.foretoken.onnxruntime.session.GraphPort;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Logits of a run, and of its positions as fp32. */
final class RunLogits {

    private final GraphPort port;
    private final int vocabulary;
    private final NativeBuffer buffer = new NativeBuffer();
    private final NativeBuffer converted = new NativeBuffer();
    private MemorySegment data = MemorySegment.NULL;
    private int positions;

    RunLogits(GraphPort port) {
        this.port = port;
        this.vocabulary = Math.toIntExact(port.shape().getLast());
    }

    /** {@code ofEach}: how many positions of each row the graph makes logits of. */
    void bind(Binding binding, int rows, int ofEach) {
        positions = ofEach;
        data = buffer.of((long) rows * ofEach * vocabulary * port.type().bytes());
        binding.output(port.name(), port.type(), new long[] {rows, ofEach, vocabulary}, data);
    }

    /** fp32 [vocabulary], valid until the next call; {@code fromEnd}: 0 = the row's last position. */
    MemorySegment row(int row, int fromEnd) {
        long index = (long) row * positions + positions - 1 - fromEnd;
        long bytes = (long) vocabulary * port.type().bytes();
        MemorySegment logits = data.asSlice(index * bytes, bytes);
        return port.type() == ElementType.FP32 ? logits : widened(logits);
    }

    private MemorySegment widened(MemorySegment logits) {
        MemorySegment wide = converted.of((long) vocabulary * Float.BYTES);
        boolean half = port.type() == ElementType.FP16;
        for (int id = 0; id < vocabulary; id++) {
            short bits = logits.getAtIndex(ValueLayout.JAVA_SHORT, id);
            float logit = half ? Float.float16ToFloat(bits) : Float.intBitsToFloat(bits << 16);
            wide.setAtIndex(ValueLayout.JAVA_FLOAT, id, logit);
        }
        return wide;
    }
}
