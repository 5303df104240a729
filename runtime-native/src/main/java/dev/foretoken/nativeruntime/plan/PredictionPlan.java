package dev.foretoken.nativeruntime.plan;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which attentions of a base get their K and V from which of an auxiliary (Horton 2024).
 *
 * @param auxiliary cut behind its last attention that anything is predicted from, which is all that its last sublayer has
 * @param layers of the base that own K and V, in order
 */
public record PredictionPlan(ModelPlan auxiliary, List<Layer> layers) {

    /**
     * One layer's maps.
     *
     * @param base index of the attention in {@link ModelPlan#attentions}
     * @param auxiliary index of the attention it is predicted from
     * @param made heads of the base's
     * @param read heads of the auxiliary's
     */
    public record Layer(int base, int auxiliary, HeadLayout made, HeadLayout read) {}

    public PredictionPlan {
        layers = List.copyOf(layers);
    }

    /**
     * Checks and cuts.
     *
     * @param auxiliary the whole model
     * @param map for every attention of the base that owns K and V, a number among those of the auxiliary that do
     * @throws ForetokenException MODEL_UNSUPPORTED for a model whose K and V cannot be predicted, CONFIG_INVALID for a map that does not fit
     */
    public static PredictionPlan of(ModelPlan base, ModelPlan auxiliary, List<Integer> map) {
        requirePredictable(base);
        List<Integer> made = owners(base, "base");
        List<Integer> sources = owners(auxiliary, "auxiliary");
        require(
                map.size() == made.size(),
                "the map has %d entries, the base has %d attentions that own K and V",
                map.size(),
                made.size());
        int last = map.getLast();
        require(
                map.stream().allMatch(number -> number < sources.size()),
                "the map names attention %d, the auxiliary has %d that own K and V",
                last,
                sources.size());
        ModelPlan cut = cut(auxiliary, sources.get(last));
        requirePredictable(cut);
        requireSameTokens(base, auxiliary);
        List<Layer> layers = new ArrayList<>();
        for (int i = 0; i < map.size(); i++) {
            int from = sources.get(map.get(i));
            layers.add(new Layer(
                    made.get(i),
                    from,
                    base.attentions().get(made.get(i)).layout(),
                    auxiliary.attentions().get(from).layout()));
        }
        return new PredictionPlan(cut, layers);
    }

    /** What of the auxiliary keeps K and V: its last attention is never read, but an auxiliary of one attention keeps those all the same. */
    public ModelPlan kept() {
        List<Sublayer> read =
                auxiliary.sublayers().subList(0, auxiliary.sublayers().size() - 1);
        ModelPlan cut = auxiliary.withSublayers(read);
        return cut.attentions().isEmpty() ? auxiliary : cut;
    }

    private static void requireSameTokens(ModelPlan base, ModelPlan auxiliary) {
        require(
                auxiliary.vocabularySize() == base.vocabularySize(),
                "the auxiliary has a vocabulary of %d tokens, the base has %d",
                auxiliary.vocabularySize(),
                base.vocabularySize());
        require(
                auxiliary.contextTokens() >= base.contextTokens(),
                "the auxiliary has a context of %d tokens, the base has %d",
                auxiliary.contextTokens(),
                base.contextTokens());
    }

    private static void requirePredictable(ModelPlan plan) {
        if (!plan.recurrents().isEmpty()) {
            throw unsupported(plan, "carries a recurrent state, which no map of K and V fills");
        }
        for (Attention attention : plan.attentions()) {
            if (!(attention.maps() instanceof Attention.Direct)) {
                throw unsupported(plan, "stores latent vectors, which are no K and V of heads");
            }
        }
    }

    /**
     * Attentions that own both K and V, in order; others read what these store.
     *
     * @param what it is, for the message
     */
    private static List<Integer> owners(ModelPlan plan, String what) {
        List<Attention> all = plan.attentions();
        List<Integer> owners = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            KvSource source = all.get(i).source();
            if (source.isOwn(i)) {
                owners.add(i);
            } else if (source.ownsKeys(i) || source.ownsValues(i)) {
                throw unsupported(plan, "is the %s, and its attention %d owns only one of K and V".formatted(what, i));
            }
        }
        require(!owners.isEmpty(), "the %s has %d attentions that own K and V", what, 0);
        return owners;
    }

    /** Without what is behind an attention, and without what is beside it in its sublayer. */
    private static ModelPlan cut(ModelPlan plan, int attention) {
        List<Sublayer> kept = new ArrayList<>();
        int seen = 0;
        for (Sublayer sublayer : plan.sublayers()) {
            List<Mixer> own = sublayer.mixers().stream()
                    .filter(Attention.class::isInstance)
                    .toList();
            seen += own.size();
            if (seen > attention) {
                require(own.size() == 1, "a sublayer of the auxiliary has %d attentions, must be %d", own.size(), 1);
                kept.add(new Sublayer(sublayer.norms(), sublayer.residualScale(), own, sublayer.route()));
                break;
            }
            kept.add(sublayer);
        }
        ModelPlan cut = plan.withSublayers(kept);
        List<Attention> all = cut.attentions();
        boolean closed = IntStream.range(0, all.size())
                .allMatch(i ->
                        all.get(i).source().keys() <= i && all.get(i).source().values() <= i);
        if (!closed) {
            throw unsupported(
                    plan,
                    "is the auxiliary and reads K or V of later layers, so that its prompt cannot be computed in one pass");
        }
        return cut;
    }

    private static void require(boolean holds, String message, Object... found) {
        if (!holds) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID, "The prediction does not fit its models: " + message.formatted(found));
        }
    }

    private static ForetokenException unsupported(ModelPlan plan, String why) {
        return new ForetokenException(
                ErrorCode.MODEL_UNSUPPORTED,
                "K and V cannot be predicted: the %s model %s; supported are models of ordinary attention"
                        .formatted(plan.architecture(), why));
    }
}
