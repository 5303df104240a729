package dev.foretoken.batch.offset;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** A set of offsets as bits, lowest first: bit 0 is the committed offset, which is never set. */
final class OffsetBitmap {

    private OffsetBitmap() {}

    /** Bytes for so many offsets. */
    static long bytes(long span) {
        return (span + Byte.SIZE - 1) / Byte.SIZE;
    }

    static byte[] encode(long committed, List<OffsetRun> runs) {
        BitSet bits = new BitSet();
        for (OffsetRun run : runs) {
            bits.set((int) (run.first() - committed), (int) (run.end() - committed));
        }
        return bits.toByteArray();
    }

    static List<OffsetRun> decode(long committed, byte[] body) throws DamagedMetadataException {
        BitSet bits = BitSet.valueOf(body);
        if (bits.get(0) || bits.length() > Long.MAX_VALUE - committed) {
            throw new DamagedMetadataException("it holds the committed offset itself, or more than there can be");
        }
        List<OffsetRun> runs = new ArrayList<>();
        for (int first = bits.nextSetBit(0); first >= 0; ) {
            int end = bits.nextClearBit(first);
            runs.add(new OffsetRun(committed + first, committed + end));
            first = bits.nextSetBit(end);
        }
        return runs;
    }
}
