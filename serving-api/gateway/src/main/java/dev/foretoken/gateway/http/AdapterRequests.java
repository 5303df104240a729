package dev.foretoken.gateway.http;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.gateway.json.JsonFields;
import dev.foretoken.gateway.json.JsonWriter;
import dev.foretoken.gateway.model.AdapterAdmin;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.time.Duration;

/**
 * From a body about an adapter to the response. Blocks the request's virtual thread until the adapter is there, or gone. Not for tenants: adapters
 * are everybody's.
 */
final class AdapterRequests {

    private final Exchange exchange;

    AdapterRequests(Exchange exchange) {
        this.exchange = exchange;
    }

    Response load(InputStream stream) {
        return answered(stream, (admin, body) -> {
            String name = body.requiredString("lora_name");
            String base = admin.load(body.string("base_model_name"), name, body.requiredString("lora_path"));
            return base + ":" + name;
        });
    }

    /** Answers when the last running request of the adapter has ended. */
    Response unload(InputStream stream) {
        Duration grace = exchange.gateway().answers().limits().maxTimeout();
        return answered(stream, (admin, body) -> {
            String name = body.requiredString("lora_name");
            return admin.unload(body.string("base_model_name"), name, grace) + ":" + name;
        });
    }

    /** Returns what callers name the adapter by. */
    @FunctionalInterface
    private interface Work {
        String run(AdapterAdmin admin, JsonFields body);
    }

    private Response answered(InputStream stream, Work work) {
        try {
            exchange.requireOperator();
            AdapterAdmin admin = exchange.gateway()
                    .adapters()
                    .orElseThrow(() -> new ForetokenException(
                            ErrorCode.UNSUPPORTED_FEATURE,
                            "this server loads no adapters while it runs; start it with --adapters FOLDER"));
            String id = work.run(admin, RequestBody.read(exchange, stream));
            JsonWriter json = new JsonWriter();
            json.raw("{\"id\":").string(id).raw(",\"status\":\"success\"}");
            return Replies.json(200, json);
        } catch (RuntimeException e) {
            return Replies.error(exchange.publish(e));
        }
    }
}
