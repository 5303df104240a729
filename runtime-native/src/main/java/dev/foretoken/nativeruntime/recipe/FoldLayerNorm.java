package dev.foretoken.nativeruntime.recipe;

import dev.foretoken.nativeruntime.plan.Embedding;
import dev.foretoken.nativeruntime.plan.Head;
import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.Mixer;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.Norm;
import dev.foretoken.nativeruntime.plan.Route;
import dev.foretoken.nativeruntime.plan.Sublayer;
import dev.foretoken.nativeruntime.plan.VectorRef;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns LayerNorm into RMSNorm where norms are of inputs (Jiang 2023, Pre-RMSNorm): whatever is added to the residual stream has its mean taken
 * off when the weights are made, so that no norm has to. A norm's bias goes into the biases of the maps behind it. The same function; a tied
 * head is untied, since it must keep the table that is not centred.
 */
record FoldLayerNorm() implements Operation {

    static final String NAME = "fold-layer-norm";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Outcome apply(ModelPlan plan, NewNames names) {
        return new Outcome(
                folded(plan, new Refit(names)),
                "folded the means of %d LayerNorms into weights"
                        .formatted(plan.sublayers().size() + 1));
    }

    @Override
    public boolean keepsFunction() {
        return true;
    }

    @Override
    public List<Making> makings(ModelPlan plan, NewNames names) {
        Refit refit = new Refit(names);
        folded(plan, refit);
        return refit.makings();
    }

    private static ModelPlan folded(ModelPlan plan, Refit refit) {
        Embedding input = plan.input();
        MatrixRef positions = input.positions();
        Embedding centred = new Embedding(
                refit.centredRows(input.table()),
                input.scale(),
                positions == null ? null : refit.centredRows(positions));
        List<Sublayer> sublayers = new ArrayList<>();
        for (Sublayer sublayer : plan.sublayers()) {
            sublayers.add(folded("" + sublayers.size(), sublayer, refit));
        }
        return new ModelPlan(
                plan.architecture(), plan.contextTokens(), centred, sublayers, folded(plan.output(), refit));
    }

    private static Sublayer folded(String place, Sublayer sublayer, Refit refit) {
        Norm norm = sublayer.normAt(Norm.Placement.INPUT);
        if (sublayer.norms().size() != 1 || !sublayer.route().equals(Route.RESIDUAL)) {
            throw Block.refused(NAME + " needs one norm of the input of every sublayer");
        }
        requireLayerNorm(norm);
        VectorRef shift = norm.bias();
        List<Mixer> mixers = new ArrayList<>();
        for (Mixer mixer : sublayer.mixers()) {
            String where = mixers.isEmpty() ? place : place + "-" + mixers.size();
            Mixer read = shift == null ? mixer : MapEnds.reading(mixer, linear -> refit.shifted(where, linear, shift));
            mixers.add(MapEnds.writing(read, linear -> refit.centred(where, linear)));
        }
        return new Sublayer(List.of(withoutMean(norm)), sublayer.residualScale(), mixers, sublayer.route());
    }

    private static Head folded(Head head, Refit refit) {
        Norm norm = head.norm();
        requireLayerNorm(norm);
        VectorRef shift = norm.bias();
        VectorRef bias = head.bias();
        if (shift != null) {
            bias = refit.shifted("head", new Linear(head.weight(), head.bias()), shift)
                    .bias();
        }
        return new Head(withoutMean(norm), head.weight(), bias, head.scale(), head.softCap());
    }

    private static void requireLayerNorm(@Nullable Norm norm) {
        if (norm == null || norm.kind() != Norm.Kind.LAYER) {
            throw Block.refused(NAME + " needs LayerNorms everywhere, and this model has others");
        }
    }

    private static Norm withoutMean(Norm norm) {
        return new Norm(Norm.Kind.RMS, norm.placement(), norm.weight(), null, norm.epsilon());
    }
}
