package dev.foretoken.nativeruntime.compress;

import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.recipe.Block;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** Which block reads whose cache, and which blocks could. */
final class KvSharing {

    /** The higher block reads the lower one's cache. */
    record Pair(int higher, int lower) {}

    private final ModelPlan plan;
    /** Of blocks with one attention: its number. */
    private final Map<Integer, Integer> attentions = new TreeMap<>();

    private final Map<Integer, Integer> sources = new TreeMap<>();

    KvSharing(ModelPlan plan) {
        this.plan = plan;
        List<Block> blocks = Block.of(plan);
        int count = 0;
        for (int number = 0; number < blocks.size(); number++) {
            int before = count;
            count += (int) blocks.get(number).sublayers(plan).stream()
                    .flatMap(sublayer -> sublayer.mixers().stream())
                    .filter(Attention.class::isInstance)
                    .count();
            if (count == before + 1) {
                attentions.put(number, before);
            }
        }
    }

    int attention(int block) {
        return attentions.get(block);
    }

    /** Blocks that store K and V of their own, of one shape, seen through one window and turned alike. */
    List<Pair> pairs() {
        List<Pair> pairs = new ArrayList<>();
        for (int higher : attentions.keySet()) {
            for (int lower : attentions.keySet()) {
                if (lower < higher && alike(attentions.get(higher), attentions.get(lower))) {
                    pairs.add(new Pair(higher, lower));
                }
            }
        }
        return pairs;
    }

    private boolean alike(int one, int other) {
        Attention a = plan.attentions().get(one);
        Attention b = plan.attentions().get(other);
        boolean direct = a.maps() instanceof Attention.Direct && b.maps() instanceof Attention.Direct;
        return direct
                && a.source().isOwn(one)
                && b.source().isOwn(other)
                && a.layout().equals(b.layout())
                && a.window() == b.window()
                && Objects.equals(a.rotary(), b.rotary());
    }

    /** A block reads one cache. */
    boolean canShare(Pair pair) {
        return !sources.containsKey(pair.higher);
    }

    void share(Pair pair) {
        sources.put(pair.higher, pair.lower);
    }

    void unshare(Pair pair) {
        sources.remove(pair.higher);
    }

    int shared() {
        return sources.size();
    }

    /** As {@code kv-map} takes it, chains at their root. */
    String map() {
        List<Block> blocks = Block.of(plan);
        List<String> entries = new ArrayList<>();
        for (int block = 0; block < blocks.size(); block++) {
            entries.add(attentions.containsKey(block) ? String.valueOf(root(block)) : "-");
        }
        return String.join("_", entries);
    }

    private int root(int block) {
        int at = block;
        while (sources.containsKey(at)) {
            at = sources.get(at);
        }
        return at;
    }
}
