package dev.foretoken.gateway.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.request.RequestIdentity;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.ModelTask;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.contract.runtime.TensorSignature;
import dev.foretoken.contract.runtime.TensorSpec;
import dev.foretoken.gateway.fake.FakeGraph;
import dev.foretoken.gateway.routing.EngineRouter;
import dev.foretoken.gateway.routing.RoutedCalls;
import dev.foretoken.gateway.tenant.Tenant;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class InferencesTest {

    private static final long ROWS = 1100;

    private final FakeGraph graph = new FakeGraph(
            "graph",
            new TensorSignature(
                    List.of(new TensorSpec("x", ElementType.UINT8, List.of(-1L))),
                    List.of(
                            new TensorSpec("ids", ElementType.INT64, List.of(-1L)),
                            new TensorSpec("wide", ElementType.FP32, List.of(-1L, 1000L)),
                            new TensorSpec("narrow", ElementType.FP32, List.of(-1L, 2L)),
                            new TensorSpec("open", ElementType.FP32, List.of(-1L, -1L))),
                    0),
            Set.of(ModelTask.TENSOR),
            request -> List.of());

    private void classify(String output) {
        InferOrder call = new InferOrder(
                "",
                CallParameters.NONE,
                List.of(new Tensor("x", ElementType.UINT8, List.of(ROWS), MemorySegment.ofArray(new byte[(int) ROWS]))),
                List.of(new RequestedOutput(output, false, 1000)));
        new Inferences(RoutedCalls.of(new EngineRouter()), TensorLimits.DEFAULT, Duration.ofMinutes(1))
                .infer(
                        graph.served(Optional.empty()),
                        call,
                        new Inferences.Caller(
                                RequestIdentity.anonymous("r"),
                                Optional.empty(),
                                Duration.ZERO,
                                Optional.empty(),
                                Tenant.of(""),
                                id -> {}));
    }

    @Test
    void aClassificationThatIsRefusedRunsNothing() {
        assertThatThrownBy(() -> classify("ids")).hasMessageContaining("output 'ids' is INT64");
        assertThatThrownBy(() -> classify("wide"))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PAYLOAD_TOO_LARGE))
                .hasMessageContaining("1100 rows");
        assertThat(graph.requests()).isEmpty();
    }

    @Test
    void whatOnlyTheRunTellsIsNoReasonToRefuseItBefore() {
        for (String output : List.of("narrow", "open", "unknown")) {
            classify(output);
        }
        assertThat(graph.requests()).hasSize(3);
    }
}
