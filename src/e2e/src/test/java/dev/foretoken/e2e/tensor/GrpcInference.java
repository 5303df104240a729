package dev.foretoken.e2e.tensor;

import com.google.protobuf.ByteString;
import dev.foretoken.e2e.tensor.ZooGraph.GoldenTensor;
import dev.foretoken.wire.inference.GRPCInferenceServiceGrpc;
import dev.foretoken.wire.inference.InferParameter;
import dev.foretoken.wire.inference.ModelInferRequest;
import dev.foretoken.wire.inference.ModelInferResponse;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Inferences over gRPC whose tensors are bytes in both directions. */
final class GrpcInference implements AutoCloseable {

    private final ManagedChannel channel;

    GrpcInference(String target) {
        this.channel = ManagedChannelBuilder.forTarget(target).usePlaintext().build();
    }

    List<GoldenTensor> infer(String model, List<GoldenTensor> inputs) {
        return send(request(model, inputs));
    }

    /** One request of a stream. */
    List<GoldenTensor> infer(String model, StreamTurn turn, List<GoldenTensor> inputs) {
        return send(request(model, inputs)
                .putParameters(
                        "sequence_id",
                        InferParameter.newBuilder().setInt64Param(turn.id()).build())
                .putParameters("sequence_start", flag(turn.first()))
                .putParameters("sequence_end", flag(turn.last())));
    }

    private static InferParameter flag(boolean value) {
        return InferParameter.newBuilder().setBoolParam(value).build();
    }

    private static ModelInferRequest.Builder request(String model, List<GoldenTensor> inputs) {
        ModelInferRequest.Builder request = ModelInferRequest.newBuilder().setModelName(model);
        for (GoldenTensor input : inputs) {
            request.addInputs(ModelInferRequest.InferInputTensor.newBuilder()
                            .setName(input.name())
                            .setDatatype(input.type())
                            .addAllShape(input.shape()))
                    .addRawInputContents(ByteString.copyFrom(input.bytes()));
        }
        return request;
    }

    private List<GoldenTensor> send(ModelInferRequest.Builder request) {
        ModelInferResponse response = GRPCInferenceServiceGrpc.newBlockingStub(channel)
                .withDeadlineAfter(2, TimeUnit.MINUTES)
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

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
