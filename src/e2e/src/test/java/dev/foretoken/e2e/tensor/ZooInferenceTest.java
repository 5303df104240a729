package dev.foretoken.e2e.tensor;

import dev.foretoken.e2e.server.Deployment;
import dev.foretoken.e2e.server.ServeArguments;
import dev.foretoken.e2e.server.Topology;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every graph of the zoo answers through the Open Inference Protocol as the model it was exported from. */
@Timeout(600)
class ZooInferenceTest {

    /** So many processes are not needed, and so few graphs keep a command line short. */
    private static final int GRAPHS_OF_A_PROCESS = 52;

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
        try (Deployment deployment = Topology.ONE_PROCESS.start(arguments.engine("--threads", "1", "--memory", "4g"));
                GrpcInference grpc = new GrpcInference(deployment.grpc())) {
            BinaryInference rest = new BinaryInference(deployment.http());
            for (ZooGraph graph : graphs) {
                GoldenCheck.assertEqual(rest.infer(graph.name(), graph.inputs()), graph.outputs());
                GoldenCheck.assertEqual(grpc.infer(graph.name(), graph.inputs()), graph.outputs());
            }
        }
    }
}
