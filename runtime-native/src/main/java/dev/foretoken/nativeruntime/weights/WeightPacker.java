package dev.foretoken.nativeruntime.weights;

import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.nativeruntime.kernels.Kernels;
import dev.foretoken.nativeruntime.kernels.layout.ChannelRows;
import dev.foretoken.nativeruntime.kernels.layout.CodedRows;
import dev.foretoken.nativeruntime.kernels.layout.GatherSource;
import dev.foretoken.nativeruntime.kernels.layout.RowTable;
import dev.foretoken.nativeruntime.kernels.layout.WeightMatrix;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.VectorRef;
import dev.foretoken.nativeruntime.weights.quantize.MatrixQuantizer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Packs weights one after the other, each with its own scratch memory, so that at most one of them is held twice. */
final class WeightPacker {

    private static final String STAGE = "packing weights";

    private final Arena arena;
    private final WeightSource source;
    private final MatrixQuantizer quantizer;
    private final Kernels kernels;
    private final LoadProgress progress;

    WeightPacker(Arena arena, WeightSource source, MatrixQuantizer quantizer, Kernels kernels, LoadProgress progress) {
        this.arena = arena;
        this.source = source;
        this.quantizer = quantizer;
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
            return switch (source.matrix(ref, scratch)) {
                case StoredMatrix.Floats(RowTable table) -> packed(ref.tensor(), table);
                case StoredMatrix.Blocks(CodedRows rows) -> kernels.pack(rows, arena);
                case StoredMatrix.Channels(ChannelRows rows) -> kernels.pack(rows, arena);
            };
        }
    }

    private WeightMatrix packed(String tensor, RowTable table) {
        Optional<CodedRows> blocks = quantizer.blocks(tensor, table);
        if (blocks.isPresent()) {
            return kernels.pack(blocks.get(), arena);
        }
        Optional<ChannelRows> channels = quantizer.channels(tensor, table);
        return channels.isPresent() ? kernels.pack(channels.get(), arena) : kernels.pack(table, table.type(), arena);
    }

    /** An embedding by itself is only gathered from, so unquantized rows stay rows. */
    private GatherSource copied(MatrixRef ref) {
        try (Arena scratch = Arena.ofShared()) {
            return switch (source.matrix(ref, scratch)) {
                case StoredMatrix.Floats(RowTable table) -> copied(table);
                case StoredMatrix.Blocks(CodedRows rows) -> kernels.pack(rows, arena);
                case StoredMatrix.Channels(ChannelRows rows) -> kernels.pack(rows, arena);
            };
        }
    }

    private RowTable copied(RowTable table) {
        MemorySegment copy = arena.allocate(table.data().byteSize(), 64).copyFrom(table.data());
        return new RowTable(table.type(), copy, table.rows(), table.columns());
    }
}
