package dev.foretoken.scheduler.blocks;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.CacheKind;
import dev.foretoken.contract.runtime.CacheReservation;
import dev.foretoken.contract.runtime.CacheSpec;
import dev.foretoken.contract.runtime.ModelShape;
import dev.foretoken.contract.runtime.PartShape;
import java.util.ArrayList;
import java.util.List;

/**
 * How a number of bytes is divided over the cache kinds of a model. In this order: one sequence of the whole context; kept copies of recurrent
 * states, a quarter unless their bytes are given; as many slots as leave each its usual tokens of K and V; K and V; and what is left then,
 * with a model that has little or no K and V, for more copies.
 *
 * @param sequences running sequences to provide for
 * @param stepTokens most tokens of one step
 * @param drafted sequences that are drafted ahead at a time; 0 = none
 */
public record CacheSizing(ModelShape shape, int sequences, int stepTokens, int drafted, CheckpointBudget checkpoints) {

    /** Tokens that are provided for when nobody says how many bytes: enough for good batches, not for every sequence's worst case. */
    private static final int AMPLE_TOKENS = 1 << 16;

    /** What a sequence is expected to need of the context, where slots and K and V compete. */
    private static final int USUAL_TOKENS = 1024;

    /** Prompts that an auxiliary has room for: it takes one after the other, and forgets each when it is done. */
    private static final int PREDICTED_AT_A_TIME = 2;

    /** Share of a cache that is for kept copies of states. */
    private static final int CHECKPOINT_SHARE = 4;

    private static final int MOST_CHECKPOINTS = 1 << 16;

    /** Without drafts and kept states. */
    public CacheSizing(ModelShape shape, int sequences, int stepTokens) {
        this(shape, sequences, stepTokens, 0, CheckpointBudget.NONE);
    }

    /**
     * The base part's units for {@code running} sequences that together have {@code tokens} tokens, the draft part's for those of them that
     * are drafted, and the auxiliary's for a few prompts. With {@code kept} copies of states to be found again, and those that proposals need.
     */
    private CacheReservation units(int running, long tokens, long kept) {
        List<List<Integer>> units = new ArrayList<>();
        for (PartShape part : shape.parts()) {
            int users = switch (part.role()) {
                case BASE -> running;
                case AUXILIARY -> Math.min(running, PREDICTED_AT_A_TIME);
                case DRAFT -> Math.min(running, drafted);
            };
            long most = Math.min(tokens, (long) users * shape.contextTokens());
            units.add(units(part.caches(), users, part.role() == PartShape.Role.BASE ? tokens : most));
        }
        int rollbacks = checkpointBytes() > 0 ? Math.min(running, drafted) : 0;
        return new CacheReservation(units, Math.toIntExact(kept + rollbacks));
    }

    private List<Integer> units(CacheSpec spec, int users, long tokens) {
        List<Integer> kinds = new ArrayList<>();
        for (int kind = 0; kind < spec.kinds().size(); kind++) {
            kinds.add(users == 0 ? 0 : units(spec, kind, users, tokens));
        }
        return kinds;
    }

    private int units(CacheSpec spec, int kind, int running, long tokens) {
        long blocks = Math.ceilDiv(tokens, spec.blockTokens());
        int context = shape.contextTokens();
        return Math.toIntExact(
                switch (spec.kinds().get(kind)) {
                    case CacheKind.PagedKv k -> Math.max(blocks, spec.unitsFor(kind, context, stepTokens));
                    case CacheKind.WindowedKv k ->
                        Math.max(
                                Math.min(blocks, (long) running * spec.unitsFor(kind, context, 1)),
                                spec.unitsFor(kind, context, stepTokens));
                    case CacheKind.ContiguousSlot k -> (long) running;
                    case CacheKind.RecurrentState k -> (long) running;
                });
    }

    /** What is reserved when bytes are not given: room for ample tokens and two copies of states per sequence at most, within {@code limit} bytes. */
    public CacheReservation ample(long limit) {
        return within(limit, Math.min((long) sequences * shape.contextTokens(), AMPLE_TOKENS), 2L * sequences, false);
    }

    /** Bytes of the smallest reservation: one sequence of the whole context, and copies of states that were asked for in bytes. */
    public long leastBytes() {
        return bytes(1, shape.contextTokens(), checkpoints.bytes() > 0 ? kept(checkpoints.bytes(), 0) : 0);
    }

    /** The largest reservation of at most {@code limit} bytes. */
    public CacheReservation filling(long limit) {
        return within(limit, (long) sequences * shape.contextTokens(), MOST_CHECKPOINTS, true);
    }

    /** {@code all}: what nothing else needs is for copies of states. */
    private CacheReservation within(long limit, long mostTokens, long mostKept, boolean all) {
        long least = shape.contextTokens();
        long most = Math.max(least, mostTokens);
        long kept = kept(limit, mostKept);
        int running = mostRunning(kept, limit);
        if (running == 0) {
            throw tooSmall(limit, kept);
        }
        long tokens = mostThatFits(running, least, most, kept, limit);
        boolean more = all && tokens == most && kept > 0 && checkpoints.bytes() == 0;
        return units(running, tokens, more ? fitting(running, tokens, limit, mostKept) : kept);
    }

    /** Copies to keep before anything but one sequence has got its share. */
    private long kept(long limit, long most) {
        if (checkpointBytes() == 0 || !checkpoints.kept()) {
            return 0;
        }
        if (checkpoints.bytes() > 0) {
            return Math.min(MOST_CHECKPOINTS, checkpoints.bytes() / checkpointBytes());
        }
        long share = Math.min(most, limit / CHECKPOINT_SHARE / checkpointBytes());
        return Math.min(share, fitting(1, shape.contextTokens(), limit, most));
    }

    /** Copies that fit beside {@code running} sequences of {@code tokens} tokens. */
    private long fitting(int running, long tokens, long limit, long most) {
        long left = limit - bytes(running, tokens, 0);
        return Math.clamp(left / checkpointBytes(), 0, most);
    }

    /** Slots are for sequences that can also have K and V; without slots every running sequence is provided for. */
    private int mostRunning(long kept, long limit) {
        int running = sequences;
        while (running > 0 && bytes(running, usualTokens(running), kept) > limit) {
            running--;
        }
        return running;
    }

    private long usualTokens(int running) {
        int context = shape.contextTokens();
        boolean slots = !shape.base().caches().kinds().stream().allMatch(CacheKind::paged);
        long usual = slots ? (long) running * Math.min(USUAL_TOKENS, Math.max(1, context / 4)) : 0;
        return Math.max(context, usual);
    }

    private long mostThatFits(int running, long least, long most, long kept, long limit) {
        long low = least;
        long high = most;
        while (low < high) {
            long middle = (low + high + 1) / 2;
            if (bytes(running, middle, kept) <= limit) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    private long checkpointBytes() {
        return shape.base().caches().checkpointBytes();
    }

    private long bytes(int running, long tokens, long kept) {
        return units(running, tokens, kept).bytes(shape);
    }

    private ForetokenException tooSmall(long limit, long kept) {
        String copies = kept == 0 ? "" : " and " + kept + " kept copies of its states";
        return new ForetokenException(
                ErrorCode.INSUFFICIENT_MEMORY,
                "the cache of one sequence of " + shape.contextTokens() + " tokens" + copies + " needs "
                        + bytes(1, shape.contextTokens(), kept) + " bytes, but " + limit
                        + " are left for it; lower max-context-tokens" + (kept == 0 ? "" : " or checkpoint-bytes")
                        + " or give more memory");
    }
}
