package dev.foretoken.nativeruntime.calibrate;

import dev.foretoken.nativeruntime.exec.ActivationTap;
import dev.foretoken.nativeruntime.plan.BlockRange;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.weights.ChangedWeights;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes sequences through a model one block after the other, so that a block can be changed by what reaches it from the changed blocks before
 * it. Holds the hidden vectors between two blocks and nothing else of a sequence.
 */
public final class BlockWalk implements AutoCloseable {

    /** Told after every sequence. */
    @FunctionalInterface
    public interface Progress {
        /** {@code done} of {@code total} tokens of the block. */
        void update(long done, long total);
    }

    private final ModelPlan plan;
    private final List<BlockRange> blocks;
    private final ChangedWeights weights;
    private final int threads;
    private final Arena arena = Arena.ofShared();
    private final List<MemorySegment> hidden = new ArrayList<>();
    private final List<Integer> lengths = new ArrayList<>();
    private final long total;
    private int next;

    private BlockWalk(ModelPlan plan, ChangedWeights weights, List<int[]> sequences, int threads) {
        this.plan = plan;
        this.blocks = BlockRange.of(plan);
        this.weights = weights;
        this.threads = threads;
        for (int[] sequence : sequences) {
            lengths.add(sequence.length);
            hidden.add(arena.allocate((long) sequence.length * plan.hiddenSize() * Float.BYTES, 64));
        }
        this.total = lengths.stream().mapToLong(Integer::longValue).sum();
    }

    /**
     * Stands before the first block with what the embedding makes of every sequence.
     *
     * @param weights may be changed between two calls
     * @param sequences none of them empty
     * @throws dev.foretoken.contract.ForetokenException MODEL_UNSUPPORTED where a block needs more than the hidden vectors before it
     */
    public static BlockWalk begin(ModelPlan plan, ChangedWeights weights, List<int[]> sequences, int threads) {
        BlockWalk walk = new BlockWalk(plan, weights, sequences, threads);
        try {
            for (BlockRange range : walk.blocks) {
                BlockPlan.inner(plan, range);
            }
            walk.embed(sequences);
            return walk;
        } catch (RuntimeException | Error e) {
            walk.close();
            throw e;
        }
    }

    private void embed(List<int[]> sequences) {
        Keeper keeper = new Keeper(0);
        try (Calibration first = Calibration.open(BlockPlan.first(plan), weights, longest(), threads, keeper)) {
            for (int i = 0; i < sequences.size(); i++) {
                keeper.into(hidden.get(i));
                first.run(sequences.get(i));
            }
        }
    }

    private int longest() {
        return lengths.stream().mapToInt(Integer::intValue).max().orElse(1);
    }

    public List<BlockRange> blocks() {
        return blocks;
    }

    /** Tokens of all sequences. */
    public long tokens() {
        return total;
    }

    /** The block that it stands before; the number of blocks behind the last one. */
    public int next() {
        return next;
    }

    /** Computes the next block with the weights as they are, and stays before it. Attentions are numbered from 0 within the block. */
    public void look(ActivationTap tap, Progress progress) {
        run(tap, progress);
    }

    /** Computes the next block with the weights as they are, and stands behind it. */
    public void advance(Progress progress) {
        BlockRange range = blocks.get(next);
        run(new Keeper(range.end() - range.first()), progress);
        next++;
    }

    private void run(ActivationTap tap, Progress progress) {
        long done = 0;
        ModelPlan part = BlockPlan.inner(plan, blocks.get(next));
        try (Calibration block = Calibration.open(part, weights, longest(), threads, tap)) {
            for (int i = 0; i < hidden.size(); i++) {
                if (tap instanceof Keeper keeper) {
                    keeper.into(hidden.get(i));
                }
                block.run(hidden.get(i), lengths.get(i));
                done += lengths.get(i);
                progress.update(done, total);
            }
        }
    }

    @Override
    public void close() {
        arena.close();
    }

    /** Keeps the hidden vectors after so many sublayers. */
    private static final class Keeper implements ActivationTap {
        private final int sublayers;
        private MemorySegment target = MemorySegment.NULL;
        private long at;

        private Keeper(int sublayers) {
            this.sublayers = sublayers;
        }

        private void into(MemorySegment memory) {
            target = memory;
            at = 0;
        }

        @Override
        public void hidden(int after, Rows rows) {
            if (after == sublayers) {
                long bytes = (long) rows.count() * rows.width() * Float.BYTES;
                MemorySegment.copy(rows.data(), 0, target, at, bytes);
                at += bytes;
            }
        }
    }
}
