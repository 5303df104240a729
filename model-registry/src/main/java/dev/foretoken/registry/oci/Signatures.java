package dev.foretoken.registry.oci;

import com.fasterxml.jackson.databind.JsonNode;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.content.MediaTypes;
import dev.foretoken.registry.remote.Answer;
import dev.foretoken.registry.remote.RemoteJson;
import dev.foretoken.registry.remote.RemoteRequest;
import dev.foretoken.registry.trust.ModelSigner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Signatures attached to a manifest: each a manifest of its own with one layer, the bundle, and the signed manifest as its subject. What is
 * found is only carried here; {@code trust} judges it. For one thread.
 */
final class Signatures {

    private static final String EMPTY_TYPE = "application/vnd.oci.empty.v1+json";
    private static final byte[] EMPTY = {'{', '}'};
    private static final int MOST = 16;
    private static final int MAX_BUNDLE = 8 << 20;
    private static final int MAX_INDEX = 4 << 20;

    private final OciSession session;
    private final Manifests manifests;

    Signatures(OciSession session, Manifests manifests) {
        this.session = session;
        this.manifests = manifests;
    }

    void push(byte[] signed, List<byte[]> bundles, BlobUpload upload) throws IOException {
        for (byte[] bundle : bundles) {
            upload.upload(BlobSource.of(EMPTY), Optional.empty(), at -> {});
            upload.upload(BlobSource.of(bundle), Optional.empty(), at -> {});
            byte[] manifest = manifest(signed, bundle);
            boolean filed = manifests.put(Digest.of(manifest).toString(), MediaTypes.MANIFEST, manifest);
            if (!filed) {
                fileByTag(Digest.of(signed), manifest);
            }
        }
    }

    private static byte[] manifest(byte[] signed, byte[] bundle) {
        String text = """
                {"schemaVersion":2,"mediaType":"%s","artifactType":"%s","config":%s,"layers":[%s],"subject":%s}""".formatted(
                        MediaTypes.MANIFEST,
                        ModelSigner.MEDIA_TYPE,
                        descriptor(EMPTY_TYPE, EMPTY, ""),
                        descriptor(ModelSigner.MEDIA_TYPE, bundle, ""),
                        descriptor(MediaTypes.MANIFEST, signed, ""));
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String descriptor(String mediaType, byte[] bytes, String more) {
        return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d%s}"
                .formatted(mediaType, Digest.of(bytes), bytes.length, more);
    }

    /** For registries without the referrers API: the specification's fall-back, an index at a tag made of the digest. */
    private void fileByTag(Digest signed, byte[] manifest) throws IOException {
        List<String> entries = new ArrayList<>();
        for (JsonNode entry : index(tag(signed))) {
            if (!entry.path("digest").asText().equals(Digest.of(manifest).toString())) {
                entries.add(entry.toString());
            }
        }
        entries.add(descriptor(MediaTypes.MANIFEST, manifest, ",\"artifactType\":\"" + ModelSigner.MEDIA_TYPE + "\""));
        String index = "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"manifests\":[%s]}"
                .formatted(Manifests.INDEX, String.join(",", entries));
        manifests.put(tag(signed), Manifests.INDEX, index.getBytes(StandardCharsets.UTF_8));
    }

    /** The bundles attached to a manifest, at most {@value #MOST}. */
    List<byte[]> pull(Digest signed) throws IOException {
        List<byte[]> bundles = new ArrayList<>();
        for (JsonNode entry : referrers(signed)) {
            String digest = entry.path("digest").asText();
            boolean isSignature = entry.path("artifactType").asText().equals(ModelSigner.MEDIA_TYPE);
            if (isSignature && digest.matches("sha256:[0-9a-f]{64}") && bundles.size() < MOST) {
                bundle(digest, signed).ifPresent(bundles::add);
            }
        }
        return bundles;
    }

    private Optional<byte[]> bundle(String reference, Digest signed) throws IOException {
        Optional<byte[]> bytes = manifests.get(reference);
        if (bytes.isEmpty()) {
            return Optional.empty();
        }
        JsonNode manifest = RemoteJson.object("a signature's manifest", bytes.get());
        JsonNode layer = manifest.path("layers").path(0);
        String digest = layer.path("digest").asText();
        boolean fits = manifest.path("subject").path("digest").asText().equals(signed.toString())
                && layer.path("mediaType").asText().equals(ModelSigner.MEDIA_TYPE)
                && digest.matches("sha256:[0-9a-f]{64}");
        return fits ? Optional.of(new SmallBlobs(session).get(Digest.parse(digest), MAX_BUNDLE)) : Optional.empty();
    }

    private JsonNode referrers(Digest signed) throws IOException {
        try (Answer answer = session.send(RemoteRequest.get(session.place().uri("/referrers/" + signed)))) {
            boolean known = answer.status() == 200
                    && answer.header("content-type").orElse("").startsWith(Manifests.INDEX);
            if (known) {
                return RemoteJson.object("the list of referrers", answer.bytes(MAX_INDEX))
                        .path("manifests");
            }
        }
        return index(tag(signed));
    }

    private JsonNode index(String tag) throws IOException {
        byte[] bytes = manifests.get(tag).orElse(EMPTY);
        return RemoteJson.object("the list of referrers", bytes).path("manifests");
    }

    private static String tag(Digest digest) {
        return "sha256-" + digest.hex();
    }
}
