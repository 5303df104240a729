package dev.foretoken.registry.oci;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.registry.blob.BlobStore;
import dev.foretoken.registry.content.Descriptor;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.content.ManifestJson;
import dev.foretoken.registry.content.VariantConfig;
import dev.foretoken.registry.content.VariantConfigJson;
import dev.foretoken.registry.content.VariantManifest;
import dev.foretoken.registry.remote.ByteBudget;
import dev.foretoken.registry.remote.DiskRoom;
import dev.foretoken.registry.remote.Download;
import dev.foretoken.registry.remote.DownloadOrder;
import dev.foretoken.registry.remote.Patience;
import dev.foretoken.registry.remote.RemoteHttp;
import dev.foretoken.registry.remote.RemoteLimits;
import dev.foretoken.registry.remote.RemoteRequest;
import dev.foretoken.registry.remote.Staging;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * Pulls variants from a container registry into a blob store. Every digest and size is checked; what an earlier try brought, and what the
 * store has anyway, is not fetched; the files go through the same checks as an upload before anything says that they are there.
 */
public final class OciPull {

    private static final int MAX_DOCUMENT = 4 << 20;

    private final OciConfig config;
    private final Patience patience;

    public OciPull(OciConfig config) {
        this(config, Patience.SLEEP);
    }

    OciPull(OciConfig config, Patience patience) {
        this.config = config;
        this.patience = patience;
    }

    /**
     * Brings a variant and its signatures.
     *
     * @param staging folder for what comes, made when it is not there
     * @throws ForetokenException PERMISSION_DENIED, MODEL_NOT_FOUND, MODEL_FILE_CORRUPT for other bytes than promised or files that no import
     *     would take, PAYLOAD_TOO_LARGE, STORAGE_FULL, SOURCE_UNAVAILABLE, REGISTRY_CONFLICT while the same is being pulled
     */
    public PulledVariant pull(OciReference place, BlobStore store, Path staging, LoadProgress progress) {
        try (RemoteHttp http = new RemoteHttp(config.rules(), config.limits(), patience);
                Staging own = Staging.open(staging, place.toString())) {
            OciSession session = new OciSession(http, place, config.credentials(), "pull");
            Manifests manifests = new Manifests(session);
            progress.update("asking the registry", 0, 0);
            byte[] bytes = manifests
                    .get(place.wanted())
                    .orElseThrow(() -> new ForetokenException(ErrorCode.MODEL_NOT_FOUND, "there is no " + place));
            byte[] configBytes = config(session, ManifestJson.configOf(bytes));
            VariantManifest manifest = ManifestJson.parse(bytes, configBytes);
            requireWithin(manifest, config.limits());
            fetch(session, manifest, store, own.files(), progress);
            store.put(configBytes);
            VariantConfig parsed = VariantConfigJson.parse(configBytes);
            PulledFiles.check(manifest, parsed, store, own.files(), progress);
            store.put(bytes);
            List<byte[]> signatures = new Signatures(session, manifests).pull(Digest.of(bytes));
            own.discard();
            return new PulledVariant(place.at(Digest.of(bytes)), manifest, bytes, parsed, signatures);
        } catch (IOException e) {
            throw new ForetokenException(
                    ErrorCode.SOURCE_UNAVAILABLE,
                    place.host() + " broke off, or the staging folder failed; pull again, it goes on",
                    e);
        }
    }

    private static byte[] config(OciSession session, Descriptor descriptor) throws IOException {
        return new SmallBlobs(session).get(descriptor.digest(), MAX_DOCUMENT);
    }

    private static void requireWithin(VariantManifest manifest, RemoteLimits limits) {
        boolean tooLong = manifest.files().stream().anyMatch(file -> file.size() > limits.fileBytes());
        if (manifest.files().size() > limits.files() || tooLong || manifest.fileBytes() > limits.totalBytes()) {
            throw new ForetokenException(
                    ErrorCode.PAYLOAD_TOO_LARGE,
                    "the variant has %d files with %d bytes; the limits are pull.files=%d, pull.file-bytes=%d, pull.total-bytes=%d"
                            .formatted(
                                    manifest.files().size(),
                                    manifest.fileBytes(),
                                    limits.files(),
                                    limits.fileBytes(),
                                    limits.totalBytes()));
        }
    }

    private static void fetch(
            OciSession session, VariantManifest manifest, BlobStore store, Path staging, LoadProgress progress)
            throws IOException {
        Map<Digest, Long> missing = new TreeMap<>(manifest.blobs());
        missing.remove(manifest.config().digest());
        missing.entrySet().removeIf(blob -> store.renew(blob.getKey()) && store.size(blob.getKey()) == blob.getValue());
        long total = missing.values().stream().mapToLong(Long::longValue).sum();
        DiskRoom.require(staging, total);
        Download download = new Download(session.http());
        ByteBudget budget = new ByteBudget(session.http().limits().totalBytes());
        long done = 0;
        for (Map.Entry<Digest, Long> blob : missing.entrySet()) {
            long before = done;
            Path target = staging.resolve(blob.getKey().hex());
            RemoteRequest request =
                    session.renewed(RemoteRequest.get(session.place().uri("/blobs/" + blob.getKey())));
            DownloadOrder order =
                    new DownloadOrder(request, target, OptionalLong.of(blob.getValue()), Optional.of(blob.getKey()));
            download.fetch(order, budget, at -> progress.update("downloading", before + at, total));
            store.put(target);
            Files.delete(target);
            done += blob.getValue();
        }
    }
}
