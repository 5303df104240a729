package dev.foretoken.e2e.tensor;

import dev.foretoken.e2e.server.Deployment;
import dev.foretoken.e2e.server.ServeArguments;
import dev.foretoken.e2e.server.Topology;
import dev.foretoken.e2e.tensor.DeclaredGraph.Exchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streams and loops of published systems answer through the Open Inference Protocol, streams of REST and gRPC beside each other. */
@Timeout(300)
class DeclaredZooInferenceTest {

    private static final long OVER_REST = 10;
    private static final long OVER_GRPC = 20;

    @Test
    void streamsAndLoopsAnswerRightOverRestAndGrpc() throws Exception {
        ServeArguments arguments = ServeArguments.NONE;
        for (DeclaredGraph graph : DeclaredGraph.all()) {
            arguments = arguments.model(graph.name(), graph.folder());
        }
        try (Deployment deployment = Topology.ONE_PROCESS.start(arguments.engine("--threads", "1", "--memory", "4g"));
                GrpcInference grpc = new GrpcInference(deployment.grpc())) {
            BinaryInference rest = new BinaryInference(deployment.http());
            for (DeclaredGraph graph : DeclaredGraph.all()) {
                for (int i = 0; i < graph.exchanges().size(); i++) {
                    ask(graph, i, rest, grpc);
                }
            }
        }
    }

    private static void ask(DeclaredGraph graph, int index, BinaryInference rest, GrpcInference grpc) throws Exception {
        Exchange exchange = graph.exchanges().get(index);
        String name = graph.name();
        if (exchange.stream() == 0) {
            GoldenCheck.assertEqual(rest.infer(name, exchange.inputs()), exchange.outputs());
            GoldenCheck.assertEqual(grpc.infer(name, exchange.inputs()), exchange.outputs());
            return;
        }
        GoldenCheck.assertEqual(rest.infer(name, graph.turn(index, OVER_REST), exchange.inputs()), exchange.outputs());
        GoldenCheck.assertEqual(grpc.infer(name, graph.turn(index, OVER_GRPC), exchange.inputs()), exchange.outputs());
    }
}
