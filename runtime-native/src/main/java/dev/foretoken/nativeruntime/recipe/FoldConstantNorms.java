package dev.foretoken.nativeruntime.recipe;

import dev.foretoken.nativeruntime.plan.Head;
import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.Mixer;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.Norm;
import dev.foretoken.nativeruntime.plan.Sublayer;
import dev.foretoken.nativeruntime.plan.VectorRef;
import java.util.ArrayList;
import java.util.List;

/**
 * Folds norms of constant statistics into the maps behind them: {@code W (a x + c) + b = (W diag(a)) x + (W c + b)}, into every map that reads
 * the norm. The residual stream does not go through the norm and stays. The same function without norms.
 */
record FoldConstantNorms() implements Operation {

    static final String NAME = "fold-constant-norms";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Outcome apply(ModelPlan plan, NewNames names) {
        ModelPlan made = folded(plan, new Refit(names));
        int before = ConstantNorms.count(plan);
        int after = ConstantNorms.count(made);
        if (before == after) {
            throw Block.refused(NAME + " found no norm of constant statistics; constant-norms says which are");
        }
        return new Outcome(made, "folded %d of %d norms into weights".formatted(before - after, before));
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
        List<Sublayer> sublayers = new ArrayList<>();
        for (Sublayer sublayer : plan.sublayers()) {
            Norm norm = sublayer.normAt(Norm.Placement.INPUT);
            boolean folds = norm != null && norm.kind() == Norm.Kind.AFFINE;
            sublayers.add(folds ? folded("" + sublayers.size(), sublayer, norm, refit) : sublayer);
        }
        return new ModelPlan(
                plan.architecture(), plan.contextTokens(), plan.input(), sublayers, folded(plan.output(), refit));
    }

    private static Sublayer folded(String place, Sublayer sublayer, Norm norm, Refit refit) {
        List<Mixer> mixers = new ArrayList<>();
        for (Mixer mixer : sublayer.mixers()) {
            String where = mixers.isEmpty() ? place : place + "-" + mixers.size();
            mixers.add(MapEnds.reading(mixer, linear -> folded(where, linear, norm, refit)));
        }
        List<Norm> others =
                sublayer.norms().stream().filter(other -> !other.equals(norm)).toList();
        return new Sublayer(others, sublayer.residualScale(), mixers, sublayer.route());
    }

    private static Linear folded(String place, Linear linear, Norm norm, Refit refit) {
        Linear shifted = refit.shifted(place, linear, shift(norm));
        return refit.scaled(place, shifted, norm.weight());
    }

    private static VectorRef shift(Norm norm) {
        VectorRef shift = norm.bias();
        if (shift == null) {
            throw new IllegalStateException("a norm of constant statistics has a shift");
        }
        return shift;
    }

    private static Head folded(Head head, Refit refit) {
        Norm norm = head.norm();
        if (norm == null || norm.kind() != Norm.Kind.AFFINE) {
            return head;
        }
        Linear shifted = refit.shifted("head", new Linear(head.weight(), head.bias()), shift(norm));
        return new Head(
                null, refit.scaled("head", head.weight(), norm.weight()), shifted.bias(), head.scale(), head.softCap());
    }
}
