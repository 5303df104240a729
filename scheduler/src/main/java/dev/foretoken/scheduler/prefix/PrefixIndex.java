package dev.foretoken.scheduler.prefix;

import dev.foretoken.contract.prefix.PrefixKey;
import dev.foretoken.contract.prefix.PrefixParts;
import dev.foretoken.contract.prefix.TokenChain;
import dev.foretoken.scheduler.blocks.CachePools;
import dev.foretoken.scheduler.blocks.CheckpointPool;
import dev.foretoken.scheduler.blocks.KindPool;
import dev.foretoken.scheduler.blocks.SequenceCaches;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds blocks by what they hold. A hit of n blocks needs every block of the paged kinds, of the windowed kinds those that the next position
 * can still see, and for models with states a checkpoint at its very end.
 */
public final class PrefixIndex {

    private final CachePools pools;
    private final int alignment;
    private final int blockTokens;
    private final PrefixHistory history;
    private final Map<PrefixKey, PrefixNode> nodes = new HashMap<>();
    private final @Nullable PrefixNode[][] nodeOfUnit;
    /** What a node can hold. */
    private final int kinds;

    private PrefixListener listener = PrefixListener.NONE;

    public PrefixIndex(CachePools pools, PrefixHistory history) {
        this.pools = pools;
        this.history = history;
        this.alignment = pools.get(0).spec().alignment();
        this.blockTokens = pools.get(0).spec().blockTokens();
        this.nodeOfUnit = new PrefixNode[pools.basePools()][];
        int parts = 0;
        for (int i = 0; i < pools.basePools(); i++) {
            int pool = i;
            parts |= part(i);
            nodeOfUnit[i] = new PrefixNode[pools.get(i).pool().units()];
            pools.get(i).pool().onEviction(unit -> history.evict(drop(pool, unit).key));
        }
        this.kinds = parts;
    }

    void listen(PrefixListener value) {
        listener = value;
    }

    void tell(PrefixListener other) {
        for (PrefixNode node : nodes.values()) {
            int held = parts(node);
            if (held != 0) {
                other.stored(node.key, node.parent, node.index, held);
            }
        }
    }

    /** What a unit of a pool is part of; 0 = of nothing that is found by blocks. */
    private int part(int pool) {
        KindPool kind = pools.get(pool);
        if (!kind.paged()) {
            return 0;
        }
        return kind.windowed() ? PrefixParts.WINDOWS : PrefixParts.BLOCKS;
    }

    /** What is held whole behind a node, in every kind that belongs to it. */
    private int parts(PrefixNode node) {
        int held = kinds;
        for (int i = 0; i < pools.basePools(); i++) {
            if (!node.has(i)) {
                held &= ~part(i);
            }
        }
        return held;
    }

    /** Known blocks. */
    public int size() {
        return nodes.size();
    }

    /**
     * Longest usable prefix in blocks.
     *
     * @param mostTokens the hit ends at or before this position: the last prompt token is always computed
     * @param states where the hit must end, or null for a model without states
     */
    public int find(TokenChain chain, int mostTokens, @Nullable CheckpointIndex states) {
        if (states != null && states.isEmpty()) {
            return 0;
        }
        int most = mostTokens / blockTokens;
        int present = 0;
        while (present < most && pagedKindsHold(chain, present)) {
            present++;
        }
        for (int blocks = present; blocks > 0; blocks--) {
            if (blocks * blockTokens % alignment == 0
                    && (states == null || states.find(chain, blocks) != CheckpointPool.NONE)
                    && windowsHold(chain, blocks)) {
                return blocks;
            }
        }
        return 0;
    }

    /** Makes {@code caches}, which holds nothing, a co-owner of the first {@code blocks} blocks, which {@link #find} has found. */
    public void adopt(TokenChain chain, int blocks, SequenceCaches caches) {
        for (int i = 0; i < pools.basePools(); i++) {
            int first = pools.get(i).firstBlock(blocks * blockTokens);
            caches.skipTo(i, first);
            for (int block = first; pools.get(i).paged() && block < blocks; block++) {
                PrefixNode node = nodes.get(chain.key(block));
                if (node == null) {
                    throw new IllegalStateException("block " + block + " vanished between find and adopt");
                }
                caches.adopt(i, node.unit(i));
            }
        }
    }

    /** Remembers that {@code caches} holds the finished block {@code index}. Where the block is known already, the older copy stays. */
    public void register(TokenChain chain, int index, SequenceCaches caches) {
        PrefixNode node = nodes.get(chain.key(index));
        if (node != null && !node.matches(chain, index)) {
            return;
        }
        if (node == null) {
            node = new PrefixNode(chain, index, pools.basePools());
            nodes.put(node.key, node);
            history.hold(node.key);
        }
        int before = parts(node);
        for (int i = 0; i < pools.basePools(); i++) {
            if (pools.get(i).paged() && !node.has(i) && index >= caches.table(i).first()) {
                int unit = caches.table(i).get(index);
                pools.get(i).pool().keep(unit);
                node.hold(i, unit);
                nodeOfUnit[i][unit] = node;
            }
        }
        if (node.isEmpty()) {
            nodes.remove(node.key);
        }
        int gained = parts(node) & ~before;
        if (gained != 0) {
            listener.stored(node.key, node.parent, index, gained);
        }
    }

    /** Forgets what the units that only {@code caches} owns hold: a failed step may have spoilt them. */
    public void forget(SequenceCaches caches) {
        for (int i = 0; i < pools.basePools(); i++) {
            for (int block = caches.table(i).first();
                    pools.get(i).paged() && block < caches.table(i).length();
                    block++) {
                int unit = caches.table(i).get(block);
                if (pools.get(i).pool().references(unit) == 1 && nodeOfUnit[i][unit] != null) {
                    pools.get(i).pool().forget(unit);
                    drop(i, unit);
                }
            }
        }
    }

    private boolean pagedKindsHold(TokenChain chain, int block) {
        PrefixNode node = nodes.get(chain.key(block));
        if (node != null && !node.matches(chain, block)) {
            return false;
        }
        for (int i = 0; i < pools.basePools(); i++) {
            KindPool kind = pools.get(i);
            if (kind.paged() && !kind.windowed() && (node == null || !node.has(i))) {
                return false;
            }
        }
        return true;
    }

    private boolean windowsHold(TokenChain chain, int blocks) {
        for (int i = 0; i < pools.basePools(); i++) {
            KindPool kind = pools.get(i);
            for (int block = kind.firstBlock(blocks * blockTokens); kind.windowed() && block < blocks; block++) {
                PrefixNode node = nodes.get(chain.key(block));
                if (node == null || !node.has(i)) {
                    return false;
                }
            }
        }
        return true;
    }

    private PrefixNode drop(int pool, int unit) {
        PrefixNode node = nodeOfUnit[pool][unit];
        if (node == null) {
            throw new IllegalStateException("unit " + unit + " of pool " + pool + " was kept without a node");
        }
        nodeOfUnit[pool][unit] = null;
        int before = parts(node);
        node.drop(pool);
        int lost = before & ~parts(node);
        if (lost != 0) {
            listener.removed(node.key, lost);
        }
        if (node.isEmpty()) {
            nodes.remove(node.key);
        }
        return node;
    }
}
