package dev.foretoken.nativeruntime.calibrate;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.BlockRange;
import dev.foretoken.nativeruntime.plan.Embedding;
import dev.foretoken.nativeruntime.plan.Head;
import dev.foretoken.nativeruntime.plan.KvSource;
import dev.foretoken.nativeruntime.plan.Mixer;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.Route;
import dev.foretoken.nativeruntime.plan.Sublayer;
import java.util.ArrayList;
import java.util.List;

/** One block of a model as a model of its own. */
final class BlockPlan {

    private BlockPlan() {}

    /**
     * The plan that goes from tokens through the first block.
     *
     * @throws ForetokenException MODEL_UNSUPPORTED as {@link #inner}
     */
    static ModelPlan first(ModelPlan plan) {
        return part(plan, BlockRange.of(plan).getFirst(), plan.input());
    }

    /**
     * The plan that takes hidden vectors through a block. Its vocabulary is one row, since no token is looked up.
     *
     * @throws ForetokenException MODEL_UNSUPPORTED where the block needs more than the hidden vectors before it
     */
    static ModelPlan inner(ModelPlan plan, BlockRange range) {
        return part(plan, range, Embedding.of(plan.embedding().rows(0, 1)));
    }

    /** No logits are computed, so the smallest head will do. */
    private static ModelPlan part(ModelPlan plan, BlockRange range, Embedding input) {
        int before = countAttentions(plan.sublayers().subList(0, range.first()));
        List<Sublayer> own = new ArrayList<>();
        int at = 0;
        for (Sublayer sublayer : range.sublayers(plan)) {
            if (!sublayer.route().equals(Route.RESIDUAL)) {
                throw refused(plan, "hands on more than the residual stream from block to block");
            }
            List<Mixer> mixers = new ArrayList<>();
            for (Mixer mixer : sublayer.mixers()) {
                mixers.add(mixer instanceof Attention attention ? alone(plan, attention, before, at++) : mixer);
            }
            own.add(new Sublayer(sublayer.norms(), sublayer.residualScale(), mixers));
        }
        Head head = new Head(null, plan.embedding().rows(0, 1), null, 1, 0);
        return new ModelPlan(plan.architecture(), plan.contextTokens(), input, own, head);
    }

    /** {@code before}: attentions of blocks before its own; {@code at}: its number in its own. */
    private static Attention alone(ModelPlan plan, Attention attention, int before, int at) {
        if (!attention.source().isOwn(before + at)) {
            throw refused(plan, "reads keys or values of another block");
        }
        return attention.withSource(KvSource.own(at));
    }

    private static int countAttentions(List<Sublayer> sublayers) {
        return (int) sublayers.stream()
                .flatMap(sublayer -> sublayer.mixers().stream())
                .filter(Attention.class::isInstance)
                .count();
    }

    private static ForetokenException refused(ModelPlan plan, String why) {
        return new ForetokenException(
                ErrorCode.MODEL_UNSUPPORTED,
                "This %s model %s, so its blocks cannot be changed one by one; supported are models whose blocks see the hidden vectors alone"
                        .formatted(plan.architecture(), why));
    }
}
