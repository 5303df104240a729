package dev.foretoken.gateway.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.VariantWorkshop;
import dev.foretoken.registry.Registry;
import dev.foretoken.registry.VersionDetail;
import dev.foretoken.registry.content.ManifestJson;
import dev.foretoken.registry.metadata.AliasTarget;
import dev.foretoken.registry.name.VariantRef;
import java.util.stream.Collectors;

/** The registry of one process as callers ask for it, in their words. Any thread may call it. */
public final class RegistryDesk {

    private final Registry registry;
    private final RegistryChanges changes;
    private final RegistryUploads uploads;
    private final RegistryPulls pulls;
    private final RegistryJobs jobs;
    private final boolean sendsBlobs;

    /**
     * @param workshop that builds here
     * @param sendsBlobs whether whoever may look may also have the models' bytes; else operators alone, by the admin port
     */
    public RegistryDesk(
            Registry registry,
            RegistryUploads uploads,
            RegistryPulls pulls,
            VariantWorkshop workshop,
            boolean sendsBlobs) {
        this.sendsBlobs = sendsBlobs;
        this.jobs = new RegistryJobs(registry, workshop);
        this.registry = registry;
        this.uploads = uploads;
        this.pulls = pulls;
        this.changes = new RegistryChanges(registry);
    }

    public boolean sendsBlobs() {
        return sendsBlobs;
    }

    public Registry registry() {
        return registry;
    }

    public RegistryChanges changes() {
        return changes;
    }

    public RegistryJobs jobs() {
        return jobs;
    }

    public RegistryUploads uploads() {
        return uploads;
    }

    public RegistryPulls pulls() {
        return pulls;
    }

    /**
     * A model with, in each variant that the policy for signatures keeps from being loaded, the reason as {@code refused}.
     *
     * @throws ForetokenException MODEL_NOT_FOUND
     */
    public JsonNode model(String model) {
        JsonNode node = RegistryJson.model(registry.model(model));
        for (JsonNode version : node.path("versions")) {
            for (JsonNode variant : version.path("variants")) {
                VariantRef ref = new VariantRef(
                        model,
                        version.path("version").asInt(),
                        variant.path("name").asText());
                registry.refusal(ref).ifPresent(reason -> ((ObjectNode) variant).put("refused", reason));
            }
        }
        return node;
    }

    /** @throws ForetokenException MODEL_NOT_FOUND */
    public VersionDetail version(String model, int version) {
        return registry.model(model).versions().stream()
                .filter(each -> each.version() == version)
                .findFirst()
                .orElseThrow(() -> new ForetokenException(
                        ErrorCode.MODEL_NOT_FOUND, "model '" + model + "' has no version " + version));
    }

    /** {@code variant}: a name; not {@code auto}, which is a choice and no variant. */
    public JsonNode variant(String model, int version, String variant) {
        return VariantJson.of(registry.variant(new VariantRef(model, version, variant)));
    }

    /** Its canonical bytes. */
    public byte[] manifest(String model, int version, String variant) {
        return ManifestJson.write(registry.manifest(new VariantRef(model, version, variant)));
    }

    /** @throws ForetokenException MODEL_NOT_FOUND, naming the aliases that exist */
    public AliasTarget alias(String model, String alias) {
        return registry.model(model).aliases().stream()
                .filter(each -> each.name().equals(alias))
                .findFirst()
                .orElseThrow(() -> new ForetokenException(
                        ErrorCode.MODEL_NOT_FOUND,
                        "model '" + model + "' has no such alias; it has " + aliases(model)));
    }

    private String aliases(String model) {
        String names =
                registry.model(model).aliases().stream().map(AliasTarget::name).collect(Collectors.joining(", "));
        return names.isEmpty() ? "none" : names;
    }

    /** {@code {"gate": {...}}}, null without one. */
    public JsonNode gate(String model) {
        var node = RegistryJson.object();
        node.set(
                "gate",
                registry.model(model).gate().<JsonNode>map(RegistryJson::gate).orElse(null));
        return node;
    }
}
