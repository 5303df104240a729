package dev.foretoken.wire.tensor;

import com.google.protobuf.UnsafeByteOperations;
import dev.foretoken.wire.pod.v1.TensorPiece;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;

/** The bytes of tensors, one after the other, as messages of bounded size; each is made when it is asked for. */
public final class PieceCutter implements Iterator<TensorPiece> {

    private static final long PIECE_BYTES = 1 << 20;

    private final List<MemorySegment> data;
    private int tensor;
    private long at;

    public PieceCutter(List<MemorySegment> data) {
        this.data = List.copyOf(data);
    }

    @Override
    public boolean hasNext() {
        while (tensor < data.size() && at == data.get(tensor).byteSize()) {
            tensor++;
            at = 0;
        }
        return tensor < data.size();
    }

    @Override
    public TensorPiece next() {
        if (!hasNext()) {
            throw new NoSuchElementException("all bytes were sent");
        }
        MemorySegment current = data.get(tensor);
        long bytes = Math.min(PIECE_BYTES, current.byteSize() - at);
        byte[] piece = current.asSlice(at, bytes).toArray(ValueLayout.JAVA_BYTE);
        at += bytes;
        return TensorPiece.newBuilder()
                .setData(UnsafeByteOperations.unsafeWrap(piece))
                .build();
    }
}
