package dev.foretoken.e2e.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.foretoken.e2e.conformance.Golden;
import dev.foretoken.e2e.server.Checkout;
import dev.foretoken.e2e.server.Deployment;
import dev.foretoken.e2e.server.ServeArguments;
import dev.foretoken.e2e.server.Topology;
import dev.foretoken.wire.v1.GenerateRequest;
import dev.foretoken.wire.v1.ModelInfoRequest;
import dev.foretoken.wire.v1.Sampling;
import dev.foretoken.wire.v1.Stop;
import dev.foretoken.wire.v1.TokenIds;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** LoRA adapters by gRPC. */
class GrpcAdapterTest {

    private static final String BASE = "llama-odd-f32";
    private static final String ADAPTER = "llama-odd-stable";

    @ParameterizedTest
    @EnumSource(Topology.class)
    void answersWithTheAdapterThatIsNamedAndListsIt(Topology topology) {
        String folder =
                Checkout.checkpoints().resolve("adapters").resolve(ADAPTER).toString();
        ServeArguments arguments = ServeArguments.of(BASE, Checkout.checkpoint(BASE))
                .engine("--precision", "EXACT", "--kv-cache-dtype", "f32", "--adapter", BASE + ":s=" + folder);
        try (Deployment server = topology.start(arguments);
                GrpcClient client = new GrpcClient(server.grpc())) {
            for (Golden.Prompt prompt : Golden.ofAdapter(ADAPTER, BASE).prompts()) {
                assertThat(tokens(client, BASE + ":s", prompt)).isEqualTo(prompt.tokens());
                assertThat(tokens(client, BASE, prompt)).isNotEqualTo(prompt.tokens());
            }
            assertThat(client.inference()
                            .modelInfo(ModelInfoRequest.getDefaultInstance())
                            .getModels(0)
                            .getAdaptersList())
                    .containsExactly(BASE + ":s");
            StatusRuntimeException refusal = catchThrowableOfType(
                    StatusRuntimeException.class,
                    () -> tokens(
                            client,
                            BASE + ":other",
                            Golden.ofAdapter(ADAPTER, BASE).prompts().getFirst()));
            assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
            assertThat(refusal).hasMessageContaining("adapters loaded: 'llama-odd-f32:s'");
        }
    }

    private static List<Integer> tokens(GrpcClient client, String model, Golden.Prompt prompt) {
        GenerateRequest request = GenerateRequest.newBuilder()
                .setModel(model)
                .setTokens(TokenIds.newBuilder().addAllIds(prompt.ids()))
                .setSampling(Sampling.newBuilder().setTemperature(0))
                .setStop(Stop.newBuilder().setMaxTokens(prompt.tokens().size()).setIgnoreEos(true))
                .build();
        return Answer.read(client.inference().generate(request)).tokens(0);
    }
}
