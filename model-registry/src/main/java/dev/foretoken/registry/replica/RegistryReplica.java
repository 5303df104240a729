package dev.foretoken.registry.replica;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.registry.ModelDetail;
import dev.foretoken.registry.VariantDetail;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.content.ManifestJson;
import dev.foretoken.registry.content.ModelFile;
import dev.foretoken.registry.content.VariantManifest;
import dev.foretoken.registry.metadata.Assignment;
import dev.foretoken.registry.name.Names;
import dev.foretoken.registry.name.Reference;
import dev.foretoken.registry.name.VariantRef;
import dev.foretoken.registry.view.VariantView;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;

/**
 * A registry that is reached over HTTP alone, and the copies of it on this machine. A copy that is there needs no registry. For any thread.
 */
public final class RegistryReplica implements AutoCloseable {

    private final RegistryApi api;
    private final ReplicaStore store;
    /** By manifest; bounded by what the registry names, and emptied with it. */
    private final Map<Digest, ReplicaStore.Content> contents = new ConcurrentHashMap<>();
    /** Of the models that were read last. */
    private final Map<VariantRef, Digest> manifests = new ConcurrentHashMap<>();

    /** Of the same models: why they may not be loaded. */
    private final Map<VariantRef, String> refused = new ConcurrentHashMap<>();

    /** Manifests of the folders that were given out. */
    private final Map<VariantRef, Set<Digest>> opened = new ConcurrentHashMap<>();

    private final long mostOfPart;

    private RegistryReplica(RegistryApi api, ReplicaStore store, long mostOfPart) {
        this.api = api;
        this.mostOfPart = mostOfPart;
        this.store = store;
    }

    /** Asks the registry nothing yet. @throws ForetokenException CONFIG_INVALID, STORAGE_FULL for the folder of the copies */
    public static RegistryReplica open(ReplicaConfig config, Clock clock) {
        RegistryApi api = new RegistryApi(config);
        return new RegistryReplica(api, new ReplicaStore(config, api, clock), config.cacheBytes());
    }

    /**
     * What is assigned, by group.
     *
     * @param revision of the registry, which grows with every change there
     */
    public record Assigned(long revision, List<Assignment> groups) {
        public Assigned {
            groups = List.copyOf(groups);
        }
    }

    /** @throws ForetokenException REGISTRY_UNAVAILABLE; CONFIG_INVALID when it refuses the key */
    public Assigned assigned() {
        JsonNode answer = api.json("/assignments");
        if (!answer.path("revision").isIntegralNumber()) {
            throw ModelReader.strange("'revision' is no number");
        }
        List<Assignment> groups = new ArrayList<>();
        for (JsonNode group : ModelReader.list(answer, "assignments")) {
            groups.add(new Assignment(
                    ModelReader.text(group, "group"),
                    StreamSupport.stream(ModelReader.list(group, "references").spliterator(), false)
                            .map(reference -> Reference.parse(reference.asText()))
                            .toList()));
        }
        return new Assigned(answer.path("revision").asLong(), groups);
    }

    /** @throws ForetokenException MODEL_NOT_FOUND, REGISTRY_UNAVAILABLE, MODEL_FILE_CORRUPT */
    public ModelDetail model(String name) {
        JsonNode answer = api.json("/models/" + Names.require("model", name));
        ModelDetail model = new ModelReader(this::content).read(answer);
        Map<VariantRef, String> unsigned = ModelReader.refused(answer);
        refused.keySet().removeIf(known -> known.model().equals(name) && !unsigned.containsKey(known));
        refused.putAll(unsigned);
        manifests.keySet().removeIf(known -> known.model().equals(name));
        model.versions().stream()
                .flatMap(version -> version.variants().stream())
                .map(VariantDetail::stored)
                .forEach(variant -> manifests.put(variant.ref(), variant.manifest()));
        contents.keySet().retainAll(manifests.values());
        return model;
    }

    private ReplicaStore.Content content(Digest manifest) {
        return contents.computeIfAbsent(manifest, store::content);
    }

    /** What a runtime opens; bytes that are not here yet are fetched. @throws ForetokenException SIGNATURE_REFUSED */
    public Path folder(VariantRef variant) {
        return given(variant, manifest(variant)).model();
    }

    /** The same with those files alone that {@code wanted} takes: for whoever does not compute. @throws ForetokenException STORAGE_FULL too */
    public Path folder(VariantRef variant, Predicate<String> wanted) {
        return given(variant, part(variant, wanted)).model();
    }

    private VariantView given(VariantRef variant, VariantManifest manifest) {
        remember(variant, manifest);
        return store.view(manifest, LoadProgress.SILENT);
    }

    private void remember(VariantRef variant, VariantManifest manifest) {
        opened.computeIfAbsent(variant, any -> ConcurrentHashMap.newKeySet())
                .add(Digest.of(ManifestJson.write(manifest)));
    }

    /** Reads every byte. @throws ForetokenException SIGNATURE_REFUSED, MODEL_FILE_CORRUPT, STORAGE_FULL, REGISTRY_UNAVAILABLE */
    public void check(VariantRef variant, LoadProgress progress) {
        VariantManifest manifest = manifest(variant);
        remember(variant, manifest);
        store.check(manifest, progress);
    }

    /** Nobody opens it any more: the disk that it takes may be used for others. */
    public void drop(VariantRef variant) {
        Set<Digest> views = opened.remove(variant);
        if (views != null) {
            views.stream()
                    .filter(view -> opened.values().stream().noneMatch(others -> others.contains(view)))
                    .forEach(store::drop);
        }
    }

    private VariantManifest part(VariantRef variant, Predicate<String> wanted) {
        VariantManifest whole = manifest(variant);
        List<ModelFile> files =
                whole.files().stream().filter(file -> wanted.test(file.path())).toList();
        VariantManifest part = new VariantManifest(whole.config(), files, whole.annotations());
        if (part.fileBytes() > mostOfPart) {
            throw new ForetokenException(
                    ErrorCode.STORAGE_FULL,
                    "%s has %d bytes in files that are needed here, such as a GGUF file with its text; at most %d are copied (registry-copies)"
                            .formatted(variant, part.fileBytes(), mostOfPart));
        }
        return part;
    }

    /** Of what may be loaded. */
    private VariantManifest manifest(VariantRef variant) {
        String refusal = refused.get(variant);
        if (refusal != null) {
            throw new ForetokenException(ErrorCode.SIGNATURE_REFUSED, "the registry refuses it: " + refusal);
        }
        Digest digest = manifests.get(variant);
        if (digest == null) {
            throw new ForetokenException(
                    ErrorCode.MODEL_NOT_FOUND, "the registry had no variant " + variant + " when it was asked last");
        }
        return content(digest).manifest();
    }

    @Override
    public void close() {
        store.close();
    }
}
