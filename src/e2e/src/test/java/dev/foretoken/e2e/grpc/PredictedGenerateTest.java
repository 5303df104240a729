package dev.foretoken.e2e.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.e2e.conformance.Golden;
import dev.foretoken.e2e.server.Deployment;
import dev.foretoken.e2e.server.InEveryTopology;
import dev.foretoken.e2e.server.Models;
import dev.foretoken.wire.v1.GenerateRequest;
import dev.foretoken.wire.v1.ModelInfoRequest;
import dev.foretoken.wire.v1.Prefill;
import dev.foretoken.wire.v1.PrefillUsage;
import dev.foretoken.wire.v1.Sampling;
import dev.foretoken.wire.v1.Stop;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Predicted prompts over gRPC, with maps that change nothing. */
@InEveryTopology
class PredictedGenerateTest {

    private static final Golden.Prompt LINES = Golden.of(Models.LLAMA).ofText(" two  spaces\n\nand lines");

    private final GrpcClient client;

    PredictedGenerateTest(Deployment server) {
        this.client = new GrpcClient(server.grpc());
    }

    @AfterEach
    void close() {
        client.close();
    }

    private static GenerateRequest.Builder lines(String model, Prefill.Builder prefill) {
        return GenerateRequest.newBuilder()
                .setModel(model)
                .setText(LINES.text().orElseThrow())
                .setSampling(Sampling.newBuilder().setTemperature(0))
                .setStop(Stop.newBuilder().setMaxTokens(16))
                .setPrefill(prefill.setMode(Prefill.Mode.MODE_PREDICTED));
    }

    @Test
    void aPredictedPromptIsRepairedAfterTheTokensThatWereAskedFor() {
        GenerateRequest request =
                lines(Models.PREDICTING, Prefill.newBuilder().setTokens(5)).build();
        Answer answer = Answer.read(client.inference().generate(request));
        assertThat(answer.text(0)).isEqualTo(LINES.answer().generated());
        PrefillUsage prefill = answer.finish(0).getUsage().getPrefill();
        assertThat(prefill.getMode()).isEqualTo("predicted");
        assertThat(prefill.getPredictedTokens())
                .isEqualTo(LINES.ids().size() - 1 - answer.finish(0).getUsage().getCachedTokens());
        assertThat(prefill.getRepairedAt()).isEqualTo(5);
    }

    @Test
    void aModelWithoutPredictorRefuses() {
        GenerateRequest request = lines(Models.LLAMA, Prefill.newBuilder()).build();
        assertThatThrownBy(() -> client.inference().generate(request).forEachRemaining(message -> {}))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(Code.UNIMPLEMENTED));
        assertThat(client.inference()
                        .modelInfo(ModelInfoRequest.newBuilder()
                                .setModel(Models.LLAMA)
                                .build())
                        .getModels(0)
                        .getPrefillModesList())
                .containsExactly("exact");
    }
}
