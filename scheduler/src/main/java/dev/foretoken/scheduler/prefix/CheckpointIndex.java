package dev.foretoken.scheduler.prefix;

import dev.foretoken.contract.prefix.PrefixKey;
import dev.foretoken.contract.prefix.PrefixParts;
import dev.foretoken.contract.prefix.TokenChain;
import dev.foretoken.scheduler.blocks.CheckpointPool;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds copies of recurrent states by the tokens that made them: the second index beside {@link PrefixIndex}, keyed by the same chain. */
public final class CheckpointIndex {

    private final CheckpointPool pool;
    private final PrefixHistory history;
    private final Map<PrefixKey, PrefixNode> nodes = new HashMap<>();
    private final @Nullable PrefixNode[] nodeOfNumber;
    private PrefixListener listener = PrefixListener.NONE;

    public CheckpointIndex(CheckpointPool pool, PrefixHistory history) {
        this.pool = pool;
        this.history = history;
        this.nodeOfNumber = new PrefixNode[pool.units()];
    }

    void listen(PrefixListener value) {
        listener = value;
    }

    void tell(PrefixListener other) {
        nodes.values().forEach(node -> other.stored(node.key, node.parent, node.index, PrefixParts.STATE));
    }

    public boolean isEmpty() {
        return nodes.isEmpty();
    }

    /** The checkpoint of the state behind the first {@code blocks} blocks of {@code chain}, or {@link CheckpointPool#NONE}. */
    public int find(TokenChain chain, int blocks) {
        PrefixNode node = nodes.get(chain.key(blocks - 1));
        return node == null || !node.matches(chain, blocks - 1) ? CheckpointPool.NONE : node.unit(0);
    }

    /**
     * Remembers that {@code number}, which has a user, is the state behind the first {@code blocks} blocks; false where one is known already.
     */
    public boolean add(TokenChain chain, int blocks, int number) {
        PrefixKey key = chain.key(blocks - 1);
        if (nodes.containsKey(key)) {
            return false;
        }
        PrefixNode node = new PrefixNode(chain, blocks - 1, 1);
        node.hold(0, number);
        nodes.put(key, node);
        nodeOfNumber[number] = node;
        pool.keep(number);
        history.hold(key);
        listener.stored(key, node.parent, node.index, PrefixParts.STATE);
        return true;
    }

    /** Forgets everything: the copies may not be what they should be. */
    public void forgetAll() {
        for (int number = 0; number < nodeOfNumber.length; number++) {
            if (nodeOfNumber[number] != null) {
                remove(number);
                pool.forget(number);
            }
        }
    }

    /** The pool gives {@code number} up. */
    public void evict(int number) {
        history.evict(remove(number).key);
    }

    private PrefixNode remove(int number) {
        PrefixNode node = nodeOfNumber[number];
        if (node == null) {
            throw new IllegalStateException("checkpoint " + number + " was kept without a prefix");
        }
        nodeOfNumber[number] = null;
        nodes.remove(node.key);
        listener.removed(node.key, PrefixParts.STATE);
        return node;
    }
}
