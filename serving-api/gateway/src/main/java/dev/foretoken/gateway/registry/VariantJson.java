package dev.foretoken.gateway.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.foretoken.registry.VariantDetail;
import dev.foretoken.registry.content.Provenance;
import dev.foretoken.registry.content.VariantConfig;
import dev.foretoken.registry.measure.MeasurementJson;
import java.util.Map;

/** One variant as JSON. */
public final class VariantJson {

    private VariantJson() {}

    public static ObjectNode of(VariantDetail variant) {
        VariantConfig config = variant.config();
        ObjectNode node = RegistryJson.object();
        node.put("reference", variant.ref().toString());
        node.put("name", variant.ref().variant());
        node.put("manifest", variant.manifest().toString());
        node.put("bytes", variant.bytes());
        node.put("created", RegistryJson.text(variant.stored().created()));
        node.put("format", config.format().text());
        node.put("architecture", config.architecture());
        node.put("kind", config.kind().text());
        VariantConfig.Parent parent = config.parent();
        node.set("parent", parent == null ? null : parent(parent));
        node.set("settings", strings(config.settings()));
        node.set("provenance", provenance(config.provenance()));
        node.set("files", RegistryJson.array(config.files(), VariantJson::file));
        node.put("signatures", variant.signatures().size());
        node.set(
                "measurements",
                RegistryJson.array(
                        variant.measurements(), measurement -> RegistryJson.raw(MeasurementJson.write(measurement))));
        node.set(
                "verdict",
                variant.verdict().<JsonNode>map(RegistryJson::verdict).orElse(null));
        return node;
    }

    private static ObjectNode parent(VariantConfig.Parent parent) {
        ObjectNode node = RegistryJson.object();
        node.put("reference", parent.reference());
        node.put("manifest", parent.manifest().toString());
        return node;
    }

    private static ObjectNode provenance(Provenance provenance) {
        ObjectNode node = RegistryJson.object();
        node.put("source", provenance.source());
        node.put("tool", provenance.tool());
        node.put("method", provenance.method());
        node.set("parameters", strings(provenance.parameters()));
        node.put(
                "calibration",
                provenance.calibration() == null
                        ? null
                        : provenance.calibration().toString());
        node.put("created", RegistryJson.text(provenance.created()));
        return node;
    }

    private static ObjectNode file(VariantConfig.FileEntry file) {
        ObjectNode node = RegistryJson.object();
        node.put("path", file.path());
        node.put("size", file.size());
        node.put("digest", file.digest().toString());
        return node;
    }

    private static ObjectNode strings(Map<String, String> map) {
        ObjectNode node = RegistryJson.object();
        map.forEach(node::put);
        return node;
    }
}
