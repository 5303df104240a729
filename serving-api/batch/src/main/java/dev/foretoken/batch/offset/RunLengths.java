package dev.foretoken.batch.offset;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A set of offsets as lengths that take turns, from the committed offset on: so many that are not complete, so many that are. Each is at least 1 and
 * written in groups of seven bits, lowest first, with the eighth set in all but the last.
 */
final class RunLengths {

    private static final int GROUP = 7;
    private static final int MORE = 1 << GROUP;
    private static final int MOST_GROUPS = 9;

    private RunLengths() {}

    static byte[] encode(long committed, List<OffsetRun> runs) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        long at = committed;
        for (OffsetRun run : runs) {
            write(bytes, run.first() - at);
            write(bytes, run.end() - run.first());
            at = run.end();
        }
        return bytes.toByteArray();
    }

    private static void write(ByteArrayOutputStream bytes, long length) {
        long rest = length;
        while (rest >= MORE) {
            bytes.write((int) (rest & (MORE - 1)) | MORE);
            rest >>>= GROUP;
        }
        bytes.write((int) rest);
    }

    static List<OffsetRun> decode(long committed, byte[] body) throws DamagedMetadataException {
        List<OffsetRun> runs = new ArrayList<>();
        ByteBuffer bytes = ByteBuffer.wrap(body);
        long at = committed;
        while (bytes.hasRemaining()) {
            long first = after(at, bytes);
            at = after(first, bytes);
            runs.add(new OffsetRun(first, at));
        }
        return runs;
    }

    private static long after(long at, ByteBuffer bytes) throws DamagedMetadataException {
        long length = read(bytes);
        if (length < 1 || length > Long.MAX_VALUE - at) {
            throw new DamagedMetadataException("a length in it is out of bounds");
        }
        return at + length;
    }

    private static long read(ByteBuffer bytes) throws DamagedMetadataException {
        long length = 0;
        for (int group = 0; group < MOST_GROUPS && bytes.hasRemaining(); group++) {
            int next = bytes.get();
            length |= (long) (next & (MORE - 1)) << (GROUP * group);
            if (next >= 0) {
                return length;
            }
        }
        throw new DamagedMetadataException("it ends within a length");
    }

    /**
     * Most bytes of so many runs in so many offsets: every length has one byte, and one more for each power of 128 that it reaches, which only so
     * many can whose sum is the span.
     */
    static long worstBytes(long runs, long span) {
        long lengths = Math.min(2 * runs, span);
        long bytes = lengths;
        for (int bits = GROUP; bits < Long.SIZE && span >> bits > 0; bits += GROUP) {
            bytes += Math.min(lengths, span >> bits);
        }
        return bytes;
    }
}
