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
 * How a number of bytes is divided over the cache kinds of a model.
 *
 * @param sequences running sequences to provide for
 * @param stepTokens most tokens of one step
 * @param drafted sequences that are drafted ahead at a time; 0 = the draft part is not used
 */
public record CacheSizing(ModelShape shape, int sequences, int stepTokens, int drafted) {

    /** Tokens that are provided for when nobody says how many bytes: enough for good batches, not for every sequence's worst case. */
    private static final int AMPLE_TOKENS = 1 << 16;

    /** Without a draft part. */
    public CacheSizing(ModelShape shape, int sequences, int stepTokens) {
        this(shape, sequences, stepTokens, 0);
    }

    /**
     * The base part's units for {@code running} sequences that together have {@code tokens} tokens, and the draft part's for those of them that
     * are drafted; other parts get none.
     */
    private CacheReservation units(int running, long tokens) {
        List<List<Integer>> units = new ArrayList<>();
        for (PartShape part : shape.parts()) {
            int users = switch (part.role()) {
                case BASE -> running;
                case AUXILIARY -> 0;
                case DRAFT -> Math.min(running, drafted);
            };
            long most = Math.min(tokens, (long) users * shape.contextTokens());
            units.add(units(part.caches(), users, part.role() == PartShape.Role.BASE ? tokens : most));
        }
        return new CacheReservation(units, drafted > 0 && shape.base().caches().hasState() ? running : 0);
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

    /** What is reserved when bytes are not given: room for ample tokens, within {@code limit} bytes. */
    public CacheReservation ample(long limit) {
        return within(limit, Math.min((long) sequences * shape.contextTokens(), AMPLE_TOKENS));
    }

    /** The largest reservation of at most {@code limit} bytes. */
    public CacheReservation filling(long limit) {
        return within(limit, (long) sequences * shape.contextTokens());
    }

    private CacheReservation within(long limit, long mostTokens) {
        for (int running = sequences; running >= 1; running /= 2) {
            long least = shape.contextTokens();
            if (bytes(running, least) <= limit) {
                return units(running, mostThatFits(running, least, Math.max(least, mostTokens), limit));
            }
        }
        throw new ForetokenException(
                ErrorCode.INSUFFICIENT_MEMORY,
                "the cache of one sequence of " + shape.contextTokens() + " tokens needs "
                        + bytes(1, shape.contextTokens()) + " bytes, but " + limit
                        + " are left for it; lower max-context-tokens or give more memory");
    }

    private long mostThatFits(int running, long least, long most, long limit) {
        long low = least;
        long high = most;
        while (low < high) {
            long middle = (low + high + 1) / 2;
            if (bytes(running, middle) <= limit) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    private long bytes(int running, long tokens) {
        return units(running, tokens).bytes(shape);
    }
}
