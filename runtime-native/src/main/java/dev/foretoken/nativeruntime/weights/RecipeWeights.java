package dev.foretoken.nativeruntime.weights;

import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.PlaceRef;
import dev.foretoken.nativeruntime.plan.VectorRef;
import dev.foretoken.nativeruntime.weights.stored.StoredForm;
import dev.foretoken.nativeruntime.weights.stored.StoredMatrix;
import dev.foretoken.nativeruntime.weights.stored.StoredPlaces;
import dev.foretoken.nativeruntime.weights.stored.StoredTensor;
import dev.foretoken.nativeruntime.weights.stored.StoredTensors;
import dev.foretoken.nativeruntime.weights.stored.ViewedMatrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;

/** The weights of a base, and beside them the tensors that a recipe made, in a safetensors file of their own. Owns the base. */
public final class RecipeWeights implements WeightSource {

    private final WeightSource base;
    private final Predicate<String> isNew;
    private final String recipe;
    private final Arena arena = Arena.ofShared();
    private final Optional<SafetensorsFile> file;
    private final Map<String, StoredTensor> made = new HashMap<>();

    private RecipeWeights(WeightSource base, Optional<Path> file, String recipe, Predicate<String> isNew) {
        this.base = base;
        this.recipe = recipe;
        this.isNew = isNew;
        this.file = opened(file);
        this.file.ifPresent(opened -> made.putAll(opened.tensors()));
    }

    private Optional<SafetensorsFile> opened(Optional<Path> path) {
        try {
            return path.map(found -> SafetensorsFile.open(inFolder(found.toAbsolutePath()), arena));
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    /** A recipe's file is in the recipe's folder, as a checkpoint's files are in theirs. */
    private static Path inFolder(Path file) {
        return new CheckpointFiles(file.getParent()).resolve(String.valueOf(file.getFileName()));
    }

    /**
     * Opens and checks the header of the recipe's file.
     *
     * @param recipe all of its text
     * @param isNew tells names of tensors that recipes make
     * @throws dev.foretoken.contract.ForetokenException MODEL_FILE_CORRUPT; the base stays open then
     */
    public static RecipeWeights open(WeightSource base, Optional<Path> file, String recipe, Predicate<String> isNew) {
        return new RecipeWeights(base, file, recipe, isNew);
    }

    /** The base was checked against its own plan: only new tensors can be missing. */
    @Override
    public void requireAllOf(ModelPlan plan) {
        StoredTensors looked = new StoredTensors(made);
        for (MatrixRef ref : plan.matrices()) {
            if (isMade(ref.tensor())) {
                looked.requireFloats(ref.tensor(), ref.shape());
            }
        }
        for (VectorRef ref : plan.vectors()) {
            if (isMade(ref.tensor())) {
                looked.requireFloats(ref.tensor(), ref.shape());
            }
        }
        for (PlaceRef ref : plan.places()) {
            if (isMade(ref.tensor())) {
                looked.require(ref.tensor(), ref.storedRows(), ref.terms());
            }
        }
        for (String name : new TreeSet<>(made.keySet())) {
            if (!looked.found().contains(name)) {
                throw StoredTensors.unsupported(
                        "tensor %s is in the recipe's file, but no operation of the recipe uses it; build the recipe again"
                                .formatted(name));
            }
        }
    }

    private boolean isMade(String tensor) {
        return made.containsKey(tensor)
                || isNew.test(tensor) && !(base instanceof RecipeWeights inner && inner.has(tensor));
    }

    /** A recipe's base can be a recipe with new tensors of its own. */
    private boolean has(String tensor) {
        return made.containsKey(tensor) || base instanceof RecipeWeights inner && inner.has(tensor);
    }

    @Override
    public StoredMatrix matrix(MatrixRef ref, Arena scratch) {
        StoredTensor tensor = made.get(ref.tensor());
        if (tensor == null) {
            return base.matrix(ref, scratch);
        }
        MatrixRef whole = ref.whole();
        StoredMatrix stored = new StoredMatrix.Floats(tensor.table(whole.rows(), whole.columns()));
        return ViewedMatrix.of(stored, ref, scratch);
    }

    @Override
    public StoredForm form(MatrixRef ref) {
        StoredTensor tensor = made.get(ref.tensor());
        return tensor == null ? base.form(ref) : new StoredForm.Floats(tensor.floats());
    }

    @Override
    public MemorySegment vector(VectorRef ref, Arena target) {
        StoredTensor tensor = made.get(ref.tensor());
        return tensor == null ? base.vector(ref, target) : Checkpoint.vector(tensor, ref, target);
    }

    @Override
    public MemorySegment places(PlaceRef ref, Arena target) {
        StoredTensor tensor = made.get(ref.tensor());
        return tensor == null ? base.places(ref, target) : StoredPlaces.read(tensor, ref, target);
    }

    @Override
    public long bytes(MatrixRef ref) {
        StoredTensor tensor = made.get(ref.tensor());
        return tensor == null ? base.bytes(ref) : tensor.data().byteSize() / ref.storedElements() * ref.elements();
    }

    @Override
    public long bytes(PlaceRef ref) {
        StoredTensor tensor = made.get(ref.tensor());
        return tensor == null ? base.bytes(ref) : tensor.data().byteSize() / ref.storedRows() * ref.rows();
    }

    @Override
    public Object origin(String tensor) {
        return made.containsKey(tensor)
                ? Objects.requireNonNull(file.orElseThrow().origins().get(tensor))
                : base.origin(tensor);
    }

    @Override
    public void release() {
        base.release();
        file.ifPresent(SafetensorsFile::release);
    }

    /** Covers the base's, the recipe, and of the recipe's file what {@link Checkpoint#identity} covers of others. */
    @Override
    public String identity() {
        ContentDigest digest = new ContentDigest().add(base.identity()).add(recipe);
        file.ifPresent(opened -> opened.addTo(digest));
        return digest.hex();
    }

    @Override
    public void close() {
        arena.close();
        base.close();
    }
}
