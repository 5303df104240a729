package dev.foretoken.gateway.tensor;

import dev.foretoken.contract.ForetokenException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An output that a caller asks for.
 *
 * @param binary whether the caller wants its bytes behind the JSON; of no meaning in gRPC
 * @param classes how many of its highest scores are wanted in its place; 0 = the output itself
 */
public record RequestedOutput(String name, boolean binary, int classes) {

    static final String CLASSIFICATION = "classification";

    /**
     * @param parameters of the output
     * @throws ForetokenException INVALID_REQUEST, and UNSUPPORTED_FEATURE for shared memory
     */
    public static RequestedOutput of(String name, boolean binary, Map<String, Object> parameters) {
        CallParameters.refuseSharedMemory(parameters.keySet());
        @Nullable Object classes = parameters.get(CLASSIFICATION);
        return new RequestedOutput(name, binary, classes == null ? 0 : TopClasses.count(classes));
    }
}
