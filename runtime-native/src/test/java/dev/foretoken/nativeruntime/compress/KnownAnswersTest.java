package dev.foretoken.nativeruntime.compress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.BuildResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models in which it is plain what can go. */
final class KnownAnswersTest {

    @TempDir
    private Path folder;

    @SuppressWarnings("unchecked")
    private static Map<String, Number> figures(BuildResult result, String which) {
        return (Map<String, Number>) result.facts().get(which);
    }

    private static double fact(BuildResult result, String name) {
        return ((Number) result.facts().get(name)).doubleValue();
    }

    @Test
    void aBlockThatDoesNothingIsDroppedFirst() throws IOException {
        try (TinyBuild tiny = new TinyBuild(folder)) {
            tiny.silence(TinyBuild.attention(2, "o"));
            tiny.silence(TinyBuild.mlp(2, "down"));
            TinyBuild.Order order = tiny.order();
            BuildResult result = tiny.build(new DropBuilder(), order, Map.of("blocks", "1"));
            assertThat(TinyBuild.operations(order).toString()).isEqualTo("[{\"op\":\"drop\",\"blocks\":[2]}]");
            assertThat(fact(result, "last_hidden_cosine")).isEqualTo(1);
        }
    }

    @Test
    void sublayersThatDoNothingAreDroppedBeforeOthersOfTheirKind() throws IOException {
        try (TinyBuild tiny = new TinyBuild(folder)) {
            tiny.silence(TinyBuild.attention(1, "o"));
            tiny.silence(TinyBuild.mlp(3, "down"));
            for (String again : List.of("true", "false")) {
                JsonNode operations =
                        tiny.operations(new DropBuilder(), Map.of("attention", "1", "mlp", "1", "remeasure", again));
                assertThat(operations.toString()).isEqualTo("[{\"op\":\"drop\",\"attention\":[1],\"mlp\":[3]}]");
            }
        }
    }

    @Test
    void refusesToDropEverything() {
        try (TinyBuild tiny = new TinyBuild(folder)) {
            assertThatThrownBy(() -> tiny.build(new DropBuilder(), tiny.order(), Map.of("attention", "4")))
                    .isInstanceOf(ForetokenException.class)
                    .hasMessageContaining("nothing more of [ATTENTION]");
            assertThatThrownBy(() -> tiny.build(new DropBuilder(), tiny.order(), Map.of()))
                    .hasMessageContaining("nothing to leave out");
        }
    }

    @Test
    void theLeastAlikeBlocksShareFirstAndAlwaysDownwards() throws IOException {
        try (TinyBuild tiny = new TinyBuild(folder)) {
            tiny.scale(TinyBuild.attention(2, "k"), 3);
            tiny.scale(TinyBuild.attention(2, "v"), 3);
            Map<String, String> parameters = Map.of("layers", "1", "threshold", "-1", "tokens", "25");
            String map = tiny.operations(new KvShareBuilder(), parameters)
                    .get(0)
                    .path("map")
                    .asText();
            assertThat(map).isIn("0_1_0_3", "0_1_1_3", "0_1_2_2");
        }
    }

    @Test
    void aPairThatTurnsTheLastVectorsAwayIsUndone() {
        try (TinyBuild tiny = new TinyBuild(folder)) {
            Map<String, String> parameters = Map.of("threshold", "1", "tokens", "25");
            assertThatThrownBy(() -> tiny.build(new KvShareBuilder(), tiny.order(), parameters))
                    .hasMessageContaining("lower the threshold");
        }
    }

    @Test
    void blocksWithTheSameKeysAndValuesLoseNothingBySharing() throws IOException {
        try (TinyBuild tiny = new TinyBuild(folder)) {
            for (int block = 0; block < TinyBuild.BLOCKS; block++) {
                tiny.silence(TinyBuild.attention(block, "o"));
            }
            BuildResult result = tiny.build(
                    new KvShareBuilder(), tiny.order(), Map.of("layers", "3", "threshold", "1", "tokens", "16"));
            assertThat(result.facts()).containsEntry("shared", 3).containsEntry("map", "0_0_0_0");
            assertThat(figures(result, "after").get("kv_bytes_per_token").longValue() * 4)
                    .isEqualTo(
                            figures(result, "before").get("kv_bytes_per_token").longValue());
        }
    }

    private static float[] product(float[] up, float[] down, int rank) {
        int columns = down.length / rank;
        float[] made = new float[up.length / rank * columns];
        for (int i = 0; i < made.length; i++) {
            for (int j = 0; j < rank; j++) {
                made[i] += up[i / columns * rank + j] * down[j * columns + i % columns];
            }
        }
        return made;
    }

    @Test
    void aMatrixOfLowRankIsFoundWithAllOfItsEnergy() throws IOException {
        try (TinyBuild tiny = new TinyBuild(folder)) {
            float[] some = tiny.numbers(TinyBuild.mlp(0, "up"));
            float[] up = Arrays.copyOf(some, TinyBuild.INNER * 4);
            float[] down = Arrays.copyOfRange(some, 500, 500 + 4 * TinyBuild.HIDDEN);
            tiny.put(TinyBuild.mlp(1, "up"), product(up, down, 4));
            for (String aware : List.of("true", "false")) {
                JsonNode operations = tiny.operations(new LowRankBuilder(), Map.of("energy", "1", "aware", aware));
                assertThat(operations.get(0).path("ranks").toString())
                        .isEqualTo("{\"%s\":4}".formatted(TinyBuild.mlp(1, "up")));
            }
        }
    }

    @Test
    void ranksFillTheSizeThatIsAskedFor() throws IOException {
        try (TinyBuild tiny = new TinyBuild(folder)) {
            BuildResult result = tiny.build(new LowRankBuilder(), tiny.order(), Map.of("size", "0.7"));
            double left = figures(result, "after").get("matrix_numbers").doubleValue()
                    / figures(result, "before").get("matrix_numbers").doubleValue();
            assertThat(left).isBetween(0.68, 0.7);
            assertThatThrownBy(() -> tiny.build(new LowRankBuilder(), tiny.order(), Map.of("size", "0.01")))
                    .hasMessageContaining("even rank 1 of all 28 matrices");
        }
    }

    @Test
    void neuronsAndHeadsThatDoNothingArePrunedFirst() throws IOException {
        try (TinyBuild tiny = new TinyBuild(folder)) {
            float[] down = tiny.numbers(TinyBuild.mlp(1, "down"));
            IntStream.range(0, down.length)
                    .filter(i -> i % TinyBuild.INNER % 3 == 0)
                    .forEach(i -> down[i] = 0);
            tiny.put(TinyBuild.mlp(1, "down"), down);
            float[] output = tiny.numbers(TinyBuild.attention(2, "o"));
            IntStream.range(0, output.length)
                    .filter(i -> i % TinyBuild.HIDDEN < 16)
                    .forEach(i -> output[i] = 0);
            tiny.put(TinyBuild.attention(2, "o"), output);
            TinyBuild.Order order = tiny.order();
            BuildResult result = tiny.build(new PruneBuilder(), order, Map.of("flops", "0.925", "context", "0"));
            String operation = TinyBuild.operations(order).get(0).toString();
            String kept = IntStream.range(0, 96)
                    .filter(i -> i % 3 != 0)
                    .boxed()
                    .toList()
                    .toString()
                    .replace(" ", "");
            assertThat(operation)
                    .isEqualTo("{\"op\":\"prune\",\"neurons\":[null,%s,null,null],\"kv_heads\":[null,null,[1],null]}"
                            .formatted(kept));
            assertThat(fact(result, "last_hidden_cosine")).isGreaterThan(1 - 1e-6);
            assertThat(fact(result, "trajectory_error")).isLessThan(1e-6);
        }
    }

    @Test
    void whatIsPrunedMeetsTheBudget() throws IOException {
        try (TinyBuild tiny = new TinyBuild(folder)) {
            BuildResult result = tiny.build(new PruneBuilder(), tiny.order(), Map.of("flops", "0.6", "context", "0"));
            double left = figures(result, "after").get("block_flops_per_token").doubleValue()
                    / figures(result, "before").get("block_flops_per_token").doubleValue();
            assertThat(left).isEqualTo(fact(result, "flops_share")).isBetween(0.5, 0.6);
            assertThatThrownBy(() -> tiny.build(new PruneBuilder(), tiny.order(), Map.of("flops", "0.1")))
                    .hasMessageContaining("each block keeps a KV head and 32 neurons");
        }
    }

    @Test
    void aSliceBelowTheFloorIsRefused() throws IOException {
        try (TinyBuild tiny = new TinyBuild(folder)) {
            JsonNode operations = tiny.operations(new SliceBuilder(), Map.of("widths", "half"));
            assertThat(operations.toString()).isEqualTo("[{\"op\":\"width\",\"widths\":[0.5],\"round\":true}]");
            assertThatThrownBy(() -> tiny.build(new SliceBuilder(), tiny.order(), Map.of("floor", "0.9999")))
                    .hasMessageContaining("this model is not nested there");
            assertThatThrownBy(() -> tiny.build(new SliceBuilder(), tiny.order(), Map.of("widths", "tiny")))
                    .hasMessageContaining("widths has tiny");
        }
    }

    @Test
    void neighboursThatAreCopiesShareFirst() throws IOException {
        try (TinyBuild tiny = new TinyBuild(folder)) {
            tiny.silence(TinyBuild.attention(0, "o"));
            tiny.silence(TinyBuild.mlp(0, "down"));
            for (String map : List.of("q", "k", "v", "o")) {
                tiny.put(TinyBuild.attention(3, map), tiny.numbers(TinyBuild.attention(2, map)));
            }
            for (String map : List.of("gate", "up", "down")) {
                tiny.put(TinyBuild.mlp(3, map), tiny.numbers(TinyBuild.mlp(2, map)));
            }
            TinyBuild.Order order = tiny.order();
            BuildResult result = tiny.build(new FoldBuilder(), order, Map.of());
            assertThat(TinyBuild.operations(order).toString())
                    .isEqualTo(
                            "[{\"op\":\"drop\",\"blocks\":[0]},{\"op\":\"share\",\"groups\":[[1,2]],\"keep_norms\":true}]");
            assertThat(fact(result, "last_hidden_cosine")).isEqualTo(1);
        }
    }
}
