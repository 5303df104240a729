package dev.foretoken.registry.trust;

import dev.foretoken.registry.content.Descriptor;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.content.MediaTypes;
import dev.foretoken.registry.content.ModelFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A variant in memory: two whole files and one of three parts. Not thread-safe. */
final class SampleVariant {

    private final Map<Digest, byte[]> blobs = new HashMap<>();
    private final List<ModelFile> files = new ArrayList<>();
    private final Map<String, String> settings = new HashMap<>();
    private Digest manifest = Digest.of("a manifest".getBytes(StandardCharsets.UTF_8));

    SampleVariant() {
        whole("config.json", "{}");
        whole("tokenizer.json", "{\"model\":{}}");
        parts("model.safetensors", "header", "first tensor", "second tensor");
    }

    SampleVariant whole(String path, String content) {
        remove(path);
        Descriptor blob = blob(content);
        files.add(ModelFile.whole(path, blob.size(), blob.digest()));
        return this;
    }

    SampleVariant parts(String path, String... contents) {
        remove(path);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        List<Descriptor> parts = new ArrayList<>();
        for (String content : contents) {
            all.writeBytes(content.getBytes(StandardCharsets.UTF_8));
            parts.add(blob(content));
        }
        files.add(new ModelFile(path, all.size(), Digest.of(all.toByteArray()), parts));
        return this;
    }

    /** Keeps the file's own digest, as a forged manifest would, and changes what it is made of. */
    SampleVariant otherParts(String path, String... contents) {
        ModelFile file =
                files.stream().filter(f -> f.path().equals(path)).findFirst().orElseThrow();
        remove(path);
        List<Descriptor> parts = new ArrayList<>();
        for (String content : contents) {
            parts.add(blob(content));
        }
        files.add(new ModelFile(path, file.size(), file.digest(), parts));
        return this;
    }

    SampleVariant remove(String path) {
        files.removeIf(file -> file.path().equals(path));
        return this;
    }

    SampleVariant setting(String key, String value) {
        settings.put(key, value);
        return this;
    }

    SampleVariant manifest(String bytes) {
        manifest = Digest.of(bytes.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    List<ModelFile> files() {
        return files;
    }

    SignedVariant variant() {
        return new SignedVariant("toy@3/base", manifest, files, settings);
    }

    PartReader reader() {
        return digest -> {
            byte[] bytes = blobs.get(digest);
            if (bytes == null) {
                throw new FileNotFoundException(digest.toString());
            }
            return new ByteArrayInputStream(bytes);
        };
    }

    private Descriptor blob(String content) {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        Digest digest = Digest.of(bytes);
        blobs.put(digest, bytes);
        return new Descriptor(MediaTypes.TENSORS, digest, bytes.length);
    }
}
