package dev.foretoken.registry.replica;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.ModelDetail;
import dev.foretoken.registry.VariantDetail;
import dev.foretoken.registry.VersionDetail;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.gate.Gate;
import dev.foretoken.registry.measure.Measurement;
import dev.foretoken.registry.measure.MeasurementJson;
import dev.foretoken.registry.metadata.AliasTarget;
import dev.foretoken.registry.name.Reference;
import dev.foretoken.registry.name.VariantRef;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Reads {@code GET /registry/v1/models/MODEL}. What a variant is comes from its manifest, which the answer only names; one whose manifest is damaged is left out. */
record ModelReader(Function<Digest, ReplicaStore.Content> contents) {

    private static final System.Logger LOG = System.getLogger(ModelReader.class.getName());
    private static final int MOST = 10_000;

    /** @throws ForetokenException REGISTRY_UNAVAILABLE for what is no model; MODEL_FILE_CORRUPT where nothing of it can be read */
    ModelDetail read(JsonNode model) {
        try {
            Optional<Gate> gate = gate(model.path("gate"));
            List<VersionDetail> versions = new ArrayList<>();
            for (JsonNode version : list(model, "versions")) {
                version(text(model, "name"), version, gate).ifPresent(versions::add);
            }
            if (versions.isEmpty()) {
                throw new ForetokenException(
                        ErrorCode.MODEL_FILE_CORRUPT, "no variant of model '" + text(model, "name") + "' can be read");
            }
            List<AliasTarget> aliases = new ArrayList<>();
            for (JsonNode alias : list(model, "aliases")) {
                aliases.add(new AliasTarget(text(alias, "name"), ref(text(alias, "target")), time(alias, "moved")));
            }
            return new ModelDetail(text(model, "name"), versions, aliases, List.of(), gate);
        } catch (ForetokenException e) {
            throw e.code() == ErrorCode.INVALID_REQUEST || e.code() == ErrorCode.CONFIG_INVALID
                    ? strange(String.valueOf(e.getMessage()))
                    : e;
        }
    }

    /** Empty where none of its variants can be read. */
    private Optional<VersionDetail> version(String model, JsonNode version, Optional<Gate> gate) {
        int number = version.path("version").asInt();
        List<VariantDetail> variants = new ArrayList<>();
        for (JsonNode variant : list(version, "variants")) {
            readable(new VariantRef(model, number, text(variant, "name")), variant)
                    .ifPresent(variants::add);
        }
        if (list(version, "variants").isEmpty()) {
            throw strange(model + "@" + number + " has no variant");
        }
        if (variants.isEmpty()) {
            return Optional.empty();
        }
        Optional<Measurement> base = variants.stream()
                .filter(variant -> variant.ref().isBase())
                .findFirst()
                .flatMap(VariantDetail::measurement);
        return Optional.of(new VersionDetail(
                number,
                time(version, "created"),
                variants.stream().map(variant -> judged(variant, gate, base)).toList()));
    }

    /** One that is damaged, or gone, keeps nothing from the others. */
    private Optional<VariantDetail> readable(VariantRef ref, JsonNode variant) {
        try {
            return Optional.of(variant(ref, variant));
        } catch (ForetokenException e) {
            if (e.code() != ErrorCode.MODEL_FILE_CORRUPT && e.code() != ErrorCode.MODEL_NOT_FOUND) {
                throw e;
            }
            LOG.log(System.Logger.Level.WARNING, "{0} is left out, it cannot be read: {1}", ref, e.getMessage());
            return Optional.empty();
        }
    }

    private VariantDetail variant(VariantRef ref, JsonNode variant) {
        Digest manifest = Digest.parse(text(variant, "manifest"));
        ReplicaStore.Content content = contents.apply(manifest);
        List<Measurement> measurements = new ArrayList<>();
        for (JsonNode measurement : list(variant, "measurements")) {
            measurements.add(MeasurementJson.read(measurement.toString()));
        }
        VariantDetail.Stored stored = new VariantDetail.Stored(
                ref, manifest, content.config(), content.manifest().fileBytes(), time(variant, "created"));
        return new VariantDetail(stored, measurements, Optional.empty(), List.of());
    }

    /** Of the same answer: why variants may not be loaded under the registry's policy for signatures. */
    static Map<VariantRef, String> refused(JsonNode model) {
        Map<VariantRef, String> refused = new LinkedHashMap<>();
        for (JsonNode version : list(model, "versions")) {
            for (JsonNode variant : list(version, "variants")) {
                if (variant.has("refused")) {
                    int number = version.path("version").asInt();
                    VariantRef ref = new VariantRef(text(model, "name"), number, text(variant, "name"));
                    refused.put(ref, text(variant, "refused"));
                }
            }
        }
        return refused;
    }

    private static VariantDetail judged(VariantDetail variant, Optional<Gate> gate, Optional<Measurement> base) {
        return new VariantDetail(
                variant.stored(),
                variant.measurements(),
                gate.map(limits ->
                        limits.judge(variant.measurement(), base, variant.ref().isBase())),
                variant.signatures());
    }

    private static Optional<Gate> gate(JsonNode node) {
        Map<String, Double> limits = new LinkedHashMap<>();
        node.properties()
                .forEach(limit -> limits.put(limit.getKey(), limit.getValue().asDouble()));
        return limits.isEmpty() ? Optional.empty() : Optional.of(Gate.of(limits));
    }

    private static VariantRef ref(String text) {
        if (Reference.parse(text) instanceof Reference.Exact exact) {
            return exact.ref();
        }
        throw strange(text + " is no variant");
    }

    static JsonNode list(JsonNode node, String name) {
        JsonNode list = node.path(name);
        if (!list.isArray() || list.size() > MOST) {
            throw strange("'" + name + "' is no list of at most " + MOST);
        }
        return list;
    }

    static String text(JsonNode node, String name) {
        if (!node.path(name).isTextual()) {
            throw strange("'" + name + "' is no text");
        }
        return node.path(name).textValue();
    }

    private static Instant time(JsonNode node, String name) {
        try {
            return Instant.parse(text(node, name));
        } catch (DateTimeException e) {
            throw strange("'" + name + "' is no time");
        }
    }

    static ForetokenException strange(String what) {
        return new ForetokenException(
                ErrorCode.REGISTRY_UNAVAILABLE,
                "the registry's answer cannot be read: " + what + "; is it of the same version as this process?");
    }
}
