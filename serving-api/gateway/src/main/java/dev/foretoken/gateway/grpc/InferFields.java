package dev.foretoken.gateway.grpc;

import com.google.protobuf.ByteString;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.gateway.tensor.CallCheck;
import dev.foretoken.gateway.tensor.CallParameters;
import dev.foretoken.gateway.tensor.InferOrder;
import dev.foretoken.gateway.tensor.RequestedOutput;
import dev.foretoken.gateway.tensor.TensorLimits;
import dev.foretoken.gateway.tensor.TensorMemory;
import dev.foretoken.wire.inference.InferTensorContents;
import dev.foretoken.wire.inference.ModelInferRequest;
import dev.foretoken.wire.inference.ModelInferRequest.InferInputTensor;
import dev.foretoken.wire.inference.ModelInferRequest.InferRequestedOutputTensor;
import java.util.ArrayList;
import java.util.List;

/** Reads a ModelInferRequest into the call that both protocols make. For one thread. */
final class InferFields {

    private final ModelInferRequest request;
    private final TensorLimits limits;
    private final TensorMemory memory;

    InferFields(ModelInferRequest request, TensorLimits limits) {
        this.request = request;
        this.limits = limits;
        this.memory = new TensorMemory(limits);
    }

    /** Whether inputs come as bytes, so that outputs go as bytes too. */
    boolean isRaw() {
        return request.getRawInputContentsCount() > 0;
    }

    /** @throws ForetokenException INVALID_REQUEST naming field or tensor, UNSUPPORTED_FEATURE, PAYLOAD_TOO_LARGE */
    InferOrder call() {
        CallParameters parameters = CallParameters.read(InferParameters.read(request.getParametersMap()));
        List<RequestedOutput> outputs =
                request.getOutputsList().stream().map(InferFields::output).toList();
        CallCheck.outputs(outputs.stream().map(RequestedOutput::name).toList(), limits);
        CallCheck.inputs(
                request.getInputsList().stream().map(InferInputTensor::getName).toList(), limits);
        if (isRaw() && request.getRawInputContentsCount() != request.getInputsCount()) {
            throw ForetokenException.invalid(
                    "raw_input_contents",
                    "raw_input_contents has " + request.getRawInputContentsCount() + " entries, but there are "
                            + request.getInputsCount() + " inputs; send the bytes of each, or of none");
        }
        List<Tensor> inputs = new ArrayList<>();
        for (InferInputTensor input : request.getInputsList()) {
            inputs.add(input(input, inputs.size()));
        }
        return new InferOrder(request.getId(), parameters, inputs, outputs);
    }

    private static RequestedOutput output(InferRequestedOutputTensor output) {
        return RequestedOutput.of(output.getName(), true, InferParameters.read(output.getParametersMap()));
    }

    private Tensor input(InferInputTensor input, int index) {
        String name = input.getName();
        CallParameters.refuseSharedMemory(input.getParametersMap().keySet());
        ElementType type = CallCheck.type(name, input.getDatatype());
        if (!isRaw()) {
            return TensorContents.read(input, type, memory);
        }
        if (!input.getContents().equals(InferTensorContents.getDefaultInstance())) {
            throw ForetokenException.invalid(
                    name, "input '" + name + "' has contents beside raw_input_contents; send one of them");
        }
        ByteString bytes = request.getRawInputContents(index);
        return memory.raw(name, type, input.getShapeList(), bytes.size(), data -> bytes.copyTo(data.asByteBuffer()));
    }
}
