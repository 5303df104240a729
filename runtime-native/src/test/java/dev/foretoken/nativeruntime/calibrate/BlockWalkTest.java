package dev.foretoken.nativeruntime.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.nativeruntime.exec.ActivationTap;
import dev.foretoken.nativeruntime.plan.Attention;
import dev.foretoken.nativeruntime.plan.BlockRange;
import dev.foretoken.nativeruntime.plan.KvSource;
import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.reader.PlanReader;
import dev.foretoken.nativeruntime.weights.ChangedWeights;
import dev.foretoken.nativeruntime.weights.RandomWeights;
import dev.foretoken.nativeruntime.weights.WeightNumbers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Block by block comes what comes in one pass through the whole model. */
final class BlockWalkTest {

    private static final RandomWeights WEIGHTS = new RandomWeights("walk");
    private static final BlockWalk.Progress SILENT = (done, total) -> {};

    private static ModelPlan plan() {
        return PlanReader.read("""
                {"model_type": "llama", "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 3,
                 "num_attention_heads": 4, "num_key_value_heads": 2, "vocab_size": 40, "max_position_embeddings": 128}
                """.getBytes(StandardCharsets.UTF_8));
    }

    private static List<int[]> sequences() {
        Random random = new Random(1);
        return List.of(
                random.ints(50, 0, 40).toArray(),
                random.ints(7, 0, 40).toArray(),
                random.ints(100, 0, 40).toArray());
    }

    /** Inputs of linear maps by map, all calls in order. */
    private static final class Inputs implements ActivationTap {
        private final Map<Linear, List<float[]>> rows = new HashMap<>();

        @Override
        public void input(List<Linear> linears, Rows shown) {
            linears.forEach(linear ->
                    rows.computeIfAbsent(linear, l -> new ArrayList<>()).add(shown.toArray()));
        }
    }

    private static Inputs whole(ChangedWeights weights) {
        Inputs inputs = new Inputs();
        try (Calibration all = Calibration.open(plan(), weights, 100, 1, inputs)) {
            sequences().forEach(all::run);
        }
        return inputs;
    }

    private static void requireEqual(Inputs expected, Inputs shown, List<Linear> linears) {
        for (Linear linear : linears) {
            List<float[]> rows = shown.rows.get(linear);
            assertThat(rows).hasSize(expected.rows.get(linear).size());
            for (int i = 0; i < rows.size(); i++) {
                assertThat(rows.get(i)).isEqualTo(expected.rows.get(linear).get(i));
            }
        }
    }

    private static List<Linear> linears(BlockRange range) {
        return range.sublayers(plan()).stream()
                .flatMap(sublayer -> sublayer.mixers().stream())
                .flatMap(mixer -> mixer.linears().stream())
                .toList();
    }

    @Test
    void everyBlockSeesWhatItSeesInTheWholeModel() {
        try (ChangedWeights weights = new ChangedWeights(WEIGHTS);
                BlockWalk walk = BlockWalk.begin(plan(), weights, sequences(), 2)) {
            Inputs expected = whole(weights);
            assertThat(walk.blocks()).hasSize(3);
            for (BlockRange range : walk.blocks()) {
                Inputs shown = new Inputs();
                walk.look(shown, SILENT);
                requireEqual(expected, shown, linears(range));
                walk.advance(SILENT);
            }
            assertThat(walk.next()).isEqualTo(3);
        }
    }

    @Test
    void aChangedBlockChangesWhatTheNextOneSees() {
        try (ChangedWeights weights = new ChangedWeights(WEIGHTS);
                BlockWalk walk = BlockWalk.begin(plan(), weights, sequences(), 1)) {
            Inputs before = whole(weights);
            MatrixRef down = linears(walk.blocks().get(0)).getLast().matrix();
            float[] numbers = new WeightNumbers(WEIGHTS).matrix(down);
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] *= 0.5f;
            }
            weights.put(down.tensor(), down.shape(), numbers);
            walk.advance(SILENT);
            Inputs shown = new Inputs();
            walk.look(shown, SILENT);
            List<Linear> second = linears(walk.blocks().get(1));
            requireEqual(whole(weights), shown, second);
            Linear query = second.getFirst();
            assertThat(shown.rows.get(query).getFirst())
                    .isNotEqualTo(before.rows.get(query).getFirst());
        }
    }

    @Test
    void progressCountsTheTokensOfABlock() {
        List<Long> done = new ArrayList<>();
        try (ChangedWeights weights = new ChangedWeights(WEIGHTS);
                BlockWalk walk = BlockWalk.begin(plan(), weights, sequences(), 1)) {
            walk.advance((at, total) -> {
                done.add(at);
                assertThat(total).isEqualTo(157);
            });
        }
        assertThat(done).containsExactly(50L, 57L, 157L);
    }

    @Test
    void blocksThatReadAnothersKeysAreRefused() {
        ModelPlan plan = plan();
        Attention last = plan.attentions().getLast();
        ModelPlan sharing = plan.withSublayers(plan.sublayers().stream()
                .map(s -> s.withMixers(mixer -> mixer.equals(last) ? last.withSource(new KvSource(1, 1)) : mixer))
                .toList());
        try (ChangedWeights weights = new ChangedWeights(WEIGHTS)) {
            assertThatThrownBy(() -> BlockWalk.begin(sharing, weights, sequences(), 1))
                    .isInstanceOf(ForetokenException.class)
                    .hasMessageContaining("another block");
        }
    }
}
