package dev.foretoken.nativeruntime.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.nativeruntime.cache.KvLayout;
import dev.foretoken.nativeruntime.kernels.layout.KvType;
import dev.foretoken.nativeruntime.plan.Activation;
import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.HeadLayout;
import dev.foretoken.nativeruntime.plan.KvSource;
import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.Mlp;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.plan.Norm;
import dev.foretoken.nativeruntime.plan.RotaryScaling;
import dev.foretoken.nativeruntime.plan.RotarySettings;
import dev.foretoken.nativeruntime.plan.StackedRows;
import dev.foretoken.nativeruntime.plan.Sublayer;
import dev.foretoken.nativeruntime.plan.VectorRef;
import dev.foretoken.registry.recipe.RecipeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RecipeTest {

    private static final int HIDDEN = 32;
    private static final int INNER = 96;
    private static final int LAYERS = 6;

    @TempDir
    private Path folder;

    private static Norm norm(String name) {
        return Norm.rms(new VectorRef(name, HIDDEN), 1e-6f);
    }

    private static Linear linear(String name, int outputs, int inputs) {
        return new Linear(new MatrixRef(name, outputs, inputs), null);
    }

    /** Six blocks of attention with two heads, and an MLP. */
    private static ModelPlan plan() {
        List<Sublayer> sublayers = new ArrayList<>();
        for (int i = 0; i < LAYERS; i++) {
            Attention.Direct maps = new Attention.Direct(
                    linear(i + ".q", HIDDEN, HIDDEN),
                    linear(i + ".k", HIDDEN, HIDDEN),
                    linear(i + ".v", HIDDEN, HIDDEN),
                    linear(i + ".o", HIDDEN, HIDDEN));
            sublayers.add(Sublayer.of(
                    norm(i + ".first"),
                    new Attention(
                            maps,
                            null,
                            new HeadLayout(2, 2, 16),
                            new RotarySettings(16, 10000, new RotaryScaling.None()),
                            0,
                            KvSource.own(i))));
            sublayers.add(Sublayer.of(
                    norm(i + ".second"),
                    new Mlp(
                            linear(i + ".gate", INNER, HIDDEN),
                            linear(i + ".up", INNER, HIDDEN),
                            linear(i + ".down", HIDDEN, INNER),
                            Activation.SILU)));
        }
        MatrixRef table = new MatrixRef("table", 32, HIDDEN);
        return new ModelPlan("made", 128, table, sublayers, norm("final"), table);
    }

    private List<Outcome> outcomes(String operations) throws IOException {
        Path path = Files.writeString(
                folder.resolve("recipe.json"),
                "{\"foretoken_recipe\": 1, \"base\": \"x\", \"operations\": [%s]}".formatted(operations));
        return Recipe.of(RecipeFile.read(path), 0).outcomes(plan());
    }

    private ModelPlan made(String operations) throws IOException {
        return outcomes(operations).getLast().plan();
    }

    private void refuses(String operations, String... said) {
        assertThatThrownBy(() -> made(operations))
                .isInstanceOf(ForetokenException.class)
                .hasMessageContainingAll(said);
    }

    private static long cacheBytes(ModelPlan plan) {
        return KvLayout.of(plan, KvType.F32).spec().unitBytes(0);
    }

    private static List<String> tensors(ModelPlan plan) {
        return plan.matrices().stream().map(MatrixRef::tensor).toList();
    }

    @Test
    void aDroppedAttentionOwnsNoCacheAndTakesItsNormAlong() throws IOException {
        ModelPlan plan = made("{\"op\": \"drop\", \"attention\": [1, 3], \"mlp\": [5]}");
        assertThat(cacheBytes(plan)).isEqualTo(cacheBytes(plan()) * 4 / LAYERS);
        assertThat(plan.vectors().stream().map(VectorRef::tensor))
                .doesNotContain("1.first", "3.first", "5.second")
                .contains("1.second", "5.first");
        assertThat(tensors(plan)).doesNotContain("1.q", "3.o", "5.down");
    }

    @Test
    void readersOfKeysFollowWhenBlocksBelowAreDropped() throws IOException {
        ModelPlan plan = made("{\"op\": \"kv-map\", \"map\": \"0_1_2_3_3_3\"}, {\"op\": \"drop\", \"blocks\": [0, 2]}");
        assertThat(plan.attentions().stream().map(Attention::source).toList())
                .containsExactly(KvSource.own(0), KvSource.own(1), KvSource.own(1), KvSource.own(1));
        refuses(
                "{\"op\": \"kv-map\", \"map\": \"0_1_2_3_3_3\"}, {\"op\": \"drop\", \"blocks\": [3]}",
                "which is dropped");
    }

    @Test
    void valuesOfOneBlockForAllNeedNearlyHalfOfTheCache() throws IOException {
        ModelPlan plan = made("{\"op\": \"kv-map\", \"values\": \"0_0_0_0_0_0\"}");
        assertThat(cacheBytes(plan) * 2 * LAYERS).isEqualTo(cacheBytes(plan()) * (LAYERS + 1));
        assertThat(tensors(plan)).contains("0.v", "5.k").doesNotContain("1.v", "5.v");
    }

    @Test
    void mapsAreFollowedToTheirRootAndUnreadMapsAreNotLoaded() throws IOException {
        ModelPlan plan = made("{\"op\": \"kv-map\", \"keys\": \"0_0_1_3_3_4\", \"values\": \"0_1_2_2_3_5\"}");
        assertThat(plan.attentions().stream().map(Attention::source).toList())
                .containsExactly(
                        new KvSource(0, 0),
                        new KvSource(0, 1),
                        new KvSource(0, 2),
                        new KvSource(3, 2),
                        new KvSource(3, 2),
                        new KvSource(3, 5));
        assertThat(tensors(plan)).contains("3.k", "1.v").doesNotContain("1.k", "2.k", "3.v", "4.v");
    }

    @Test
    void mapsUpwardsAreFollowedToTheirRootAndSayWhatTheyCost() throws IOException {
        ModelPlan plan = made("{\"op\": \"kv-map\", \"map\": \"0_2_4_3_4_3\"}");
        assertThat(plan.attentions().stream().map(Attention::source).toList())
                .containsExactly(
                        KvSource.own(0),
                        KvSource.own(4),
                        KvSource.own(4),
                        KvSource.own(3),
                        KvSource.own(4),
                        KvSource.own(3));
        assertThat(cacheBytes(plan)).isEqualTo(cacheBytes(plan()) / 2);
        assertThat(outcomes("{\"op\": \"kv-map\", \"map\": \"0_2_4_3_4_3\"}"))
                .singleElement()
                .satisfies(outcome -> assertThat(outcome.did()).endsWith("prompts take a pass per token"));
        assertThat(outcomes("{\"op\": \"kv-map\", \"map\": \"0_0_0_3_3_3\"}"))
                .singleElement()
                .satisfies(outcome -> assertThat(outcome.did()).doesNotContain("above"));
    }

    @Test
    void refusesMapsThatGoAround() {
        refuses("{\"op\": \"kv-map\", \"map\": \"0_2_1_3_4_5\"}", "maps block 1 around a circle");
        refuses("{\"op\": \"kv-map\", \"keys\": \"0_1_2_3_5_4\"}", "maps block 4 around a circle");
    }

    @Test
    void readersOfKeysAboveFollowWhenBlocksAreDroppedOrRepeated() throws IOException {
        String up = "{\"op\": \"kv-map\", \"map\": \"0_2_2_3_5_5\"}, ";
        assertThat(made(up + "{\"op\": \"drop\", \"blocks\": [0, 3]}").attentions().stream()
                        .map(Attention::source)
                        .toList())
                .containsExactly(KvSource.own(1), KvSource.own(1), KvSource.own(3), KvSource.own(3));
        assertThat(made(up + "{\"op\": \"loop\", \"blocks\": [1, 2], \"times\": 2}").attentions().stream()
                        .map(Attention::source)
                        .limit(5)
                        .toList())
                .containsExactly(KvSource.own(0), KvSource.own(2), KvSource.own(2), KvSource.own(4), KvSource.own(4));
        refuses(up + "{\"op\": \"drop\", \"blocks\": [5]}", "which is dropped");
    }

    @Test
    void refusesMapsOfOtherLengthsAndSyntax() {
        refuses("{\"op\": \"kv-map\", \"map\": \"0_0\"}", "has 2 entries", "6 blocks");
        refuses("{\"op\": \"kv-map\", \"map\": \"0_0_x_0_0_0\"}", "joined by _");
        refuses("{\"op\": \"kv-map\", \"map\": \"0_0s_0_0_0_0\"}", "no field \"window\"");
        refuses("{\"op\": \"kv-map\", \"map\": \"0_0_-_0_0_0\"}", "which has no attention");
        refuses("{\"op\": \"kv-map\", \"map\": \"0_0_0_0_0_9\"}", "block 9");
        refuses("{\"op\": \"kv-map\", \"map\": \"0_0_0_0_0_0\", \"keys\": \"0_0_0_0_0_0\"}", "together with");
    }

    @Test
    void roundsOfALoopKeepTheirOwnCacheAndShareWeights() throws IOException {
        ModelPlan plan = made("{\"op\": \"loop\", \"blocks\": [1, 2], \"times\": 3}");
        assertThat(plan.attentions()).hasSize(LAYERS + 4);
        assertThat(cacheBytes(plan)).isEqualTo(cacheBytes(plan()) * (LAYERS + 4) / LAYERS);
        assertThat(plan.matrices()).isEqualTo(plan().matrices());
        assertThat(plan.attentions().stream().map(Attention::source).toList())
                .isEqualTo(
                        IntStream.range(0, LAYERS + 4).mapToObj(KvSource::own).toList());
    }

    @Test
    void aRoundReadsTheKeysOfItsOwnRound() throws IOException {
        ModelPlan plan = made(
                "{\"op\": \"kv-map\", \"map\": \"0_1_1_3_4_5\"}, {\"op\": \"loop\", \"blocks\": [1, 2], \"times\": 2}");
        assertThat(plan.attentions().get(2).source()).isEqualTo(KvSource.own(1));
        assertThat(plan.attentions().get(4).source()).isEqualTo(KvSource.own(3));
    }

    @Test
    void keptBlocksStandInForOthersWithAdditionsOfTheirOwn() throws IOException {
        ModelPlan plan = made(
                "{\"op\": \"loop\", \"first\": 0, \"keep\": [0, 4], \"times\": 3, \"rank\": 4, \"keep_norms\": true}");
        assertThat(plan.attentions()).hasSize(LAYERS);
        assertThat(tensors(plan)).contains("0.q", "4.q").doesNotContain("1.q", "2.q", "3.q", "5.q");
        assertThat(tensors(plan).stream().filter(NewNames::isNew).count()).isEqualTo(5 * 7 * 2);
        assertThat(plan.vectors().stream().map(VectorRef::tensor)).contains("1.first", "5.second");
    }

    @Test
    void sharedBlocksAreOneSetOfWeightsWithCachesOfTheirOwn() throws IOException {
        ModelPlan plan = made("{\"op\": \"share\", \"groups\": [[2, 1], [4, 5]]}");
        assertThat(tensors(plan)).contains("2.q", "4.q").doesNotContain("1.q", "5.q");
        assertThat(cacheBytes(plan)).isEqualTo(cacheBytes(plan()));
    }

    @Test
    void widthsOffTheGridAreRefusedOrRounded() throws IOException {
        refuses("{\"op\": \"width\", \"widths\": [40]}", "must be a multiple of 32");
        refuses("{\"op\": \"width\", \"widths\": [128]}", "more than its 96 neurons");
        refuses("{\"op\": \"width\", \"widths\": [1.0]}", "leaves every MLP as it is");
        assertThat(neurons(made("{\"op\": \"width\", \"widths\": [40], \"round\": true}")))
                .containsOnly(32);
        assertThat(neurons(made("{\"op\": \"width\", \"widths\": [96, 64, 32, 1.0, 0.34, 0.6], \"round\": true}")))
                .containsExactly(96, 64, 32, 96, 32, 64);
    }

    private static List<Integer> neurons(ModelPlan plan) {
        return plan.mixers().stream()
                .filter(Mlp.class::isInstance)
                .map(mixer -> ((Mlp) mixer).inner())
                .toList();
    }

    private static String all(int count) {
        return IntStream.range(0, count).boxed().toList().toString();
    }

    @Test
    void prunedHeadsTakeTheirCacheAndTheirQueriesAlong() throws IOException {
        ModelPlan plan = made("{\"op\": \"prune\", \"kv_heads\": [[1], null, [0], null, [0, 1], null]}");
        assertThat(cacheBytes(plan)).isEqualTo(cacheBytes(plan()) * 10 / 12);
        Attention first = plan.attentions().getFirst();
        assertThat(first.layout()).isEqualTo(new HeadLayout(1, 1, 16));
        assertThat(first.direct().query().weight()).isEqualTo(new MatrixRef("0.q", HIDDEN, HIDDEN).rows(16, 16));
        assertThat(first.direct().output().weight()).isEqualTo(new MatrixRef("0.o", HIDDEN, HIDDEN).columns(16, 16));
        assertThat(plan.attentions().get(4).layout()).isEqualTo(new HeadLayout(2, 2, 16));
    }

    @Test
    void pickedNeuronsArePutTogetherOfTheRunsThatTheyAreIn() throws IOException {
        String kept = IntStream.range(0, 64)
                .map(i -> i < 32 ? i : i + 1)
                .boxed()
                .toList()
                .toString();
        ModelPlan plan =
                made("{\"op\": \"prune\", \"neurons\": [%s, %s, null, null, null, null]}".formatted(kept, all(32)));
        assertThat(neurons(plan)).containsExactly(64, 32, INNER, INNER, INNER, INNER);
        Mlp picked = (Mlp) plan.mixers().get(1);
        MatrixRef up = new MatrixRef("0.up", INNER, HIDDEN);
        assertThat(picked.up().weight()).isEqualTo(new StackedRows(List.of(up.rows(0, 32), up.rows(33, 32))));
        assertThat(picked.down().matrices()).extracting(MatrixRef::columns).containsExactly(32, 32);
        assertThat(plan.mixers().get(3)).isEqualTo(((Mlp) plan().mixers().get(3)).first(32));
    }

    @Test
    void everyMatrixHasTheRankThatItIsGiven() throws IOException {
        ModelPlan plan = made("{\"op\": \"low-rank\", \"ranks\": {\"0.q\": 4, \"3.down\": 7, \"5.v\": 16}}");
        assertThat(tensors(plan)).contains("foretoken.recipe.0.0.0.q.up", "5.v").doesNotContain("0.q", "3.down");
        assertThat(plan.attentions().getFirst().direct().query().weight().between())
                .isEqualTo(4);
        assertThat(((Mlp) plan.mixers().get(7)).down().weight().between()).isEqualTo(7);
        refuses("{\"op\": \"low-rank\", \"ranks\": {\"9.q\": 4}}", "9.q");
        refuses("{\"op\": \"low-rank\", \"ranks\": {\"0.q\": 4, \"0.nothing\": 4}}", "gives 0.nothing a rank");
        refuses("{\"op\": \"low-rank\", \"ranks\": {\"0.q\": 4}, \"rank\": 3}", "by itself");
    }

    @Test
    void refusesToPruneWhatIsNotThereOrReadByOthers() {
        refuses("{\"op\": \"prune\"}", "neurons", "kv_heads");
        refuses("{\"op\": \"prune\", \"kv_heads\": [[0]]}", "kv_heads of 1 blocks", "each of the 6 blocks");
        refuses("{\"op\": \"prune\", \"kv_heads\": [[2], null, null, null, null, null]}", "KV heads 0 to 1");
        refuses("{\"op\": \"prune\", \"kv_heads\": [[1, 0], null, null, null, null, null]}", "ascending order");
        refuses("{\"op\": \"prune\", \"neurons\": [[1, 2], null, null, null, null, null]}", "multiples of 32");
        refuses(
                "{\"op\": \"kv-map\", \"map\": \"0_0_2_3_4_5\"}, {\"op\": \"prune\", \"kv_heads\": [[1], null, null, null, null, null]}",
                "block 1 reads K or V of block 0");
    }

    @Test
    void refusesUnknownOperationsFieldsAndBlocks() {
        refuses("{\"op\": \"melt\"}", "op=\"melt\"".replace("\"", ""), "drop");
        refuses("{\"op\": \"drop\", \"blocks\": [1], \"layers\": [2]}", "has a field \"layers\"");
        refuses("{\"op\": \"drop\", \"blocks\": [6]}", "names block 6", "blocks 0 to 5");
        refuses("{\"op\": \"drop\", \"blocks\": [1, 1]}", "names nothing twice");
        refuses("{\"op\": \"drop\", \"attention\": [0, 1, 2, 3, 4, 5]}", "no attention and no state");
        refuses("{\"op\": \"share\", \"groups\": [[1, 2], [2, 3]]}", "no block is named twice");
    }

    @Test
    void everyOperationSaysWhatItDid() throws IOException {
        assertThat(outcomes("{\"op\": \"drop\", \"blocks\": [1]}, {\"op\": \"width\", \"widths\": [32]}").stream()
                        .map(Outcome::did))
                .containsExactly(
                        "left out 1 of 6 sublayers that mix tokens and 1 of 6 others", "kept 160 of 480 neurons");
    }
}
