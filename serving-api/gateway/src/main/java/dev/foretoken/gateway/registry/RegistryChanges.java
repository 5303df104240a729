package dev.foretoken.gateway.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.gateway.json.JsonFields;
import dev.foretoken.registry.Registry;
import dev.foretoken.registry.gate.Gate;
import dev.foretoken.registry.metadata.Assignment;
import dev.foretoken.registry.name.Reference;
import dev.foretoken.registry.name.VariantRef;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What operators may change, from the fields of a request to its answer. Whoever calls it has checked that the request may do so. */
public final class RegistryChanges {

    private static final long MOST_GRACE = Duration.ofDays(365).toSeconds();

    private final Registry registry;

    RegistryChanges(Registry registry) {
        this.registry = registry;
    }

    /** Refuses fields that nobody reads: a misspelt one would otherwise be ignored. */
    static void only(JsonFields fields, String... known) {
        for (String name : fields.names()) {
            if (!Set.of(known).contains(name)) {
                throw fields.invalid(name, "is no field here; there are " + String.join(", ", known));
            }
        }
    }

    /** @throws ForetokenException GATE_REFUSED, MODEL_NOT_FOUND, INVALID_REQUEST */
    public JsonNode setAlias(String model, String alias, JsonFields fields) {
        only(fields, "target", "why");
        Reference target = Reference.parse(fields.requiredString("target"));
        return RegistryJson.change(
                registry.setAlias(model, alias, target, fields.string("why").orElse("")));
    }

    /** The field is {@code references}: all that the group's pods serve from now on. */
    public JsonNode assign(String group, JsonFields fields) {
        only(fields, "references");
        if (!fields.has("references")) {
            throw fields.invalid("references", "is missing; an empty list takes everything away");
        }
        Assignment assignment = new Assignment(
                group,
                fields.strings("references").stream().map(Reference::parse).toList());
        registry.assign(assignment);
        return AssignmentJson.of(assignment);
    }

    public void removeAlias(String model, String alias) {
        registry.removeAlias(model, alias, "");
    }

    /** The fields are the limits by their names. */
    public JsonNode setGate(String model, JsonFields fields) {
        Map<String, Double> limits = new TreeMap<>();
        fields.names().forEach(name -> {
            Double bound = fields.number(name);
            if (bound != null) {
                limits.put(name, bound);
            }
        });
        Gate gate = Gate.of(limits);
        registry.setGate(model, Optional.of(gate));
        ObjectNode node = RegistryJson.object();
        node.set("gate", RegistryJson.gate(gate));
        return node;
    }

    public void removeGate(String model) {
        registry.setGate(model, Optional.empty());
    }

    /** @throws ForetokenException REGISTRY_CONFLICT while an alias or a job reaches it */
    public void removeVersion(String model, int version) {
        registry.removeVersion(model, version);
    }

    /** @throws ForetokenException REGISTRY_CONFLICT while an alias or a job reaches it */
    public void removeVariant(String model, int version, String variant) {
        registry.removeVariant(new VariantRef(model, version, variant));
    }

    /** Reads every blob; {@code set_aside}: damaged ones are moved out of the way. */
    public JsonNode verify(JsonFields fields) {
        only(fields, "set_aside");
        return UpkeepJson.of(registry.verify(fields.bool("set_aside", false), LoadProgress.SILENT));
    }

    /** Removes what no variant needs and is older than {@code grace_seconds}. */
    public JsonNode collect(JsonFields fields) {
        only(fields, "grace_seconds");
        Long grace = fields.integer("grace_seconds");
        if (grace != null && (grace < 0 || grace > MOST_GRACE)) {
            throw fields.invalid("grace_seconds", "must be in [0, " + MOST_GRACE + "]");
        }
        return UpkeepJson.of(registry.collectGarbage(
                grace == null ? Registry.GRACE : Duration.ofSeconds(grace), LoadProgress.SILENT));
    }
}
