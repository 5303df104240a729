package dev.foretoken.contract.runtime;

import java.lang.foreign.MemorySegment;
import java.util.List;

/** Done between steps, in the order given. {@code part} and {@code kind} index {@link ModelShape#parts} and {@link CacheSpec#kinds}. */
public sealed interface CacheCommand {

    /** Copies one block, for a sequence that writes into a block others read. */
    record CopyBlock(int part, int kind, int from, int to) implements CacheCommand {}

    /** Makes a slot read as that of a sequence without tokens. */
    record ResetSlot(int part, int kind, int slot) implements CacheCommand {}

    /**
     * Keeps a copy of a slot's state under a checkpoint number of the caller's choice that names none yet, below {@link
     * CacheReservation#checkpoints}. Numbers of different kinds do not touch each other.
     */
    record SaveState(int part, int kind, int slot, int checkpoint) implements CacheCommand {}

    /** Makes a slot a copy of a checkpoint, as often as asked for. */
    record RestoreState(int part, int kind, int checkpoint, int slot) implements CacheCommand {}

    /** Ends what {@link SaveState} began; a number that names no checkpoint is left alone. */
    record DropState(int part, int kind, int checkpoint) implements CacheCommand {}

    /** Writes blocks to {@code target}: [blocks.size(), unitBytes], in the runtime's own layout; valid within one numericsId. */
    record ExportBlocks(int part, int kind, List<Integer> blocks, MemorySegment target) implements CacheCommand {}

    record ImportBlocks(int part, int kind, List<Integer> blocks, MemorySegment source) implements CacheCommand {}

    /**
     * Puts a LoRA adapter that {@link SequenceRuntime#openAdapter} read under a free number below {@link AdapterLimits#count}; rows name it by
     * that number.
     */
    record LoadAdapter(int adapter, AdapterWeights weights) implements CacheCommand {}

    /** Frees a number and what is under it; no row names it any more. */
    record UnloadAdapter(int adapter) implements CacheCommand {}
}
