package dev.foretoken.nativeruntime.weights;

import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.kernels.layout.GatherSource;
import dev.foretoken.nativeruntime.kernels.layout.RowTable;
import dev.foretoken.nativeruntime.kernels.layout.WeightMatrix;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.VectorRef;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/** Packs weights one after the other, each with its own scratch memory, so that at most one of them is held twice. */
final class WeightPacker {

    private static final String STAGE = "packing weights";

    private final Arena arena;
    private final WeightSource source;
    private final Kernels kernels;
    private final LoadProgress progress;

    WeightPacker(Arena arena, WeightSource source, Kernels kernels, LoadProgress progress) {
        this.arena = arena;
        this.source = source;
        this.kernels = kernels;
        this.progress = progress;
    }

    /** The result owns the arena. */
    PackedWeights pack(ModelPlan plan) {
        long total = plan.matrices().stream().mapToLong(source::bytes).sum();
        long done = 0;
        progress.update(STAGE, done, total);
        Map<MatrixRef, WeightMatrix> matrices = new HashMap<>();
        for (MatrixRef ref : plan.matrices()) {
            if (plan.tied() || !ref.equals(plan.embedding())) {
                matrices.put(ref, packed(ref));
                done += source.bytes(ref);
                progress.update(STAGE, done, total);
            }
        }
        Map<VectorRef, MemorySegment> vectors = new HashMap<>();
        plan.vectors().forEach(ref -> vectors.put(ref, source.vector(ref, arena)));
        WeightMatrix shared = matrices.get(plan.embedding());
        GatherSource embedding = shared == null ? copied(plan.embedding()) : shared;
        progress.update(STAGE, total, total);
        return new PackedWeights(arena, matrices, vectors, embedding);
    }

    private WeightMatrix packed(MatrixRef ref) {
        try (Arena scratch = Arena.ofShared()) {
            RowTable table = source.matrix(ref, scratch);
            return kernels.pack(table, table.type(), arena);
        }
    }

    /** An embedding by itself is only gathered from, so it stays row by row. */
    private RowTable copied(MatrixRef ref) {
        try (Arena scratch = Arena.ofShared()) {
            RowTable table = source.matrix(ref, scratch);
            MemorySegment copy = arena.allocate(table.data().byteSize(), 64).copyFrom(table.data());
            return new RowTable(table.type(), copy, table.rows(), table.columns());
        }
    }
}
