package dev.foretoken.e2e.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.e2e.http.HttpApi;
import dev.foretoken.e2e.http.Reply;
import dev.foretoken.e2e.server.Deployment;
import dev.foretoken.e2e.server.ServeArguments;
import dev.foretoken.e2e.server.Topology;
import dev.foretoken.registry.Registry;
import dev.foretoken.registry.RegistryConfig;
import dev.foretoken.registry.content.Provenance;
import dev.foretoken.registry.ingest.Trust;
import dev.foretoken.wire.inference.GRPCInferenceServiceGrpc;
import dev.foretoken.wire.inference.ModelMetadataRequest;
import dev.foretoken.wire.inference.ModelMetadataResponse;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A graph of the registry that nobody has asked for yet: it says what it takes, and the first request loads it. */
@Timeout(300)
class OfferedGraphTest {

    @TempDir
    private Path home;

    @TempDir
    private Path folder;

    @Test
    void saysWhatItTakesBeforeItIsLoadedAndAnswersTheFirstRequest() throws Exception {
        ZooGraph graph = ZooGraph.of("bert");
        Files.copy(graph.file(), folder.resolve("model.onnx"));
        try (Registry registry = Registry.open(RegistryConfig.at(home))) {
            registry.importModel(
                    "bert",
                    folder,
                    Trust.OWN_FOLDER,
                    new Provenance("test", "test", "import", Map.of(), null, Instant.EPOCH),
                    LoadProgress.SILENT);
        }
        ServeArguments arguments =
                ServeArguments.NONE.edge("--registry", home.toString(), "--model", "bert", "--memory", "256m");
        try (Deployment deployment = Topology.ONE_PROCESS.start(arguments)) {
            HttpApi rest = new HttpApi(deployment.http());
            List<Long> shape = graph.inputs().getFirst().shape();
            assertInput(rest.get("/v2/models/bert"), graph.inputs().getFirst().name(), shape.size());
            assertInput(overGrpc(deployment), graph.inputs().getFirst().name(), shape.size());
            assertThat(rest.get("/v1/models").toString()).contains("available").doesNotContain("ready");
            List<ZooGraph.GoldenTensor> answers = new BinaryInference(deployment.http()).infer("bert", graph.inputs());
            GoldenCheck.assertEqual(answers, graph.outputs());
            assertThat(rest.get("/v1/models").toString()).contains("ready");
        }
    }

    private static void assertInput(Reply reply, String name, int rank) {
        assertThat(reply.status()).as(reply.toString()).isEqualTo(200);
        JsonNode input = reply.body().at("/inputs/0");
        assertThat(input.path("name").asText()).isEqualTo(name);
        assertThat(input.path("shape")).hasSize(rank);
    }

    private static void assertInput(ModelMetadataResponse reply, String name, int rank) {
        assertThat(reply.getInputs(0).getName()).isEqualTo(name);
        assertThat(reply.getInputs(0).getShapeList()).hasSize(rank);
    }

    private static ModelMetadataResponse overGrpc(Deployment deployment) {
        ManagedChannel channel = ManagedChannelBuilder.forTarget(deployment.grpc())
                .usePlaintext()
                .build();
        try {
            return GRPCInferenceServiceGrpc.newBlockingStub(channel)
                    .withDeadlineAfter(2, TimeUnit.MINUTES)
                    .modelMetadata(
                            ModelMetadataRequest.newBuilder().setName("bert").build());
        } finally {
            channel.shutdownNow();
        }
    }
}
