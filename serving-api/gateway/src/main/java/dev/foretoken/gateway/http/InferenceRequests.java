package dev.foretoken.gateway.http;

import dev.foretoken.contract.engine.ModelInfo;
import dev.foretoken.gateway.Gateway;
import dev.foretoken.gateway.call.InferCalls;
import dev.foretoken.gateway.call.ModelPath;
import dev.foretoken.gateway.json.JsonFields;
import dev.foretoken.gateway.json.JsonWriter;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.gateway.tensor.ModelVersions;
import dev.foretoken.gateway.tensor.json.MetadataJson;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/** From a request of the Open Inference Protocol to its response. Blocks the request's virtual thread until the answer is there. */
final class InferenceRequests {

    private static final String NAME = "foretoken";

    private final Exchange exchange;
    private final Gateway gateway;
    private final ModelVersions versions;

    InferenceRequests(Exchange exchange) {
        this.exchange = exchange;
        this.gateway = exchange.gateway();
        this.versions = new ModelVersions(gateway.catalog());
    }

    Response server() {
        JsonWriter json = new JsonWriter();
        MetadataJson.server(json, NAME, Gateway.version());
        return Replies.json(200, json);
    }

    Response live() {
        return Replies.json(200, new JsonWriter().raw("{\"live\":true}"));
    }

    Response ready() {
        boolean ready = gateway.readiness().ready();
        return Replies.json(ready ? 200 : 503, new JsonWriter().raw("{\"ready\":" + ready + "}"));
    }

    Response modelReady(ModelPath path) {
        ServedModel model = versions.require(path.name(), path.version());
        boolean ready = model.canAnswer() && !gateway.admission().isDraining();
        JsonWriter json = new JsonWriter().raw("{\"name\":").string(path.name());
        return Replies.json(ready ? 200 : 503, json.raw(",\"ready\":" + ready + "}"));
    }

    Response metadata(ModelPath path) {
        ServedModel model = versions.require(path.name(), path.version());
        JsonWriter json = new JsonWriter();
        MetadataJson.model(
                json,
                path.name(),
                versions.of(path.name()),
                model.info().map(ModelInfo::runtime).orElse(""),
                gateway.inferences().signature(model));
        return Replies.json(200, json);
    }

    /** Everything that is served, tensors or not. */
    Response index(InputStream stream) {
        boolean readyOnly =
                emptyOrJson(stream).map(body -> body.bool("ready", false)).orElse(false);
        List<ServedModel> models = gateway.catalog().all().stream()
                .filter(model -> !readyOnly || model.canAnswer())
                .toList();
        JsonWriter json = new JsonWriter().raw("[");
        for (int i = 0; i < models.size(); i++) {
            ServedModel model = models.get(i);
            json.comma(i).raw("{\"name\":").string(model.publicName());
            json.raw(",\"version\":").string(versions.answering(model.publicName(), ""));
            json.raw(",\"state\":\"")
                    .raw(model.canAnswer() ? "READY" : "UNAVAILABLE")
                    .raw("\",\"reason\":\"\"}");
        }
        return Replies.json(200, json.raw("]"));
    }

    private Optional<JsonFields> emptyOrJson(InputStream stream) {
        return RequestBody.announced(exchange.header("content-length")) == 0
                ? Optional.empty()
                : Optional.of(RequestBody.json(exchange, stream));
    }

    Response infer(ModelPath path, InputStream stream) {
        return Admitted.runWhileWaitedFor(
                exchange,
                place -> Replies.of(new InferCalls(exchange).infer(path, new TensorBody(exchange, stream)::read)));
    }
}
