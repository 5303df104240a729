package dev.foretoken.registry.blob;

import dev.foretoken.registry.content.Descriptor;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.content.ManifestJson;
import dev.foretoken.registry.content.MediaTypes;
import dev.foretoken.registry.content.ModelFile;
import dev.foretoken.registry.content.SampleVariant;
import dev.foretoken.registry.content.VariantManifest;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A variant of one file whose parts are given texts, as an import stores it: blobs first, then their renewal, then the manifest. */
final class StoredVariant {

    private final Map<Digest, byte[]> blobs = new TreeMap<>();
    private final Digest manifest;

    StoredVariant(List<String> parts) {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        List<Descriptor> descriptors = new ArrayList<>();
        for (String part : parts) {
            byte[] bytes = BlobStoreContract.text(part);
            whole.writeBytes(bytes);
            descriptors.add(new Descriptor(MediaTypes.TENSORS, keep(bytes), bytes.length));
        }
        List<ModelFile> files =
                List.of(new ModelFile("model.safetensors", whole.size(), Digest.of(whole.toByteArray()), descriptors));
        keep(VariantManifest.configBytes(SampleVariant.config(), files));
        manifest = keep(ManifestJson.write(VariantManifest.of(SampleVariant.config(), files, Map.of())));
    }

    private Digest keep(byte[] bytes) {
        Digest digest = Digest.of(bytes);
        blobs.put(digest, bytes);
        return digest;
    }

    Digest manifest() {
        return manifest;
    }

    /** Everything it consists of, by digest. */
    Map<Digest, byte[]> blobs() {
        return blobs;
    }

    BlobRoot root(String name) {
        return new BlobRoot(name, manifest);
    }

    StoredVariant storeIn(BlobStore store) {
        blobs.values().forEach(store::put);
        return this;
    }

    /** Puts what a collection took away meanwhile until everything is young; returns how many blobs that were. */
    int renewIn(BlobStore store) {
        int again = 0;
        for (Digest missing : store.renewAll(blobs.keySet())) {
            store.put(java.util.Objects.requireNonNull(blobs.get(missing)));
            again++;
        }
        return again;
    }
}
