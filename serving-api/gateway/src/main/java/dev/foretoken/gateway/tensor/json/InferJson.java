package dev.foretoken.gateway.tensor.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.ElementType;
import dev.foretoken.contract.runtime.Tensor;
import dev.foretoken.gateway.json.JsonFields;
import dev.foretoken.gateway.tensor.CallCheck;
import dev.foretoken.gateway.tensor.CallParameters;
import dev.foretoken.gateway.tensor.ElementWriter;
import dev.foretoken.gateway.tensor.InferOrder;
import dev.foretoken.gateway.tensor.RequestedOutput;
import dev.foretoken.gateway.tensor.TensorLimits;
import dev.foretoken.gateway.tensor.TensorMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the body of an inference request. For one thread. */
public final class InferJson {

    private static final String SIZE = "binary_data_size";
    private static final String BINARY = "binary_data";
    private static final String ALL_BINARY = "binary_data_output";

    private final TensorLimits limits;
    private final TensorMemory memory;
    private final BinaryPart binary;

    /** @param binary what follows the JSON */
    public InferJson(TensorLimits limits, BinaryPart binary) {
        this.limits = limits;
        this.memory = new TensorMemory(limits);
        this.binary = binary;
    }

    /** @throws ForetokenException INVALID_REQUEST naming field or tensor, UNSUPPORTED_FEATURE, PAYLOAD_TOO_LARGE */
    public InferBody read(JsonFields body) {
        Map<String, Object> parameters = ParameterJson.read(body);
        boolean allBinary = flag(body, parameters, ALL_BINARY, false);
        List<RequestedOutput> outputs = outputs(body, allBinary);
        CallParameters known = CallParameters.read(parameters);
        List<JsonFields> inputs = body.objects("inputs");
        CallCheck.inputs(
                inputs.stream().map(each -> each.requiredString("name")).toList(), limits);
        List<Tensor> tensors = new ArrayList<>();
        for (JsonFields input : inputs) {
            tensors.add(input(input));
        }
        binary.requireEnd();
        return new InferBody(new InferOrder(body.string("id").orElse(""), known, tensors, outputs), allBinary);
    }

    private Tensor input(JsonFields input) {
        String name = input.requiredString("name");
        ElementType type = CallCheck.type(name, input.requiredString("datatype"));
        List<Long> shape = shape(input);
        Map<String, Object> parameters = ParameterJson.read(input);
        CallParameters.refuseSharedMemory(parameters.keySet());
        Object size = parameters.get(SIZE);
        if (size == null) {
            ElementWriter elements = new ElementWriter(name, type, shape, memory);
            ElementsJson.read(input, shape, elements);
            return elements.finish();
        }
        if (!(size instanceof Long bytes) || bytes < 0) {
            throw input.invalid("parameters." + SIZE, "must be how many bytes the tensor has");
        }
        if (input.has("data")) {
            throw input.invalid("data", "and " + SIZE + " exclude each other; send one of them");
        }
        return memory.raw(name, type, shape, bytes, data -> binary.read(name, data));
    }

    private static List<Long> shape(JsonFields input) {
        JsonNode shape = input.get("shape");
        if (!(shape instanceof ArrayNode list)) {
            throw input.invalid("shape", "is missing, an array of sizes is needed");
        }
        List<Long> out = new ArrayList<>(list.size());
        for (JsonNode size : list) {
            if (!size.isIntegralNumber() || !size.canConvertToLong()) {
                throw input.wrong("shape[" + out.size() + "]", "an integer of 64 bits", size);
            }
            out.add(size.longValue());
        }
        return out;
    }

    private List<RequestedOutput> outputs(JsonFields body, boolean allBinary) {
        List<RequestedOutput> out = new ArrayList<>();
        for (JsonFields output : body.objects("outputs")) {
            Map<String, Object> parameters = ParameterJson.read(output);
            boolean asBytes = flag(output, parameters, BINARY, allBinary);
            out.add(RequestedOutput.of(output.requiredString("name"), asBytes, parameters));
        }
        CallCheck.outputs(out.stream().map(RequestedOutput::name).toList(), limits);
        return out;
    }

    private static boolean flag(JsonFields owner, Map<String, Object> parameters, String name, boolean fallback) {
        @Nullable Object value = parameters.get(name);
        if (value != null && !(value instanceof Boolean)) {
            throw owner.invalid("parameters." + name, "must be true or false");
        }
        return value == null ? fallback : (Boolean) value;
    }
}
