package dev.foretoken.nativeruntime.weights;

import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.PlaceRef;
import dev.foretoken.nativeruntime.plan.VectorRef;
import dev.foretoken.nativeruntime.weights.stored.StoredForm;
import dev.foretoken.nativeruntime.weights.stored.StoredMatrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Where the weights that a plan names come from. */
public sealed interface WeightSource extends AutoCloseable
        permits ChangedWeights, Checkpoint, GgufWeights, RandomWeights, RecipeWeights {

    /**
     * Checks that every weight of the plan is here in its shape and a supported type, and nothing else.
     *
     * @throws dev.foretoken.contract.ForetokenException MODEL_UNSUPPORTED or MODEL_FILE_CORRUPT, naming the tensor
     */
    void requireAllOf(ModelPlan plan);

    /** The matrix; memory that is not the source's own is taken from {@code scratch}. */
    StoredMatrix matrix(MatrixRef ref, Arena scratch);

    /** How {@link #matrix} gives the matrix: from headers, and from what integers have beside them, such as zero points. */
    StoredForm form(MatrixRef ref);

    /** fp32 [size], allocated in {@code arena}. */
    MemorySegment vector(VectorRef ref, Arena arena);

    /** int32 [rows, terms], allocated in {@code arena}; every number is below the limit. */
    MemorySegment places(PlaceRef ref, Arena arena);

    /** Bytes of one matrix as stored. */
    long bytes(MatrixRef ref);

    /** Bytes of these places as stored. */
    long bytes(PlaceRef ref);

    /** Gives back the memory that pages of files take here; they are read again when they are asked for again. */
    void release();

    /** Where a tensor is stored: equal only for one file in one state, read in one way. */
    Object origin(String tensor);

    /** Equal for equal weights; see the implementations for how far that is checked. */
    String identity();

    @Override
    void close();
}
