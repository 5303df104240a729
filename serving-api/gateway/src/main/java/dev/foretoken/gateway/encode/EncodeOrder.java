package dev.foretoken.gateway.encode;

import dev.foretoken.contract.request.RequestIdentity;
import dev.foretoken.contract.request.ServiceLevel;
import dev.foretoken.contract.runtime.ModelTask;
import java.util.List;

/**
 * What a request wants of an encoder.
 *
 * @param task EMBED, RERANK or CLASSIFY
 * @param inputs a row is made for each; at least one
 * @param field of the request that they come from, for messages
 */
public record EncodeOrder(
        ModelTask task,
        List<EncoderInput> inputs,
        String field,
        Truncation truncation,
        RequestIdentity identity,
        ServiceLevel service) {

    public EncodeOrder {
        inputs = List.copyOf(inputs);
    }
}
