package dev.foretoken.onnxruntime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.runtime.DeviceSpec;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.runtime.StateBudget;
import dev.foretoken.contract.runtime.TensorRuntime;
import dev.foretoken.contract.runtime.TensorRuntime.TensorSession;
import dev.foretoken.onnxruntime.DeclaredModel.Exchange;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Streams and loops of published systems, driven by their {@code graph.json}, answer as PyTorch did for the whole. */
class DeclaredZooTest {

    @TempDir
    static Path cache;

    static List<DeclaredModel> models() {
        return DeclaredModel.all();
    }

    private static TensorRuntime open(DeclaredModel model) {
        ModelSource source = ModelSource.of(model.name(), model.folder());
        return (TensorRuntime)
                ZooTest.provider(cache).open(source, DeviceSpec.cpu(1), RuntimeOptions.DEFAULT, LoadProgress.SILENT);
    }

    @Test
    void hasStreamsThatTakeTurns() {
        assertThat(models())
                .extracting(DeclaredModel::name)
                .containsExactly("stateful-conformer", "energy-descent", "dit-sampler", "rectified-flow");
        List<Integer> turns =
                models().getFirst().exchanges().stream().map(Exchange::stream).toList();
        assertThat(turns).startsWith(1, 1, 2, 1, 1, 2).doesNotContain(0);
    }

    /** One descent ends by its count, the other before it, because nothing moves any more. */
    @Test
    void hasLoopsThatEndByTheirCountAndBeforeIt() {
        List<Long> runs = models().get(1).exchanges().stream()
                .map(exchange -> exchange.outputs().getLast())
                .map(iterations -> iterations.data().get(ValueLayout.JAVA_LONG_UNALIGNED, 0))
                .toList();
        assertThat(runs.getFirst()).isEqualTo(3);
        assertThat(runs.getLast()).isBetween(4L, 199L);
    }

    /** Loops keep nothing between requests, so these are asked twice, the second time in the other order. */
    @ParameterizedTest
    @MethodSource("models")
    void answersAsTheWholeWouldBeAnswered(DeclaredModel model) {
        try (TensorRuntime runtime = open(model)) {
            answer(runtime, model.exchanges());
            if (!model.isStreamed()) {
                answer(runtime, model.exchanges().reversed());
            }
        }
    }

    /** Each stream of its own, one after the other. */
    @ParameterizedTest
    @MethodSource("models")
    void answersAStreamAloneAsBesideOthers(DeclaredModel model) {
        try (TensorRuntime runtime = open(model)) {
            model.exchanges().stream()
                    .map(Exchange::stream)
                    .distinct()
                    .forEach(stream -> answer(
                            runtime,
                            model.exchanges().stream()
                                    .filter(e -> e.stream() == stream)
                                    .toList()));
        }
    }

    private static void answer(TensorRuntime runtime, List<Exchange> exchanges) {
        Map<Integer, TensorSession> streams = new HashMap<>();
        for (Exchange exchange : exchanges) {
            ZooAnswers.assertEqual(
                    exchange.stream() == 0
                            ? runtime.run(exchange.inputs(), List.of())
                            : streams.computeIfAbsent(
                                            exchange.stream(), stream -> runtime.openSession(StateBudget.UNBOUNDED))
                                    .run(exchange.inputs(), List.of()),
                    exchange.outputs());
        }
        streams.values().forEach(TensorSession::close);
    }
}
