package dev.foretoken.e2e.tensor;

import com.google.protobuf.ByteString;
import dev.foretoken.e2e.server.Deployment;
import dev.foretoken.e2e.server.ServeArguments;
import dev.foretoken.e2e.server.Topology;
import dev.foretoken.e2e.tensor.ZooGraph.GoldenTensor;
import dev.foretoken.wire.inference.GRPCInferenceServiceGrpc;
import dev.foretoken.wire.inference.ModelInferRequest;
import dev.foretoken.wire.inference.ModelInferResponse;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every graph of the zoo answers through the Open Inference Protocol as the model it was exported from. */
@Timeout(600)
class ZooInferenceTest {

    /** So many processes are not needed, and so few graphs keep a command line short. */
    private static final int GRAPHS_OF_A_PROCESS = 26;

    static List<List<ZooGraph>> groups() {
        List<ZooGraph> all = ZooGraph.all();
        List<List<ZooGraph>> groups = new ArrayList<>();
        for (int start = 0; start < all.size(); start += GRAPHS_OF_A_PROCESS) {
            groups.add(all.subList(start, Math.min(all.size(), start + GRAPHS_OF_A_PROCESS)));
        }
        return groups;
    }

    @ParameterizedTest
    @MethodSource("groups")
    void everyGraphAnswersRightOverRestAndGrpc(List<ZooGraph> graphs) throws Exception {
        ServeArguments arguments = ServeArguments.NONE;
        for (ZooGraph graph : graphs) {
            arguments = arguments.model(graph.name(), graph.file());
        }
        try (Deployment deployment = Topology.ONE_PROCESS.start(arguments.engine("--threads", "1", "--memory", "4g"))) {
            BinaryInference rest = new BinaryInference(deployment.http());
            ManagedChannel channel = ManagedChannelBuilder.forTarget(deployment.grpc())
                    .usePlaintext()
                    .build();
            for (ZooGraph graph : graphs) {
                GoldenCheck.assertEqual(rest.infer(graph.name(), graph.inputs()), graph.outputs());
                GoldenCheck.assertEqual(overGrpc(channel, graph), graph.outputs());
            }
            channel.shutdownNow();
        }
    }

    private static List<GoldenTensor> overGrpc(ManagedChannel channel, ZooGraph graph) {
        ModelInferRequest.Builder request = ModelInferRequest.newBuilder().setModelName(graph.name());
        for (GoldenTensor input : graph.inputs()) {
            request.addInputs(ModelInferRequest.InferInputTensor.newBuilder()
                            .setName(input.name())
                            .setDatatype(input.type())
                            .addAllShape(input.shape()))
                    .addRawInputContents(ByteString.copyFrom(input.bytes()));
        }
        ModelInferResponse response = GRPCInferenceServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(60, TimeUnit.SECONDS)
                .modelInfer(request.build());
        List<GoldenTensor> outputs = new ArrayList<>();
        for (int i = 0; i < response.getOutputsCount(); i++) {
            ModelInferResponse.InferOutputTensor output = response.getOutputs(i);
            outputs.add(new GoldenTensor(
                    output.getName(),
                    output.getDatatype(),
                    output.getShapeList(),
                    response.getRawOutputContents(i).toByteArray()));
        }
        return outputs;
    }
}
