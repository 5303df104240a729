package dev.foretoken.gateway.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.contract.runtime.TensorSpec;
import dev.foretoken.wire.inference.ModelInferRequest;
import dev.foretoken.wire.inference.ModelInferResponse;
import dev.foretoken.wire.inference.ModelInferResponse.InferOutputTensor;
import dev.foretoken.wire.inference.ModelMetadataResponse.TensorMetadata;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.List;

/** Writes what comes back of an inference. */
final class InferMessages {

    private InferMessages() {}

    /**
     * @param version of the model that answered
     * @param raw whether outputs go as bytes; they do so too when one of them has a type without a list
     */
    static ModelInferResponse answer(ModelInferRequest request, String version, List<Tensor> outputs, boolean raw) {
        boolean bytes = raw || outputs.stream().anyMatch(output -> !TensorContents.hasList(output.type()));
        ModelInferResponse.Builder response = ModelInferResponse.newBuilder()
                .setModelName(request.getModelName())
                .setModelVersion(version)
                .setId(request.getId());
        for (Tensor output : outputs) {
            InferOutputTensor.Builder tensor = InferOutputTensor.newBuilder()
                    .setName(output.name())
                    .setDatatype(output.type().name())
                    .addAllShape(output.shape());
            if (bytes) {
                response.addRawOutputContents(bytes(output.data()));
            } else {
                tensor.setContents(TensorContents.write(output));
            }
            response.addOutputs(tensor);
        }
        return response.build();
    }

    /** The answer's memory is ours and never written again; where it is an array of other elements than bytes, it is copied. */
    private static ByteString bytes(MemorySegment data) {
        return UnsafeByteOperations.unsafeWrap(
                data.isNative() ? data.asByteBuffer() : ByteBuffer.wrap(data.toArray(ValueLayout.JAVA_BYTE)));
    }

    static TensorMetadata metadata(TensorSpec spec) {
        return TensorMetadata.newBuilder()
                .setName(spec.name())
                .setDatatype(spec.type().name())
                .addAllShape(spec.shape())
                .build();
    }
}
