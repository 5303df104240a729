package dev.foretoken.nativeruntime.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class PlanValidatorTest {

    private static final int HIDDEN = 8;
    private static final HeadLayout LAYOUT = new HeadLayout(2, 1, 4);
    private static final RotarySettings ROTARY = new RotarySettings(4, 10000, new RotaryScaling.None());

    private static Linear linear(String name, int rows, int columns) {
        return new Linear(new MatrixRef(name, rows, columns), null);
    }

    private static Norm norm(String name) {
        return Norm.rms(new VectorRef(name, HIDDEN), 1e-5f);
    }

    private static Attention attention(int index) {
        String name = "attention" + index;
        Attention.Direct maps = new Attention.Direct(
                linear(name + "q", 8, HIDDEN),
                linear(name + "k", 4, HIDDEN),
                linear(name + "v", 4, HIDDEN),
                linear(name + "o", HIDDEN, 8));
        return new Attention(maps, null, LAYOUT, ROTARY, 0, KvSource.own(index));
    }

    private static Mlp mlp(int inner, int downInputs) {
        return new Mlp(
                linear("gate", inner, HIDDEN),
                linear("up", inner, HIDDEN),
                linear("down", HIDDEN, downInputs),
                Activation.SILU);
    }

    private static ModelPlan plan(Mixer... mixers) {
        MatrixRef table = new MatrixRef("table", 10, HIDDEN);
        List<Sublayer> sublayers =
                Stream.of(mixers).map(mixer -> Sublayer.of(norm("in"), mixer)).toList();
        return new ModelPlan("test", 16, table, sublayers, norm("final"), table);
    }

    private static void requireRefused(ModelPlan plan, String part) {
        assertThatThrownBy(() -> PlanValidator.validated(plan)).hasMessageContaining(part);
    }

    @Test
    void acceptsASoundPlan() {
        ModelPlan plan = plan(attention(0), mlp(12, 12), attention(1));
        assertThat(PlanValidator.validated(plan)).isSameAs(plan);
    }

    @Test
    void acceptsSharedKeysAndValuesAndRepeatedWeights() {
        Attention first = attention(0);
        Attention looped = first.withSource(new KvSource(1, 1));
        Attention reader = attention(2).withSource(new KvSource(0, 0));
        assertThat(PlanValidator.validated(plan(first, looped, reader)).attentions())
                .hasSize(3);
    }

    @Test
    void acceptsKeysAndValuesOfLaterAttentionsWhereNoneAreStored() {
        ModelPlan above = plan(attention(0).withSource(new KvSource(1, 1)), attention(1), attention(2));
        assertThat(PlanValidator.validated(above).isSequential()).isTrue();
        assertThat(plan(attention(0), attention(1).withSource(new KvSource(0, 0)))
                        .isSequential())
                .isFalse();
        requireRefused(plan(attention(0).withSource(new KvSource(0, 1)), attention(1)), "must store neither");
        requireRefused(plan(attention(0).withSource(new KvSource(1, 0)), attention(1)), "must store neither");
        requireRefused(
                plan(attention(0).withSource(new KvSource(1, 1)).withWindow(1), attention(1)), "must be 2 or more");
    }

    @Test
    void acceptsKeysAndValuesOfDifferentAttentions() {
        ModelPlan plan = plan(attention(0), attention(1), attention(2).withSource(new KvSource(1, 0)));
        assertThat(PlanValidator.validated(plan)).isSameAs(plan);
    }

    @Test
    void refusesToStoreWhatNoMapMakes() {
        Attention silent = attention(0);
        requireRefused(plan(silent.withMaps(silent.direct().making(false, true))), "stores K and has no map");
        requireRefused(plan(silent.withMaps(silent.direct().making(true, false))), "stores V and has no map");
    }

    @Test
    void refusesSourcesThatAreNotThere() {
        requireRefused(plan(attention(0).withSource(new KvSource(2, 2)), attention(1)), "must be one of 2");
        requireRefused(plan(attention(0), attention(1).withSource(new KvSource(-1, -1))), "must be one of 2");
        requireRefused(
                plan(
                        attention(0),
                        attention(1).withSource(new KvSource(0, 0)),
                        attention(2).withSource(new KvSource(1, 1))),
                "which stores none");
    }

    @Test
    void acceptsReadersThatSeeLessThanIsKept() {
        Attention windowed = changed(attention(1).withSource(new KvSource(0, 0)), 4, ROTARY);
        assertThat(PlanValidator.validated(plan(attention(0), windowed)).attentions())
                .hasSize(2);
    }

    @Test
    void refusesSharingBetweenAttentionsThatDiffer() {
        Attention kept = changed(attention(0), 4, ROTARY);
        requireRefused(plan(kept, attention(1).withSource(new KvSource(0, 0))), "kept for 4");
        requireRefused(plan(kept, attention(1), attention(2).withSource(new KvSource(1, 0))), "must be equal");
        Attention turned = changed(
                attention(1).withSource(new KvSource(0, 0)), 0, new RotarySettings(2, 10000, new RotaryScaling.None()));
        requireRefused(plan(attention(0), turned), "heads or rotation differ");
    }

    private static Attention changed(Attention a, int window, RotarySettings rotary) {
        return new Attention(a.maps(), a.headNorms(), a.layout(), rotary, window, a.source());
    }

    @Test
    void refusesWidthsThatDoNotMeet() {
        requireRefused(plan(attention(0), mlp(12, 13)), "sublayer 1 down map down [8, 13], must be [8, 12]");
        requireRefused(
                plan(changed(attention(0), 0, new RotarySettings(6, 10000, new RotaryScaling.None()))),
                "rotates 6 elements");
        requireRefused(
                plan(changed(attention(0), 0, new RotarySettings(4, 1, new RotaryScaling.None()))), "rope_theta");
        requireRefused(plan(changed(attention(0), -1, ROTARY)), "window of -1");
    }

    @Test
    void refusesAPlanThatKeepsNothingOfEarlierTokens() {
        requireRefused(plan(mlp(12, 12)), "no attention and no state");
    }

    @Test
    void refusesOneTensorWithTwoShapesAndViewsBeyondIt() {
        ModelPlan sound = plan(attention(0), mlp(12, 12));
        ModelPlan twice = new ModelPlan(
                "test",
                16,
                sound.embedding(),
                sound.sublayers(),
                sound.finalNorm(),
                new MatrixRef("attention0q", 10, HIDDEN));
        requireRefused(twice, "tensor attention0q is used with two shapes");
        MatrixRef table = new MatrixRef("table", 11, HIDDEN).rows(2, 10);
        ModelPlan beyond = new ModelPlan("test", 16, table, sound.sublayers(), sound.finalNorm(), table);
        requireRefused(beyond, "table [10, 8] of [11, 8]");
    }

    @Test
    void acceptsParallelBranchesAndRefusesNone() {
        List<Norm> norms = List.of(norm("in"));
        ModelPlan sound = plan(attention(0));
        Sublayer both = new Sublayer(norms, 1, List.of(attention(0), mlp(12, 12)));
        assertThat(PlanValidator.validated(sound.withSublayers(List.of(both))).mixers())
                .hasSize(2);
        Sublayer none = new Sublayer(norms, 1, List.of());
        requireRefused(sound.withSublayers(List.of(both, none)), "sublayer 1 computes nothing");
    }

    @Test
    void refusesTwoNormsAtOnePlace() {
        requireRefused(withNorms(norm("a"), norm("b")), "at most one of input and one of output");
        Norm wide = Norm.rms(new VectorRef("w", 9), 1e-5f);
        requireRefused(withNorms(wide), "normalised by w of 9, must be 8");
    }

    private static ModelPlan withNorms(Norm... norms) {
        return plan(attention(0)).withSublayers(List.of(new Sublayer(List.of(norms), 1, List.of(attention(0)))));
    }
}
