package dev.foretoken.gateway.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.request.RequestIdentity;
import dev.foretoken.contract.request.ServiceLevel;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.ModelTask;
import dev.foretoken.contract.runtime.TensorSignature;
import dev.foretoken.contract.runtime.TensorSpec;
import dev.foretoken.contract.telemetry.Telemetry;
import dev.foretoken.gateway.fake.FakeGraph;
import dev.foretoken.gateway.fake.Graphs;
import dev.foretoken.gateway.routing.EngineRouter;
import dev.foretoken.gateway.routing.RoutedCalls;
import dev.foretoken.gateway.tensor.Inferences;
import dev.foretoken.gateway.tensor.TensorLimits;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class EncodersTest {

    private final Inferences inferences =
            new Inferences(RoutedCalls.of(new EngineRouter()), TensorLimits.DEFAULT, Duration.ofMinutes(1));
    private final Encoders encoders =
            new Encoders(inferences, Thread.ofVirtual().factory(), new EncodeMetrics(Telemetry.NONE));

    private EncodedRows embed(FakeGraph graph, List<int[]> texts) throws InterruptedException {
        return encoders.encode(
                graph.served(Optional.empty()),
                new EncodeOrder(
                        ModelTask.EMBED,
                        texts.stream()
                                .<EncoderInput>map(EncoderInput.Tokens::new)
                                .toList(),
                        "input",
                        Truncation.REFUSE,
                        RequestIdentity.anonymous("r"),
                        ServiceLevel.DEFAULT,
                        id -> {}));
    }

    /** So many texts, whose lengths go around from 1 to 5, each with ids of its own number. */
    private static List<int[]> texts(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> IntStream.range(0, i % 5 + 1).map(t -> i).toArray())
                .toList();
    }

    @Test
    void everyTextGetsItsOwnRowHoweverManyRunsThereAre() throws Exception {
        FakeGraph graph = Graphs.encoder("m");
        EncodedRows encoded = embed(graph, texts(500));
        for (int i = 0; i < 500; i++) {
            assertThat(encoded.rows().get(i)).containsExactly(i % 5 + 1, i * (i % 5 + 1), 0);
        }
        assertThat(encoded.tokens()).isEqualTo(1500);
        // 100 texts of each length, 32 to a run
        assertThat(graph.requests()).hasSize(20);
    }

    @Test
    void theFirstFailureEndsTheRequestAndStartsNothingNew() {
        FakeGraph graph = Graphs.encoder("m");
        AtomicInteger runs = new AtomicInteger();
        graph.computing(request -> {
            runs.incrementAndGet();
            throw new ForetokenException(ErrorCode.QUEUE_FULL, "full");
        });
        assertThatThrownBy(() -> embed(graph, texts(5 * 32 * 20)))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.QUEUE_FULL));
        assertThat(runs.get()).isLessThanOrEqualTo(16);
    }

    @Test
    void aGraphThatWantsMoreThanATextSaysSo() {
        TensorSignature signature = new TensorSignature(
                List.of(
                        new TensorSpec("input_ids", ElementType.INT64, List.of(-1L, -1L)),
                        new TensorSpec("pixel_values", ElementType.FP32, List.of(-1L, 3L, 8L, 8L))),
                List.of(),
                0);
        FakeGraph graph =
                new FakeGraph("m", signature, Set.of(ModelTask.TENSOR, ModelTask.EMBED), request -> List.of());
        assertThatThrownBy(() -> embed(graph, texts(1)))
                .hasMessageContaining("FP32 'pixel_values' [-1, 3, 8, 8]")
                .hasMessageContaining("/v2/models");
    }

    @Test
    void aGraphOfOneLengthIsFilledUp() throws Exception {
        TensorSignature signature = new TensorSignature(
                List.of(
                        new TensorSpec("input_ids", ElementType.INT32, List.of(1L, 4L)),
                        new TensorSpec("attention_mask", ElementType.INT32, List.of(1L, 4L))),
                List.of(),
                -1);
        FakeGraph graph = new FakeGraph(
                "m",
                signature,
                Set.of(ModelTask.TENSOR, ModelTask.EMBED),
                request -> List.of(new dev.foretoken.contract.runtime.Tensor(
                        "sentence_embedding",
                        ElementType.FP32,
                        List.of(1L, 4L),
                        request.inputs().get(1).data())));
        embed(graph, List.of(new int[] {7, 8}, new int[] {9, 9}));
        assertThat(graph.requests()).hasSize(2);
        assertThat(graph.requests().getFirst().inputs().getFirst().shape()).containsExactly(1L, 4L);
        assertThat(graph.requests().stream()
                        .map(request -> request.inputs().get(1).data().toArray(java.lang.foreign.ValueLayout.JAVA_INT)))
                .allSatisfy(mask -> assertThat(mask).containsExactly(1, 1, 0, 0));
        assertThatThrownBy(() -> embed(graph, texts(5)))
                .isInstanceOfSatisfying(
                        ForetokenException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.CONTEXT_LENGTH_EXCEEDED));
    }
}
