package dev.foretoken.registry.view;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.registry.blob.LocalBlobs;
import dev.foretoken.registry.blob.SoundFiles;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.content.ManifestJson;
import dev.foretoken.registry.content.ModelFile;
import dev.foretoken.registry.content.VariantManifest;
import dev.foretoken.registry.gguf.GgufFile;
import dev.foretoken.registry.prediction.PredictionFile;
import dev.foretoken.registry.recipe.RecipeFile;
import java.nio.file.Path;

/**
 * A folder that a runtime can open, {@code views/HEX-OF-MANIFEST}: a whole file is a hard link to its blob; a file in parts is a {@code
 * NAME.parts}, with links in {@code parts/} beside it. It costs no space, and keeps its bytes when the blobs are collected.
 *
 * @param folder with all files of the variant
 * @param manifest what is in it
 */
public record VariantView(Path folder, VariantManifest manifest) {

    /**
     * Makes the view where it is not there and whole. Its bytes are those of the store: {@link #verify} before they are believed.
     *
     * @param views folder of all views, on the file system of the blobs
     * @throws ForetokenException MODEL_FILE_CORRUPT when a blob is missing or a path of the manifest does not fit a view, STORAGE_FULL
     */
    public static VariantView create(VariantManifest manifest, LocalBlobs blobs, Path views) {
        Digest digest = Digest.of(ManifestJson.write(manifest));
        Path folder = views.toAbsolutePath().resolve(digest.hex());
        new ViewBuilder(manifest, blobs).build(folder);
        return new VariantView(folder, manifest);
    }

    /** What a runtime is told to open: the folder, or the first GGUF file of a variant that is one. */
    public Path model() {
        boolean folderAlone = manifest.files().stream()
                .map(ModelFile::path)
                .anyMatch(path -> path.equals(RecipeFile.NAME) || path.equals(PredictionFile.NAME));
        return manifest.files().stream()
                .map(ModelFile::path)
                .filter(path -> !folderAlone && path.indexOf('/') < 0 && path.endsWith(GgufFile.SUFFIX))
                .sorted()
                .findFirst()
                .map(folder::resolve)
                .orElse(folder);
    }

    /** {@link #verify(SoundFiles, int, LoadProgress)} of every byte. */
    public void verify(int threads, LoadProgress progress) {
        verify(new SoundFiles(), threads, progress);
    }

    /**
     * Compares the digests of all blobs with the manifest. That they add up to the files was found out when the manifest was taken in.
     *
     * @param known blobs that it knows to be sound are not read; learns of the others
     * @param threads at most so many blobs are read at once
     * @throws ForetokenException MODEL_FILE_CORRUPT naming the file, both digests and what to do
     */
    public void verify(SoundFiles known, int threads, LoadProgress progress) {
        new ViewCheck(this, known, progress).check(threads);
    }
}
