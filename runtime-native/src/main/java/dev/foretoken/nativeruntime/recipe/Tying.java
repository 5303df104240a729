package dev.foretoken.nativeruntime.recipe;

import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.Mixer;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.Sublayer;
import java.util.ArrayList;
import java.util.List;

/**
 * Computes one block with the weights of another: positions, windows and caches stay those of the block, everything that is read from files
 * comes from the other one, but for norms where they are kept.
 *
 * @param keepNorms whether norms of sublayers and of heads stay
 */
record Tying(ModelPlan plan, boolean keepNorms) {

    /** The sublayers of {@code block} with weights of {@code giver}. */
    List<Sublayer> tied(Block block, Block giver, String what) {
        if (block.end() - block.first() != giver.end() - giver.first()) {
            throw different(what);
        }
        List<Sublayer> made = new ArrayList<>();
        for (int i = 0; i < block.end() - block.first(); i++) {
            made.add(tied(
                    plan.sublayers().get(block.first() + i), plan.sublayers().get(giver.first() + i), what));
        }
        return made;
    }

    private Sublayer tied(Sublayer sublayer, Sublayer giver, String what) {
        if (sublayer.mixers().size() != giver.mixers().size()
                || !sublayer.route().equals(giver.route())) {
            throw different(what);
        }
        List<Mixer> mixers = new ArrayList<>();
        for (int i = 0; i < sublayer.mixers().size(); i++) {
            mixers.add(tied(sublayer.mixers().get(i), giver.mixers().get(i), what));
        }
        return new Sublayer(
                keepNorms ? sublayer.norms() : giver.norms(), sublayer.residualScale(), mixers, sublayer.route());
    }

    private Mixer tied(Mixer mixer, Mixer giver, String what) {
        if (!mixer.getClass().equals(giver.getClass())) {
            throw different(what);
        }
        if (!(mixer instanceof Attention attention) || !(giver instanceof Attention other)) {
            return giver;
        }
        if (!attention.layout().equals(other.layout())
                || (attention.headNorms() == null) != (other.headNorms() == null)) {
            throw different(what);
        }
        return new Attention(
                other.maps(),
                keepNorms ? attention.headNorms() : other.headNorms(),
                attention.layout(),
                new Attention.Scores(
                        attention.scores().scale(),
                        attention.scores().softCap(),
                        other.scores().sinks()),
                attention.rotary(),
                attention.window(),
                attention.source());
    }

    private static RuntimeException different(String what) {
        return Block.refused(what + " have other sublayers or heads, so neither can use the weights of the other");
    }
}
