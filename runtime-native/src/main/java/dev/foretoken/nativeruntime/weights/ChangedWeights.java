package dev.foretoken.nativeruntime.weights;

import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.PlaceRef;
import dev.foretoken.nativeruntime.plan.VectorRef;
import dev.foretoken.nativeruntime.weights.stored.StoredForm;
import dev.foretoken.nativeruntime.weights.stored.StoredMatrix;
import dev.foretoken.nativeruntime.weights.stored.StoredTensor;
import dev.foretoken.nativeruntime.weights.stored.StoredType;
import dev.foretoken.nativeruntime.weights.stored.ViewedMatrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The weights of a base with other numbers in the place of some, for computing with what a build has made so far. Does not own the base. One
 * thread at a time.
 */
public final class ChangedWeights implements WeightSource {

    private final WeightSource base;
    private Arena arena = Arena.ofShared();
    private final Map<String, StoredTensor> changed = new HashMap<>();

    public ChangedWeights(WeightSource base) {
        this.base = base;
    }

    /** From now on the whole tensor has these numbers; {@code shape}: as it is stored. */
    public void put(String tensor, List<Long> shape, float[] numbers) {
        long elements = shape.stream().reduce(1L, Math::multiplyExact);
        if (elements != numbers.length) {
            throw new IllegalArgumentException(
                    "%d numbers for tensor %s of shape %s".formatted(numbers.length, tensor, shape));
        }
        StoredTensor before = changed.get(tensor);
        MemorySegment data = before == null ? arena.allocate(elements * Float.BYTES, 64) : before.data();
        MemorySegment.copy(numbers, 0, data, ValueLayout.JAVA_FLOAT, 0, numbers.length);
        changed.put(tensor, new StoredTensor(tensor, StoredType.F32, shape, data));
    }

    /** From now on everything is the base's again. */
    public void clear() {
        changed.clear();
        arena.close();
        arena = Arena.ofShared();
    }

    /** The base was checked against its own plan, of which parts may be computed. */
    @Override
    public void requireAllOf(ModelPlan plan) {
        // nothing else can be missing
    }

    @Override
    public StoredMatrix matrix(MatrixRef ref, Arena scratch) {
        StoredTensor tensor = changed.get(ref.tensor());
        if (tensor == null) {
            return base.matrix(ref, scratch);
        }
        MatrixRef whole = ref.whole();
        return ViewedMatrix.of(new StoredMatrix.Floats(tensor.table(whole.rows(), whole.columns())), ref, scratch);
    }

    @Override
    public MemorySegment vector(VectorRef ref, Arena target) {
        StoredTensor tensor = changed.get(ref.tensor());
        return tensor == null ? base.vector(ref, target) : Checkpoint.vector(tensor, ref, target);
    }

    @Override
    public MemorySegment places(PlaceRef ref, Arena target) {
        return base.places(ref, target);
    }

    @Override
    public StoredForm form(MatrixRef ref) {
        StoredTensor tensor = changed.get(ref.tensor());
        return tensor == null ? base.form(ref) : new StoredForm.Floats(tensor.floats());
    }

    @Override
    public long bytes(MatrixRef ref) {
        return changed.containsKey(ref.tensor()) ? ref.elements() * Float.BYTES : base.bytes(ref);
    }

    @Override
    public long bytes(PlaceRef ref) {
        return base.bytes(ref);
    }

    @Override
    public void release() {
        base.release();
    }

    /** A changed tensor is equal to nothing but itself. */
    @Override
    public Object origin(String tensor) {
        StoredTensor own = changed.get(tensor);
        return own == null ? base.origin(tensor) : List.of(this, own);
    }

    @Override
    public String identity() {
        ContentDigest digest = new ContentDigest().add(base.identity());
        changed.keySet().stream()
                .sorted()
                .forEach(name -> digest.add(name)
                        .add(changed.get(name).data().byteSize())
                        .addStart(changed.get(name).data()));
        return digest.hex();
    }

    /** Leaves the base open. */
    @Override
    public void close() {
        arena.close();
    }
}
