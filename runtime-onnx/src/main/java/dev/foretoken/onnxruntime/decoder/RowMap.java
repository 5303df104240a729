package dev.foretoken.onnxruntime.decoder;

import java.util.Arrays;
import java.util.List;

/**
 * Which physical row of the caches each slot has. Slots that run together are brought side by side by exchanging rows: when one joins or leaves,
 * and no row more often than once in a while, so that caches are never copied for every token.
 */
final class RowMap {

    /** Steps in which a row stays where it was put. */
    private static final int REST = 16;

    private final List<Caches> caches;
    private final int[] rowOf;
    private final int[] slotAt;
    private final int[] tokens;
    private final long[] movedIn;
    private final boolean[] wanted;
    private long step;

    RowMap(int slots, List<Caches> caches) {
        this.caches = caches;
        this.rowOf = new int[slots];
        this.slotAt = new int[slots];
        this.tokens = new int[slots];
        this.movedIn = new long[slots];
        this.wanted = new boolean[slots];
        for (int i = 0; i < slots; i++) {
            rowOf[i] = i;
            slotAt[i] = i;
            movedIn[i] = -REST;
        }
    }

    int rows() {
        return slotAt.length;
    }

    int row(int slot) {
        return rowOf[slot];
    }

    int slot(int row) {
        return slotAt[row];
    }

    /** Tokens in a slot's caches. */
    int tokens(int slot) {
        return tokens[slot];
    }

    void setTokens(int slot, int count) {
        tokens[slot] = count;
    }

    void nextStep() {
        step++;
    }

    /** Brings slots side by side; what may not move yet stays where it is. */
    void gather(int[] slots, int count) {
        for (int i = 0; i < count; i++) {
            wanted[rowOf[slots[i]]] = true;
        }
        int first = bestWindow(count);
        int hole = first;
        for (int row = 0; row < wanted.length; row++) {
            boolean inside = row >= first && row < first + count;
            if (wanted[row] && !inside && mayMove(slotAt[row])) {
                while (wanted[hole]) {
                    hole++;
                }
                exchange(row, hole);
                wanted[hole] = true;
                wanted[row] = false;
            }
        }
        Arrays.fill(wanted, false);
    }

    /** First row of the {@code count} rows in which the most wanted ones are already. */
    private int bestWindow(int count) {
        int inside = 0;
        int best = -1;
        int first = 0;
        for (int end = 1; end <= wanted.length; end++) {
            inside += wanted[end - 1] ? 1 : 0;
            inside -= end > count && wanted[end - 1 - count] ? 1 : 0;
            if (end >= count && inside > best) {
                best = inside;
                first = end - count;
            }
        }
        return first;
    }

    private boolean mayMove(int slot) {
        return tokens[slot] == 0 || step - movedIn[slot] >= REST;
    }

    private void exchange(int row, int other) {
        int slot = slotAt[row];
        int otherSlot = slotAt[other];
        for (Caches each : caches) {
            each.exchange(row, tokens[slot], other, tokens[otherSlot]);
        }
        slotAt[row] = otherSlot;
        slotAt[other] = slot;
        rowOf[slot] = other;
        rowOf[otherSlot] = row;
        movedIn[slot] = step;
    }
}
