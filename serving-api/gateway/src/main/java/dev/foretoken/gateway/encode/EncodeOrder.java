package dev.foretoken.gateway.encode;

import dev.foretoken.contract.request.RequestIdentity;
import dev.foretoken.contract.request.ServiceLevel;
import dev.foretoken.contract.runtime.ModelTask;
import java.util.List;
import java.util.function.Consumer;

/**
 * What a request wants of an encoder.
 *
 * @param task EMBED, RERANK or CLASSIFY
 * @param inputs a row is made for each; at least one
 * @param field of the request that they come from, for messages
 * @param told the id of every decision where a run goes, on the thread of the run
 */
public record EncodeOrder(
        ModelTask task,
        List<EncoderInput> inputs,
        String field,
        Truncation truncation,
        RequestIdentity identity,
        ServiceLevel service,
        Consumer<String> told) {

    public EncodeOrder {
        inputs = List.copyOf(inputs);
    }
}
