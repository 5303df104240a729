package dev.foretoken.gateway.grpc;

import com.google.protobuf.ByteString;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.gateway.tensor.CallCheck;
import dev.foretoken.gateway.tensor.CallParameters;
import dev.foretoken.gateway.tensor.RawElements;
import dev.foretoken.gateway.tensor.RequestedOutput;
import dev.foretoken.gateway.tensor.TensorCall;
import dev.foretoken.gateway.tensor.TensorLimits;
import dev.foretoken.gateway.tensor.TensorMemory;
import dev.foretoken.wire.inference.InferTensorContents;
import dev.foretoken.wire.inference.ModelInferRequest;
import dev.foretoken.wire.inference.ModelInferRequest.InferInputTensor;
import dev.foretoken.wire.inference.ModelInferRequest.InferRequestedOutputTensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Reads a ModelInferRequest into the call that both protocols make. For one thread. */
final class InferFields {

    private static final List<String> REFUSED = List.of("classification", "shared_memory_region");

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
    TensorCall call() {
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
        return new TensorCall(request.getId(), parameters, inputs, outputs);
    }

    private static RequestedOutput output(InferRequestedOutputTensor output) {
        refuse(output.getParametersMap().keySet());
        return new RequestedOutput(output.getName(), true);
    }

    private static void refuse(Iterable<String> parameters) {
        for (String name : parameters) {
            if (REFUSED.contains(name)) {
                throw new ForetokenException(
                                ErrorCode.UNSUPPORTED_FEATURE, "the parameter " + name + " is not offered here")
                        .withParam(name);
            }
        }
    }

    private Tensor input(InferInputTensor input, int index) {
        String name = input.getName();
        refuse(input.getParametersMap().keySet());
        ElementType type = CallCheck.type(name, input.getDatatype());
        if (!isRaw()) {
            return TensorContents.read(input, type, memory);
        }
        if (!input.getContents().equals(InferTensorContents.getDefaultInstance())) {
            throw ForetokenException.invalid(
                    name, "input '" + name + "' has contents beside raw_input_contents; send one of them");
        }
        List<Long> shape = input.getShapeList();
        ByteString bytes = request.getRawInputContents(index);
        long elements = memory.elements(name, type, shape);
        RawElements.checkSize(name, type, elements, bytes.size());
        MemorySegment data = memory.allocate(name, bytes.size());
        bytes.copyTo(data.asByteBuffer());
        RawElements.checkContent(name, type, elements, data);
        return new Tensor(name, type, shape, data);
    }
}
