package dev.foretoken.registry.oci;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.registry.blob.BlobStore;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.content.ManifestJson;
import dev.foretoken.registry.content.MediaTypes;
import dev.foretoken.registry.content.VariantManifest;
import dev.foretoken.registry.remote.Patience;
import dev.foretoken.registry.remote.RemoteHttp;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/** Pushes variants to a container registry: blobs first, then the manifest, then its signatures. For any thread. */
public final class OciPush {

    private static final int MAX_DOCUMENT = 4 << 20;

    private final OciConfig config;
    private final Patience patience;
    private final AtOnce atOnce = AtOnce.onVirtualThreads();

    public OciPush(OciConfig config) {
        this(config, Patience.SLEEP);
    }

    OciPush(OciConfig config, Patience patience) {
        this.config = config;
        this.patience = patience;
    }

    /**
     * What was pushed.
     *
     * @param place with the manifest's digest: names exactly this for good
     * @param sentBytes that travelled
     * @param presentBytes that the registry had already
     */
    public record Pushed(OciReference place, long sentBytes, long presentBytes) {}

    /**
     * Pushes the variant whose manifest is in {@code store}, byte for byte.
     *
     * @param manifest its digest, as the registry's metadata has it
     * @param signatures bundles to attach
     * @param mountFrom another repository of the same registry that may have some of the blobs
     * @throws ForetokenException PERMISSION_DENIED, SOURCE_UNAVAILABLE, MODEL_FILE_CORRUPT for a blob that is damaged here
     */
    public Pushed push(
            BlobStore store,
            Digest manifest,
            List<byte[]> signatures,
            OciReference place,
            Optional<String> mountFrom,
            LoadProgress progress) {
        byte[] bytes = document(store, manifest);
        VariantManifest parsed = ManifestJson.parse(
                bytes, document(store, ManifestJson.configOf(bytes).digest()));
        try (RemoteHttp http = new RemoteHttp(config.rules(), config.limits(), patience)) {
            OciSession session = new OciSession(http, place, config.credentials(), "pull,push");
            BlobUpload upload = new BlobUpload(session, config.chunkBytes());
            Pushed pushed = blobs(store, parsed, upload, place.at(manifest), mountFrom, progress);
            Manifests manifests = new Manifests(session);
            progress.update("writing the manifest", parsed.fileBytes(), parsed.fileBytes());
            manifests.put(place.wanted(), MediaTypes.MANIFEST, bytes);
            new Signatures(session, manifests).push(bytes, signatures, upload);
            return pushed;
        } catch (IOException e) {
            throw new ForetokenException(
                    ErrorCode.SOURCE_UNAVAILABLE,
                    place.host() + " broke off; push again, what it has is not sent twice",
                    e);
        }
    }

    private Pushed blobs(
            BlobStore store,
            VariantManifest manifest,
            BlobUpload upload,
            OciReference place,
            Optional<String> mountFrom,
            LoadProgress progress)
            throws IOException {
        Map<Digest, Long> blobs = manifest.blobs();
        long total = blobs.values().stream().mapToLong(Long::longValue).sum();
        SummedProgress sum = new SummedProgress(progress, "uploading", total);
        AtomicLong sent = new AtomicLong();
        List<AtOnce.Move> moves = new ArrayList<>();
        blobs.forEach((digest, size) -> moves.add(() -> {
            LongConsumer position = sum.blob();
            position.accept(0);
            BlobSource source = new BlobSource(digest, size, () -> store.open(digest));
            if (upload.upload(source, mountFrom, position)) {
                sent.addAndGet(size);
            }
            position.accept(size);
        }));
        atOnce.run(moves);
        return new Pushed(place, sent.get(), total - sent.get());
    }

    private static byte[] document(BlobStore store, Digest digest) {
        return store.read(digest, MAX_DOCUMENT)
                .orElseThrow(() -> new ForetokenException(
                        ErrorCode.MODEL_FILE_CORRUPT, "blob " + digest + " is missing; look with `models verify`"));
    }
}
