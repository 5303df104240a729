package dev.foretoken.nativeruntime.cache;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.CacheKind;
import dev.foretoken.contract.runtime.CacheSpec;
import dev.foretoken.nativeruntime.kernels.layout.KvFormat;
import dev.foretoken.nativeruntime.kernels.layout.KvType;
import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.HeadLayout;
import dev.foretoken.nativeruntime.plan.KvSource;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which cache each attention of a plan uses. Attentions whose K and V are kept for one window share a kind, and with it their block tables; full
 * attention is kind 0 where there is one, windows follow in ascending order.
 *
 * @param kindOf kind of each attention
 * @param formats how the blocks that each attention reads lie in memory
 * @param sources whose K and V each attention reads
 * @param stored what each attention stores
 */
public record KvLayout(
        CacheSpec spec, List<Integer> kindOf, List<KvFormat> formats, List<KvSource> sources, List<Stored> stored) {

    /** Bytes of a block that one attention stores of its own; 0 where it reads another's. */
    public record Stored(long keyBytes, long valueBytes) {
        static Stored of(KvFormat format, KvSource source, int index) {
            return new Stored(
                    source.ownsKeys(index) ? format.keyBlockBytes() : 0,
                    source.ownsValues(index) ? format.valueBlockBytes() : 0);
        }

        boolean any() {
            return keyBytes + valueBytes > 0;
        }
    }

    /** Tokens per block: small enough for prefix sharing, and a divisor of the kernels' softmax tile. */
    public static final int BLOCK_TOKENS = 32;

    public KvLayout {
        kindOf = List.copyOf(kindOf);
        formats = List.copyOf(formats);
        sources = List.copyOf(sources);
        stored = List.copyOf(stored);
    }

    public static KvLayout of(ModelPlan plan, KvType type) {
        List<Attention> attentions = plan.attentions();
        List<Integer> kept = attentions.stream()
                .map(attention -> attentions.get(attention.source().keys()).window())
                .toList();
        List<Integer> windows = kept.stream().distinct().sorted().toList();
        List<Integer> kindOf = new ArrayList<>();
        List<KvFormat> formats = new ArrayList<>();
        List<Stored> stored = new ArrayList<>();
        for (int i = 0; i < attentions.size(); i++) {
            Attention attention = attentions.get(i);
            HeadLayout heads = attention.layout();
            kindOf.add(windows.indexOf(kept.get(i)));
            formats.add(format(type, heads));
            stored.add(Stored.of(formats.get(i), attention.source(), i));
        }
        List<CacheKind> kinds = new ArrayList<>();
        for (int kind = 0; kind < windows.size(); kind++) {
            kinds.add(kind(windows.get(kind), ownersOf(kind, kindOf, stored), stored));
        }
        List<KvSource> sources = attentions.stream().map(Attention::source).toList();
        return new KvLayout(new CacheSpec(kinds, BLOCK_TOKENS, 1), kindOf, formats, sources, stored);
    }

    private static KvFormat format(KvType type, HeadLayout heads) {
        if (heads.valueInKey() && type == KvType.INT8) {
            throw new ForetokenException(
                    ErrorCode.MODEL_UNSUPPORTED,
                    "A cache of latent vectors cannot be INT8; choose F32, BF16 or F16 for the KV cache");
        }
        return new KvFormat(type, BLOCK_TOKENS, heads.kvHeads(), heads.headDim(), heads.valueDim(), heads.valueInKey());
    }

    private static CacheKind kind(int window, List<Integer> owners, List<Stored> stored) {
        long keys = 0;
        long values = 0;
        for (int owner : owners) {
            keys += stored.get(owner).keyBytes() / BLOCK_TOKENS;
            values += stored.get(owner).valueBytes() / BLOCK_TOKENS;
        }
        return window == 0
                ? new CacheKind.PagedKv(owners.size(), keys, values)
                : new CacheKind.WindowedKv(owners.size(), keys, values, window);
    }

    /** Attentions that store anything, ascending. */
    public List<Integer> owners() {
        return IntStream.range(0, stored.size())
                .filter(index -> stored.get(index).any())
                .boxed()
                .toList();
    }

    /** Attentions that store anything in a kind. */
    public List<Integer> ownersOf(int kind) {
        return ownersOf(kind, kindOf, stored);
    }

    private static List<Integer> ownersOf(int kind, List<Integer> kindOf, List<Stored> stored) {
        return IntStream.range(0, stored.size())
                .filter(index -> stored.get(index).any() && kindOf.get(index) == kind)
                .boxed()
                .toList();
    }

    public int kinds() {
        return spec.kinds().size();
    }
}
