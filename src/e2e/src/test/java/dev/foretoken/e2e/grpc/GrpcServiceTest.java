package dev.foretoken.e2e.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.foretoken.e2e.server.Deployment;
import dev.foretoken.e2e.server.InEveryTopology;
import dev.foretoken.e2e.server.Models;
import dev.foretoken.wire.v1.HealthRequest;
import dev.foretoken.wire.v1.HealthResponse;
import dev.foretoken.wire.v1.Model;
import dev.foretoken.wire.v1.ModelInfoRequest;
import dev.foretoken.wire.v1.ModelInfoResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the gRPC port offers beside answers. */
@InEveryTopology
class GrpcServiceTest {

    private final GrpcClient client;

    GrpcServiceTest(Deployment server) {
        this.client = new GrpcClient(server.grpc());
    }

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void healthSaysLiveAndReady() {
        HealthResponse health = client.inference().health(HealthRequest.getDefaultInstance());
        assertThat(health.getLive()).isTrue();
        assertThat(health.getReady()).as(health.getDetail()).isTrue();
    }

    @Test
    void theStandardHealthServiceAnswersForTheServerAndForInference() {
        assertThat(standardHealth("")).isEqualTo(ServingStatus.SERVING);
        assertThat(standardHealth("foretoken.v1.Inference")).isEqualTo(ServingStatus.SERVING);
    }

    private ServingStatus standardHealth(String service) {
        return HealthGrpc.newBlockingStub(client.channel())
                .withDeadlineAfter(2, TimeUnit.MINUTES)
                .check(HealthCheckRequest.newBuilder().setService(service).build())
                .getStatus();
    }

    @Test
    void modelInfoDescribesEveryModel() {
        ModelInfoResponse all = client.inference().modelInfo(ModelInfoRequest.getDefaultInstance());
        assertThat(all.getModelsList())
                .extracting(Model::getName)
                .containsExactlyInAnyOrder(Models.LLAMA, Models.QWEN, Models.PREDICTING, Models.LONG);
        ModelInfoResponse one = client.inference()
                .modelInfo(ModelInfoRequest.newBuilder().setModel(Models.LLAMA).build());
        assertThat(one.getModelsList()).singleElement().satisfies(model -> {
            assertThat(model.getContextTokens()).isEqualTo(Models.CONTEXT);
            assertThat(model.getVocabularySize()).isEqualTo(384);
            assertThat(model.getText()).isTrue();
            assertThat(model.getRuntime()).isNotEmpty();
            assertThat(model.getNumericsId()).isNotEmpty();
            assertThat(model.getWeights()).isNotEmpty();
            assertThat(model.getWeightBytes()).isPositive();
            assertThat(model.getKvCache()).isNotEmpty();
        });
    }

    @Test
    void modelInfoOfAnUnknownModelIsNotFound() {
        StatusRuntimeException refusal = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> client.inference()
                        .modelInfo(
                                ModelInfoRequest.newBuilder().setModel("gpt-0").build()));
        assertThat(refusal.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
    }

    @Test
    void reflectionListsTheServices() throws Exception {
        assertThat(GrpcReflection.services(client.channel()))
                .contains("foretoken.v1.Inference", "inference.GRPCInferenceService", "grpc.health.v1.Health");
    }
}
