package dev.foretoken.registry.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.contract.runtime.ModelSource;
import dev.foretoken.registry.blob.BlobStore;
import dev.foretoken.registry.content.Descriptor;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.content.ManifestJson;
import dev.foretoken.registry.content.ModelFile;
import dev.foretoken.registry.content.VariantConfig;
import dev.foretoken.registry.content.VariantManifest;
import dev.foretoken.registry.metadata.VariantRow;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A shelf of whole files in blobs; what it opens is a folder that nobody reads. */
record FolderShelf(BlobStore blobs, Path folder) implements JobShelf {

    @Override
    public ModelSource open(VariantRow variant) {
        return ModelSource.of(variant.ref().toString(), folder);
    }

    @Override
    public VariantManifest manifest(VariantRow variant) {
        byte[] document = read(variant.manifest(), 1 << 20);
        Descriptor config = ManifestJson.configOf(document);
        return ManifestJson.parse(document, read(config.digest(), 1 << 20));
    }

    @Override
    public Composed store(Path from, VariantConfig draft, List<ModelFile> inherited, LoadProgress progress) {
        Map<String, ModelFile> all = new TreeMap<>();
        inherited.forEach(file -> all.put(file.path(), file));
        try (Stream<Path> files = Files.walk(from)) {
            files.filter(Files::isRegularFile)
                    .map(file -> file(from, file))
                    .forEach(file -> all.put(file.path(), file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Composed.of(draft, List.copyOf(all.values()));
    }

    private ModelFile file(Path from, Path file) {
        Digest digest = blobs.put(file);
        return ModelFile.whole(from.relativize(file).toString(), blobs.size(digest), digest);
    }

    @Override
    public Digest put(byte[] bytes) {
        return blobs.put(bytes);
    }

    @Override
    public byte[] read(Digest blob, int most) {
        return blobs.read(blob, most).orElseThrow();
    }

    @Override
    public void renew(VariantManifest manifest) {
        assertThat(blobs.renewAll(manifest.blobs().keySet())).isEmpty();
    }
}
