package dev.foretoken.nativeruntime.weights.stored;

import dev.foretoken.nativeruntime.plan.PlaceRef;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Where the non-zeros of a sparse matrix are, as a tensor of whole numbers. */
public final class StoredPlaces {

    private StoredPlaces() {}

    /**
     * int32 [rows, terms].
     *
     * @throws dev.foretoken.contract.ForetokenException MODEL_FILE_CORRUPT where a place is outside of the basis
     */
    public static MemorySegment read(StoredTensor tensor, PlaceRef ref, Arena arena) {
        long count = (long) ref.rows() * ref.terms();
        long first = (long) ref.firstRow() * ref.terms();
        MemorySegment places = arena.allocate(count * Integer.BYTES, 64);
        for (long i = 0; i < count; i++) {
            long place = tensor.wholeNumber(first + i);
            if (place < 0 || place >= ref.limit()) {
                throw StoredTensors.corrupt("tensor %s names vector %d of a basis of %d vectors"
                        .formatted(tensor.name(), place, ref.limit()));
            }
            places.setAtIndex(ValueLayout.JAVA_INT, i, (int) place);
        }
        return places;
    }
}
