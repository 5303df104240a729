package dev.foretoken.gateway.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import dev.foretoken.registry.AliasChange;
import dev.foretoken.registry.ModelDetail;
import dev.foretoken.registry.ModelSummary;
import dev.foretoken.registry.VersionDetail;
import dev.foretoken.registry.gate.Gate;
import dev.foretoken.registry.gate.GateVerdict;
import dev.foretoken.registry.metadata.AliasMove;
import dev.foretoken.registry.metadata.AliasTarget;
import dev.foretoken.registry.name.VariantRef;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The registry as JSON: the same over HTTP and for {@code --json} on the command line. Its fields are those of the OpenAPI document. */
public final class RegistryJson {

    static final ObjectMapper MAPPER = JsonMapper.builder().build();

    private RegistryJson() {}

    /** UTF-8. */
    public static byte[] bytes(JsonNode node) {
        try {
            return MAPPER.writeValueAsBytes(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of JSON could not be written", e);
        }
    }

    /** For people. */
    public static String pretty(JsonNode node) {
        try {
            return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(node);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree of JSON could not be written", e);
        }
    }

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    /** {@code {name: [...]}}. */
    public static <T> ObjectNode list(String name, Collection<T> items, Function<T, JsonNode> json) {
        ObjectNode node = object();
        node.set(name, array(items, json));
        return node;
    }

    static <T> ArrayNode array(Collection<T> items, Function<T, JsonNode> json) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        items.forEach(item -> array.add(json.apply(item)));
        return array;
    }

    /** One line of the list of models. */
    public static ObjectNode summary(ModelSummary model) {
        ObjectNode node = object();
        node.put("name", model.name());
        node.put("versions", model.versions());
        node.put("newest", model.newest());
        node.put("variants", model.variants());
        node.put("bytes", model.bytes());
        node.set("aliases", array(model.aliases(), RegistryJson::alias));
        return node;
    }

    public static ObjectNode model(ModelDetail model) {
        ObjectNode node = object();
        node.put("name", model.name());
        node.set("versions", array(model.versions(), RegistryJson::version));
        node.set("aliases", array(model.aliases(), RegistryJson::alias));
        node.set("moves", array(model.moves(), RegistryJson::move));
        node.set("gate", model.gate().<JsonNode>map(RegistryJson::gate).orElse(null));
        return node;
    }

    public static ObjectNode version(VersionDetail version) {
        ObjectNode node = object();
        node.put("version", version.version());
        node.put("created", text(version.created()));
        node.set("variants", array(version.variants(), VariantJson::of));
        return node;
    }

    public static ObjectNode alias(AliasTarget alias) {
        ObjectNode node = object();
        node.put("name", alias.name());
        node.put("target", alias.target().toString());
        node.put("moved", text(alias.moved()));
        return node;
    }

    public static ObjectNode move(AliasMove move) {
        ObjectNode node = object();
        node.put("name", move.name());
        node.put("moved", text(move.moved()));
        node.put("from", text(move.from()));
        node.put("to", text(move.to()));
        node.put("why", move.why());
        return node;
    }

    public static ObjectNode change(AliasChange change) {
        ObjectNode node = object();
        node.put("name", change.alias());
        node.put("from", text(change.from()));
        node.put("to", change.to().toString());
        node.set(
                "verdict", change.verdict().<JsonNode>map(RegistryJson::verdict).orElse(null));
        return node;
    }

    /** Its limits by their names. */
    public static ObjectNode gate(Gate gate) {
        ObjectNode node = object();
        gate.named().forEach(node::put);
        return node;
    }

    static ObjectNode verdict(GateVerdict verdict) {
        ObjectNode node = object();
        node.put("passes", verdict.passes());
        List<String> failures = verdict.refusal()
                .map(List::of)
                .orElseGet(() -> verdict.failures().stream()
                        .map(finding -> finding.why())
                        .toList());
        node.set("failures", array(failures, JsonNodeFactory.instance::textNode));
        return node;
    }

    public static JsonNode text(String words) {
        return JsonNodeFactory.instance.textNode(words);
    }

    static String text(Instant time) {
        return time.toString();
    }

    @org.jspecify.annotations.Nullable
    private static String text(Optional<VariantRef> ref) {
        return ref.map(VariantRef::toString).orElse(null);
    }

    /** JSON that is written already. */
    static JsonNode raw(String json) {
        return JsonNodeFactory.instance.rawValueNode(new RawValue(json));
    }
}
