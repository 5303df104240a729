package dev.foretoken.onnxruntime.tensor;

import dev.foretoken.contract.runtime.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Outputs of a batch, written part by part; threads write different rows at once. */
final class JoinedRows {

    private final long rows;
    private final Places places;
    private final Map<String, Tensor> whole = new LinkedHashMap<>();
    private volatile boolean independent = true;

    JoinedRows(long rows, Places places) {
        this.rows = rows;
        this.places = places;
    }

    /** Copies what a part's first row and those behind it have made. */
    void add(long begin, long count, List<Tensor> part) {
        for (Tensor output : part) {
            Tensor target = target(output, count);
            if (target == null) {
                independent = false;
                return;
            }
            long bytes = output.data().byteSize();
            MemorySegment.copy(output.data(), 0, target.data(), bytes / count * begin, bytes);
        }
    }

    /** Null where the output does not have the part's rows, or not the widths of other parts. */
    private synchronized @Nullable Tensor target(Tensor output, long count) {
        if (output.shape().isEmpty() || output.shape().getFirst() != count) {
            return null;
        }
        List<Long> shape = RowParts.sized(output.shape(), 0, rows);
        Tensor there = whole.get(output.name());
        if (there == null) {
            MemorySegment place = places.of(output.name(), output.data().byteSize() / count * rows);
            there = new Tensor(output.name(), output.type(), shape, place);
            whole.put(output.name(), there);
        }
        return there.shape().equals(shape) && there.type() == output.type() ? there : null;
    }

    /** False when parts were not of the shapes that their rows ask for. */
    boolean areIndependent() {
        return independent;
    }

    /** In the order in which they were asked for. */
    synchronized List<Tensor> tensors() {
        return List.copyOf(whole.values());
    }
}
