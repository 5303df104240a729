package dev.foretoken.nativeruntime.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.BuildResult;
import dev.foretoken.nativeruntime.weights.TensorFile;
import dev.foretoken.nativeruntime.weights.stored.StoredTensor;
import dev.foretoken.registry.prediction.AuxiliarySource;
import dev.foretoken.registry.prediction.PredictionFile;
import dev.foretoken.registry.prediction.PredictionKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PredictionBuilderTest {

    private static final Map<String, String> HALF = Map.of("auxiliary", "layer-pruned:0.5");

    @TempDir
    private Path folder;

    private static float[] tensor(TinyPair.Order order, String name) {
        try (TensorFile file = TensorFile.open(order.output().resolve(PredictionFile.PREDICTOR))) {
            StoredTensor tensor = file.tensors().get(name);
            float[] numbers =
                    new float[(int) (tensor.data().byteSize() / tensor.floats().bytes())];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = tensor.floats().load(tensor.data(), i);
            }
            return numbers;
        }
    }

    @Test
    void anAuxiliaryThatIsTheBaseIsMappedByTheIdentity() throws IOException {
        try (TinyPair tiny = new TinyPair(folder)) {
            TinyPair.Order order = tiny.order();
            tiny.build(order, Map.of("auxiliary", "layer-pruned:1", "map", "uniform"));
            for (int layer = 0; layer < 4; layer++) {
                for (String what : List.of("keys", "values")) {
                    float[] weight = tensor(order, "%s.%d.weight".formatted(what, layer));
                    for (int i = 0; i < weight.length; i++) {
                        double expected = i / TinyPair.WIDTH == i % TinyPair.WIDTH ? 1 : 0;
                        assertThat(weight[i]).isCloseTo((float) expected, within(1e-3f));
                    }
                }
            }
        }
    }

    @Test
    void aLinearMapThatIsThereIsFoundWithItsLayer() throws IOException {
        try (TinyPair tiny = new TinyPair(folder)) {
            for (int block = 0; block < 4; block++) {
                tiny.silence("model.layers.%d.self_attn.o_proj.weight".formatted(block));
                tiny.silence("model.layers.%d.mlp.down_proj.weight".formatted(block));
            }
            float[] mixing = new float[TinyPair.WIDTH * TinyPair.WIDTH];
            Random random = new Random(7);
            for (int i = 0; i < mixing.length; i++) {
                mixing[i] = (float) random.nextGaussian();
            }
            tiny.copyVector("model.layers.2.input_layernorm.weight", "model.layers.3.input_layernorm.weight");
            float[] source = tiny.numbers("model.layers.2.self_attn.k_proj.weight");
            tiny.put("model.layers.3.self_attn.k_proj.weight", product(mixing, source));
            TinyPair.Order order = tiny.order();
            BuildResult result = tiny.build(order, Map.of("auxiliary", "layers:0,2"));
            assertThat(PredictionFile.read(order.output()).map().getLast()).isEqualTo(1);
            assertThat((List<?>) result.facts().get("map")).hasSize(4);
            float[] found = tensor(order, "keys.3.weight");
            for (int i = 0; i < mixing.length; i++) {
                assertThat(found[i]).isCloseTo(mixing[i], within(5e-3f));
            }
        }
    }

    private static float[] product(float[] left, float[] right) {
        int inner = TinyPair.WIDTH;
        int columns = right.length / inner;
        float[] made = new float[inner * columns];
        for (int i = 0; i < inner; i++) {
            for (int j = 0; j < columns; j++) {
                double sum = 0;
                for (int k = 0; k < inner; k++) {
                    sum += left[i * inner + k] * right[k * columns + j];
                }
                made[i * columns + j] = (float) sum;
            }
        }
        return made;
    }

    @Test
    void anInterruptedBuildGoesOnAndGivesTheSameFiles() throws IOException {
        try (TinyPair tiny = new TinyPair(folder)) {
            TinyPair.Order whole = tiny.order();
            TinyPair.Watch watch = new TinyPair.Watch(Integer.MAX_VALUE);
            tiny.build(whole, HALF, TinyPair.texts(), 1, watch);
            int all = watch.steps();
            for (int stop = 2; stop < all; stop += 3) {
                int most = stop;
                TinyPair.Order interrupted = tiny.order();
                assertThatThrownBy(() -> tiny.build(interrupted, HALF, TinyPair.texts(), 1, new TinyPair.Watch(most)))
                        .isInstanceOfSatisfying(
                                ForetokenException.class,
                                e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));
                TinyPair.Watch rest = new TinyPair.Watch(Integer.MAX_VALUE);
                tiny.build(interrupted, HALF, TinyPair.texts(), 2, rest);
                assertThat(rest.steps()).isLessThan(all);
                whole.files()
                        .forEach(
                                (name, bytes) -> assertThat(interrupted.output().resolve(name))
                                        .as("stopped after " + most)
                                        .hasBinaryContent(bytes));
            }
        }
    }

    @Test
    void aPredictionSaysWhatItIsAndFactsCanBeWritten() throws IOException {
        try (TinyPair tiny = new TinyPair(folder)) {
            TinyPair.Order order = tiny.order();
            BuildResult result = tiny.build(order, Map.of("auxiliary", "layers:1,3", "mode", "auto", "type", "bf16"));
            PredictionFile file = PredictionFile.read(order.output());
            assertThat(file.kind()).isEqualTo(PredictionKind.LP_SHARED);
            assertThat(file.auxiliary()).isEqualTo(new AuxiliarySource.Layers(List.of(1, 3)));
            assertThat(file.map()).hasSize(4).isSorted();
            assertThat(file.text()).contains("275 tokens in 11 sequences");
            assertThat(result.output()).isEqualTo(BuildResult.Output.PREDICTION);
            assertThat(result.settings()).containsExactly(Map.entry("prefill_mode", "auto"));
            assertThat(new ObjectMapper().writeValueAsString(result.facts()))
                    .contains("\"mean-key-error\":", "\"kind\":\"lp-shared\"", "\"map\":[");
        }
    }

    @Test
    void aTrainedPredictionIsJudgedAndTakenAsItIs() throws IOException {
        try (TinyPair tiny = new TinyPair(folder)) {
            TinyPair.Order fitted = tiny.order();
            tiny.build(fitted, Map.of("auxiliary", "layers:0,1", "map", "0,1,1,1"));
            TinyPair.Order taken = tiny.order();
            BuildResult result = tiny.build(taken, Map.of("auxiliary", "trained:" + fitted.output()));
            assertThat(taken.files().get(PredictionFile.PREDICTOR))
                    .isEqualTo(fitted.files().get(PredictionFile.PREDICTOR));
            assertThat(PredictionFile.read(taken.output()).map()).containsExactly(0, 1, 1, 1);
            assertThat((Double) ((List<?>) result.facts().get("key-errors")).getFirst())
                    .isLessThan(1e-6);
            assertThat((Double) ((List<?>) result.facts().get("key-errors")).get(3))
                    .isGreaterThan(1e-3);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "layers:0,4 | block 4, this model has blocks 0 to 3",
                "trained:nowhere | has no prediction.json",
                "layer-pruned:2 | above 0 to 1",
            })
    void whatDoesNotFitTheBaseIsRefused(String auxiliary, String why) throws IOException {
        try (TinyPair tiny = new TinyPair(folder)) {
            TinyPair.Order order = tiny.order();
            assertThatThrownBy(() -> tiny.build(order, Map.of("auxiliary", auxiliary)))
                    .isInstanceOfSatisfying(
                            ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIG_INVALID))
                    .hasMessageContaining(why);
        }
    }

    @Test
    void oneSequenceIsTooLittleToJudgeWhatItFitted() throws IOException {
        try (TinyPair tiny = new TinyPair(folder)) {
            TinyPair.Order order = tiny.order();
            List<int[]> one = TinyPair.texts().subList(0, 1);
            assertThatThrownBy(() -> tiny.build(order, HALF, one, 1, new TinyPair.Watch(Integer.MAX_VALUE)))
                    .hasMessageContaining("has 1 sequence, must have at least 2");
        }
    }

    @Test
    void aTrainedPredictionWithoutItsMapsIsRefused() throws IOException {
        try (TinyPair tiny = new TinyPair(folder)) {
            TinyPair.Order fitted = tiny.order();
            tiny.build(fitted, Map.of("auxiliary", "layers:0,1"));
            Files.delete(fitted.output().resolve(PredictionFile.PREDICTOR));
            TinyPair.Order taken = tiny.order();
            assertThatThrownBy(() -> tiny.build(taken, Map.of("auxiliary", "trained:" + fitted.output())))
                    .isInstanceOf(ForetokenException.class);
        }
    }
}
