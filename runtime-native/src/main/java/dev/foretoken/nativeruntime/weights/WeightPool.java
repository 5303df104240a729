package dev.foretoken.nativeruntime.weights;

import dev.foretoken.nativeruntime.kernels.layout.GatherSource;
import dev.foretoken.nativeruntime.kernels.layout.PanelSlice;
import dev.foretoken.nativeruntime.kernels.layout.WeightMatrix;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.weights.stored.InputOrder;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the open models of a process hold of weights: what several of them read of one file in one encoding is there once, until the last of
 * them is closed. Rows that one holds are read in another's matrix where they are whole panels of it. Safe for any thread.
 */
public final class WeightPool {

    /**
     * Equal for equal bytes.
     *
     * @param origins of every tensor that it is made of
     * @param what a matrix, a vector, or another reference
     * @param use what it is held for
     * @param packing encoding and kernels
     */
    public record Key(List<Object> origins, Object what, Use use, String packing) {
        public Key {
            origins = List.copyOf(origins);
        }
    }

    /** What a weight is held for. */
    public enum Use {
        PRODUCT,
        /** A product in fp32. */
        EXACT,
        TABLE,
        VECTOR,
        SPARSE,
        ;
    }

    /** A weight in memory; {@code order} of inputs, where it has one of its own. */
    record Packed(Object weight, Optional<InputOrder> order, long bytes) {
        static Packed of(GatherSource source) {
            return new Packed(source, Optional.empty(), PackedWeights.bytes(source));
        }

        static Packed of(MemorySegment vector) {
            return new Packed(vector, Optional.empty(), vector.byteSize());
        }
    }

    /** What rows of one matrix have in common. */
    private record Family(List<Object> origins, RowHosts.Kin kin, Use use, String packing) {}

    private static final class Entry {
        private final Key key;
        private final Arena arena;
        private final Packed packed;
        private final List<Share> holders = new ArrayList<>();

        private Entry(Key key, Arena arena, Packed packed) {
            this.key = key;
            this.arena = arena;
            this.packed = packed;
        }
    }

    /** One holder's part in a weight. */
    final class Share {
        private final Entry entry;
        private final Packed packed;

        private Share(Entry entry, Packed packed) {
            this.entry = entry;
            this.packed = packed;
        }

        Packed packed() {
            return packed;
        }

        /** All of it for the holder that has had it longest, 0 for the others and after its release. */
        long bytes() {
            synchronized (WeightPool.this) {
                boolean first = !entry.holders.isEmpty() && entry.holders.getFirst() == this;
                return first ? entry.packed.bytes : 0;
            }
        }

        void release() {
            WeightPool.this.release(this);
        }
    }

    private final Map<Key, Entry> entries = new LinkedHashMap<>();
    private final Map<Family, List<Entry>> families = new HashMap<>();

    /** The weight, made by {@code make} in the memory it is given where nobody holds it. */
    synchronized Share take(Key key, Function<Arena, Packed> make) {
        Entry held = entries.get(key);
        if (held != null) {
            return share(held, held.packed);
        }
        Share rows = rowsOfAnother(key);
        return rows == null ? made(key, make) : rows;
    }

    private Share made(Key key, Function<Arena, Packed> make) {
        Arena arena = Arena.ofShared();
        try {
            Entry entry = new Entry(key, arena, make.apply(arena));
            entries.put(key, entry);
            family(key)
                    .ifPresent(family -> families.computeIfAbsent(family, f -> new ArrayList<>())
                            .add(entry));
            return share(entry, entry.packed);
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    private @Nullable Share rowsOfAnother(Key key) {
        for (Entry host : hosts(key)) {
            MatrixRef guest = (MatrixRef) key.what;
            OptionalInt first = RowHosts.firstRow((MatrixRef) host.key.what, guest);
            if (first.isPresent()) {
                WeightMatrix rows = PanelSlice.rows((WeightMatrix) host.packed.weight, first.getAsInt(), guest.rows());
                return share(host, new Packed(rows, host.packed.order, 0));
            }
        }
        return null;
    }

    private List<Entry> hosts(Key key) {
        return family(key).map(families::get).orElse(List.of());
    }

    /** Whether {@link #take} would pack nothing. */
    synchronized boolean holds(Key key) {
        return entries.containsKey(key)
                || hosts(key).stream()
                        .anyMatch(host -> RowHosts.firstRow((MatrixRef) host.key.what, (MatrixRef) key.what)
                                .isPresent());
    }

    private static Optional<Family> family(Key key) {
        return key.use == Use.PRODUCT && key.what instanceof MatrixRef ref && RowHosts.canShareRows(ref)
                ? Optional.of(new Family(key.origins, RowHosts.kin(ref), key.use, key.packing))
                : Optional.empty();
    }

    private Share share(Entry entry, Packed packed) {
        Share share = new Share(entry, packed);
        entry.holders.add(share);
        return share;
    }

    private synchronized void release(Share share) {
        Entry entry = share.entry;
        if (entry.holders.remove(share) && entry.holders.isEmpty()) {
            entries.remove(entry.key);
            family(entry.key).ifPresent(family -> {
                families.get(family).remove(entry);
                families.computeIfPresent(family, (f, left) -> left.isEmpty() ? null : left);
            });
            entry.arena.close();
        }
    }

    /** Memory of everything that is held. */
    public synchronized long bytes() {
        return entries.values().stream().mapToLong(entry -> entry.packed.bytes).sum();
    }
}
