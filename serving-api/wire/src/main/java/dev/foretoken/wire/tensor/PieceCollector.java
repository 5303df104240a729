package dev.foretoken.wire.tensor;

import com.google.protobuf.ByteString;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts pieces together to tensors whose sizes were told before, on the heap and aligned to eight bytes. Memory is taken as bytes arrive: what is
 * only announced takes none.
 */
public final class PieceCollector {

    private static final long FIRST_BYTES = 1 << 16;

    private final List<Long> sizes;
    private final List<MemorySegment> full = new ArrayList<>();
    private MemorySegment current = allocate(0);
    private long at;

    /**
     * @param sizes in bytes
     * @param most bytes of all together
     * @throws IllegalArgumentException when they are negative, or too many
     */
    public PieceCollector(List<Long> sizes, long most) {
        this.sizes = List.copyOf(sizes);
        long left = most;
        for (long size : sizes) {
            if (size < 0 || size > left) {
                throw new IllegalArgumentException(
                        "tensors of " + sizes + " bytes are announced, at most " + most + " are taken");
            }
            left -= size;
        }
        skipFull();
    }

    /** @throws IllegalArgumentException when there are more bytes than were announced */
    public void add(ByteString piece) {
        MemorySegment from = MemorySegment.ofBuffer(piece.asReadOnlyByteBuffer());
        long taken = 0;
        while (taken < from.byteSize()) {
            if (isComplete()) {
                throw new IllegalArgumentException("more bytes came than were announced");
            }
            long bytes = Math.min(from.byteSize() - taken, sizes.get(full.size()) - at);
            grow(at + bytes);
            MemorySegment.copy(from, taken, current, at, bytes);
            taken += bytes;
            at += bytes;
            skipFull();
        }
    }

    /** Doubles, so that a tensor is copied twice at most. */
    private void grow(long needed) {
        if (needed > current.byteSize()) {
            long wanted = Math.max(needed, Math.max(FIRST_BYTES, 2 * current.byteSize()));
            MemorySegment larger = allocate(Math.min(wanted, sizes.get(full.size())));
            MemorySegment.copy(current, 0, larger, 0, at);
            current = larger;
        }
    }

    private void skipFull() {
        while (!isComplete() && at == sizes.get(full.size())) {
            full.add(current);
            current = allocate(0);
            at = 0;
        }
    }

    private static MemorySegment allocate(long bytes) {
        return MemorySegment.ofArray(new long[Math.toIntExact((bytes + Long.BYTES - 1) / Long.BYTES)])
                .asSlice(0, bytes);
    }

    public boolean isComplete() {
        return full.size() == sizes.size();
    }

    /** In the order of the sizes, once it is complete. */
    public List<MemorySegment> data() {
        return List.copyOf(full);
    }
}
