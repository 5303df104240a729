package dev.foretoken.nativeruntime.cache;

import dev.foretoken.contract.runtime.CacheKind;
import dev.foretoken.contract.runtime.CacheSpec;
import dev.foretoken.nativeruntime.kernels.layout.KvFormat;
import dev.foretoken.nativeruntime.kernels.layout.KvType;
import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.HeadLayout;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import java.util.ArrayList;
import java.util.List;

/**
 * Which cache each attention of a plan uses. Attentions of one window share a kind, and with it their block tables; full attention is kind
 * 0 where there is one, windows follow in ascending order.
 *
 * @param kindOf kind of each attention
 * @param formats how each attention's own blocks lie in memory
 * @param owners attentions that store K and V, ascending; the others read those of an owner
 */
public record KvLayout(CacheSpec spec, List<Integer> kindOf, List<KvFormat> formats, List<Integer> owners) {

    /** Tokens per block: small enough for prefix sharing, and a divisor of the kernels' softmax tile. */
    public static final int BLOCK_TOKENS = 32;

    public KvLayout {
        kindOf = List.copyOf(kindOf);
        formats = List.copyOf(formats);
        owners = List.copyOf(owners);
    }

    public static KvLayout of(ModelPlan plan, KvType type) {
        List<Attention> attentions = plan.attentions();
        List<Integer> windows =
                attentions.stream().map(Attention::window).distinct().sorted().toList();
        List<Integer> kindOf = new ArrayList<>();
        List<KvFormat> formats = new ArrayList<>();
        List<Integer> owners = new ArrayList<>();
        for (int i = 0; i < attentions.size(); i++) {
            Attention attention = attentions.get(i);
            HeadLayout heads = attention.layout();
            kindOf.add(windows.indexOf(attention.window()));
            formats.add(new KvFormat(type, BLOCK_TOKENS, heads.kvHeads(), heads.headDim(), heads.headDim()));
            if (attention.source().isOwn(i)) {
                owners.add(i);
            }
        }
        List<CacheKind> kinds = new ArrayList<>();
        for (int kind = 0; kind < windows.size(); kind++) {
            kinds.add(kind(windows.get(kind), ownersOf(kind, kindOf, owners), formats));
        }
        return new KvLayout(new CacheSpec(kinds, BLOCK_TOKENS, 1), kindOf, formats, owners);
    }

    private static CacheKind kind(int window, List<Integer> owners, List<KvFormat> formats) {
        long keys = 0;
        long values = 0;
        for (int owner : owners) {
            keys += formats.get(owner).keyBlockBytes() / BLOCK_TOKENS;
            values += formats.get(owner).valueBlockBytes() / BLOCK_TOKENS;
        }
        return window == 0
                ? new CacheKind.PagedKv(owners.size(), keys, values)
                : new CacheKind.WindowedKv(owners.size(), keys, values, window);
    }

    /** Attentions that store K and V in a kind. */
    public List<Integer> ownersOf(int kind) {
        return ownersOf(kind, kindOf, owners);
    }

    private static List<Integer> ownersOf(int kind, List<Integer> kindOf, List<Integer> owners) {
        return owners.stream().filter(owner -> kindOf.get(owner) == kind).toList();
    }

    public int kinds() {
        return spec.kinds().size();
    }
}
