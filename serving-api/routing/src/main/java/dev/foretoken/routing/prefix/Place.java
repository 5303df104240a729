package dev.foretoken.routing.prefix;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The endpoints at one key. Every change and every look is short, however many they are. */
final class Place {

    private @Nullable HeldBlock[] ending = new HeldBlock[1];
    private int endings;
    private int reaching;
    private boolean over;

    /** A block at this key is, or is not any more, reached and an end. Returns whether it could be: where all have left nobody comes any more. */
    synchronized boolean settle(HeldBlock block, boolean reached, boolean ends) {
        if (over) {
            return false;
        }
        reaching += (reached ? 1 : 0) - (block.reached ? 1 : 0);
        if (ends && !block.ends) {
            add(block);
        } else if (!ends && block.ends) {
            remove(block);
        }
        block.reached = reached;
        block.ends = ends;
        over = reaching == 0 && endings == 0;
        return true;
    }

    private void add(HeldBlock block) {
        if (endings == ending.length) {
            ending = Arrays.copyOf(ending, 2 * endings);
        }
        block.slot = endings;
        ending[endings++] = block;
    }

    private void remove(HeldBlock block) {
        HeldBlock last = ending[--endings];
        ending[endings] = null;
        if (last != null && last != block) {
            ending[block.slot] = last;
            last.slot = block.slot;
        }
    }

    synchronized boolean isReached() {
        return reaching > 0;
    }

    /** Whether the last block has left. */
    synchronized boolean isOver() {
        return over;
    }

    /** Adds endpoints where a hit can end here to {@code found} until those are {@code most}; {@code draw} says with which to begin. */
    synchronized void collect(int blocks, int most, long draw, List<Holder> found) {
        int first = endings == 0 ? 0 : (int) Long.remainderUnsigned(draw, endings);
        for (int i = 0; i < endings && found.size() < most; i++) {
            HeldBlock block = ending[first + i < endings ? first + i : first + i - endings];
            if (block != null && !isAmong(found, block.endpoint.name())) {
                found.add(new Holder(block.endpoint.name(), blocks));
            }
        }
    }

    /** A loop, for this is asked for every holder of every choice. */
    private static boolean isAmong(List<Holder> holders, String endpoint) {
        for (Holder holder : holders) {
            if (holder.endpoint().equals(endpoint)) {
                return true;
            }
        }
        return false;
    }
}
