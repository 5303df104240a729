package dev.foretoken.gateway.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.json.JsonFields;
import dev.foretoken.registry.name.VariantRef;
import dev.foretoken.registry.transfer.PullQueue;
import dev.foretoken.registry.transfer.PullStatus;
import java.time.Instant;

/**
 * Pulls as requests ask for them. A request says what to pull and never who may be asked, nor as whom: the server's options do. Whoever calls
 * it has checked that the request may do so.
 */
public final class RegistryPulls {

    private final PullQueue queue;

    public RegistryPulls(PullQueue queue) {
        this.queue = queue;
    }

    /** @throws ForetokenException INVALID_REQUEST, QUEUE_FULL */
    public JsonNode pull(String model, JsonFields fields) {
        RegistryChanges.only(fields, "address");
        return json(queue.submit(model, fields.requiredString("address")));
    }

    /** Newest first. */
    public JsonNode list() {
        return RegistryJson.list("pulls", queue.newest(), RegistryPulls::json);
    }

    /** @throws ForetokenException JOB_NOT_FOUND */
    public JsonNode show(String id) {
        return json(queue.find(id));
    }

    /** @throws ForetokenException JOB_NOT_FOUND */
    public JsonNode cancel(String id) {
        return json(queue.cancel(id));
    }

    private static ObjectNode json(PullStatus pull) {
        ObjectNode node = RegistryJson.object();
        node.put("id", pull.id());
        node.put("model", pull.model());
        node.put("address", pull.address());
        node.put("state", pull.state().text());
        node.put("stage", pull.progress().stage());
        node.put("done", pull.progress().done());
        node.put("total", pull.progress().total());
        node.put("reference", pull.result().map(VariantRef::toString).orElse(null));
        node.put("error", pull.error().orElse(null));
        node.put("created", RegistryJson.text(pull.times().created()));
        node.put("started", pull.times().started().map(Instant::toString).orElse(null));
        node.put("ended", pull.times().ended().map(Instant::toString).orElse(null));
        return node;
    }
}
