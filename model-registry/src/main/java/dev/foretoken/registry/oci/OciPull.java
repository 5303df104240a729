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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.LongConsumer;

/**
 * Pulls variants from a container registry into a blob store. Every digest and size is checked; what an earlier try brought, and what the
 * store has anyway, is not fetched; the files go through the same checks as an upload before anything says that they are there.
 */
public final class OciPull {

    private static final int MAX_DOCUMENT = 4 << 20;

    private final OciConfig config;
    private final Patience patience;
    private final AtOnce atOnce = AtOnce.onVirtualThreads();

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

    private void fetch(
            OciSession session, VariantManifest manifest, BlobStore store, Path staging, LoadProgress progress)
            throws IOException {
        Map<Digest, Long> missing = new TreeMap<>(manifest.blobs());
        missing.remove(manifest.config().digest());
        missing.entrySet().removeIf(blob -> store.renew(blob.getKey()) && store.size(blob.getKey()) == blob.getValue());
        long total = missing.values().stream().mapToLong(Long::longValue).sum();
        DiskRoom.require(staging, total);
        Fetch fetch = new Fetch(session, store, staging);
        SummedProgress sum = new SummedProgress(progress, "downloading", total);
        List<AtOnce.Move> moves = new ArrayList<>();
        missing.forEach((digest, size) -> moves.add(() -> fetch.blob(digest, size, sum.blob())));
        atOnce.run(moves);
    }

    /** Brings single blobs, within one budget for all. For any thread. */
    private static final class Fetch {
        private final OciSession session;
        private final BlobStore store;
        private final Path staging;
        private final Download download;
        private final ByteBudget budget;

        Fetch(OciSession session, BlobStore store, Path staging) {
            this.session = session;
            this.store = store;
            this.staging = staging;
            this.download = new Download(session.http());
            this.budget = new ByteBudget(session.http().limits().totalBytes());
        }

        void blob(Digest digest, long size, LongConsumer position) throws IOException {
            Path target = staging.resolve(digest.hex());
            RemoteRequest request = RemoteRequest.get(session.place().uri("/blobs/" + digest));
            RemoteRequest current = session.renewed(request);
            for (int renewals = 1; ; renewals++) {
                try {
                    download.fetch(
                            new DownloadOrder(current, target, OptionalLong.of(size), Optional.of(digest)),
                            budget,
                            position);
                    break;
                } catch (ForetokenException e) {
                    // A token may expire between the question whether it counts and the download.
                    boolean denied = e.code() == ErrorCode.PERMISSION_DENIED;
                    RemoteRequest next = denied ? session.renewed(request) : current;
                    if (renewals == OciSession.MOST_RENEWALS || isSame(current, next)) {
                        throw e;
                    }
                    current = next;
                }
            }
            store.put(target);
            Files.delete(target);
        }

        private static boolean isSame(RemoteRequest one, RemoteRequest other) {
            Optional<String> by = one.authorization().apply(one.uri());
            return by.equals(other.authorization().apply(other.uri()));
        }
    }
}
