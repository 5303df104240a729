package dev.foretoken.gateway.tensor.json;

import dev.foretoken.gateway.tensor.InferOrder;
import dev.foretoken.gateway.tensor.RequestedOutput;

/**
 * The body of an inference request.
 *
 * @param allBinary whether outputs that were not asked for by name come as bytes behind the JSON
 */
public record InferBody(InferOrder call, boolean allBinary) {

    boolean wantsBytes(String output) {
        return call.outputs().stream()
                .filter(asked -> asked.name().equals(output))
                .findFirst()
                .map(RequestedOutput::binary)
                .orElse(allBinary);
    }
}
