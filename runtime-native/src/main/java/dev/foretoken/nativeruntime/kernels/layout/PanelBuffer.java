package dev.foretoken.nativeruntime.kernels.layout;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** One panel of {@link BlockPanels} on the heap, filled row by row. Four codes move at once. */
final class PanelBuffer {
    private static final VarHandle QUAD = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int ROWS = WeightMatrix.PANEL_ROWS;

    private final BlockFormat format;
    private final byte[] bytes;
    private final MemorySegment heads;
    private final byte[] codes;
    private final float[] scales;
    private final float[] minimums;

    PanelBuffer(BlockFormat format, int blocks) {
        this.format = format;
        this.bytes = new byte[Math.multiplyExact(blocks, format.blockBytes())];
        this.heads = MemorySegment.ofArray(bytes);
        this.codes = new byte[blocks * format.block()];
        this.scales = new float[blocks];
        this.minimums = new float[blocks];
    }

    void put(int lane, CodedRows source, int row) {
        source.read(row, codes, scales, minimums);
        write(lane);
    }

    /** A row that adds nothing. */
    void pad(int lane) {
        Arrays.fill(codes, (byte) format.zeroCode());
        Arrays.fill(scales, 0);
        Arrays.fill(minimums, 0);
        write(lane);
    }

    private void write(int lane) {
        for (int block = 0; block < scales.length; block++) {
            int start = block * format.blockBytes();
            int head = start / format.scaleType().bytes() + lane;
            format.scaleType().store(heads, head, scales[block]);
            if (format.minimum()) {
                format.scaleType().store(heads, head + ROWS, minimums[block]);
            }
            int target = start + format.headBytes() + 4 * lane;
            if (format.bits() == 8) {
                bytes(block * format.block(), target);
            } else {
                nibbles(block * format.block(), target);
            }
        }
    }

    private void bytes(int first, int target) {
        for (int k = 0; k < format.block(); k += 4) {
            QUAD.set(bytes, target + k * ROWS, (int) QUAD.get(codes, first + k));
        }
    }

    private void nibbles(int first, int target) {
        for (int k = 0; k < format.block(); k += 8) {
            int low = (int) QUAD.get(codes, first + k);
            int high = (int) QUAD.get(codes, first + k + 4);
            QUAD.set(bytes, target + k / 2 * ROWS, low | high << 4);
        }
    }

    byte[] bytes() {
        return bytes;
    }
}
