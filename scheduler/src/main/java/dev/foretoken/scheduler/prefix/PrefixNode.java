package dev.foretoken.scheduler.prefix;

import dev.foretoken.contract.prefix.PrefixKey;
import dev.foretoken.contract.prefix.TokenChain;
import dev.foretoken.contract.runtime.StepPlan;
import java.util.Arrays;

/** One known block of tokens behind one known prefix, and the units that hold its K and V: one per base pool, or none. */
final class PrefixNode {

    final PrefixKey key;
    final PrefixKey parent;
    /** In its chain, from 0. */
    final int index;

    private final int[] tokens;
    private final int[] units;

    PrefixNode(TokenChain chain, int index, int pools) {
        this.key = chain.key(index);
        this.parent = chain.before(index);
        this.index = index;
        this.tokens = chain.copyBlock(index);
        this.units = new int[pools];
        Arrays.fill(units, StepPlan.NO_UNIT);
    }

    /** Whether this is really the block that the key stands for: equal hashes are not enough. */
    boolean matches(TokenChain chain, int index) {
        return parent.equals(chain.before(index)) && chain.equalsBlock(index, tokens);
    }

    int unit(int pool) {
        return units[pool];
    }

    boolean has(int pool) {
        return units[pool] != StepPlan.NO_UNIT;
    }

    void hold(int pool, int unit) {
        units[pool] = unit;
    }

    void drop(int pool) {
        units[pool] = StepPlan.NO_UNIT;
    }

    boolean isEmpty() {
        for (int unit : units) {
            if (unit != StepPlan.NO_UNIT) {
                return false;
            }
        }
        return true;
    }
}
