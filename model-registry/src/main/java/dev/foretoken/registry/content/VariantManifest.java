package dev.foretoken.registry.content;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What one variant consists of: its configuration blob and its files, each in one or more blobs.
 *
 * @param config the blob with the {@link VariantConfig}
 * @param files in their order; at most {@value #MAX_LAYERS} parts in all
 */
public record VariantManifest(Descriptor config, List<ModelFile> files, Map<String, String> annotations) {

    /** Most blobs that files may have in all. */
    public static final int MAX_LAYERS = 20_000;

    /** @throws ForetokenException CONFIG_INVALID for another config type, too many parts or one blob with two sizes */
    public VariantManifest {
        files = List.copyOf(files);
        annotations = Annotations.checked(annotations);
        if (!config.mediaType().equals(MediaTypes.CONFIG)) {
            throw invalid("the config's media type is " + config.mediaType() + ", must be " + MediaTypes.CONFIG);
        }
        int layers = files.stream().mapToInt(file -> file.parts().size()).sum();
        if (layers > MAX_LAYERS) {
            throw invalid("there are " + layers + " parts, at most " + MAX_LAYERS + " are allowed");
        }
        sizes(config, files);
        requireCountable(files);
    }

    /** The manifest of {@code files} and of {@code config}, whose own list of files is replaced by them; see {@link #configBytes}. */
    public static VariantManifest of(VariantConfig config, List<ModelFile> files, Map<String, String> annotations) {
        byte[] bytes = configBytes(config, files);
        return new VariantManifest(
                new Descriptor(MediaTypes.CONFIG, Digest.of(bytes), bytes.length), files, annotations);
    }

    /** The configuration blob that {@link #of} names; whoever stores the manifest stores it too. */
    public static byte[] configBytes(VariantConfig config, List<ModelFile> files) {
        return VariantConfigJson.write(config.withFiles(files));
    }

    /** Every blob with its size, the configuration included, the manifest itself not. */
    public Map<Digest, Long> blobs() {
        return sizes(config, files);
    }

    /** Bytes of all files, blobs that occur several times counted each time. */
    public long fileBytes() {
        return files.stream().mapToLong(ModelFile::size).sum();
    }

    /** Names the files alone: equal for two variants with the same files, whenever and from wherever they were made. */
    public Digest contentDigest() {
        List<ModelFile> sorted = new ArrayList<>(files);
        sorted.sort(Comparator.comparing(ModelFile::path));
        Map<String, String> lines = new LinkedHashMap<>();
        sorted.forEach(file -> lines.put(file.path(), file.size() + " " + file.digest()));
        return Digest.of(StrictJson.bytes(lines));
    }

    private static Map<Digest, Long> sizes(Descriptor config, List<ModelFile> files) {
        Map<Digest, Long> sizes = new TreeMap<>();
        sizes.put(config.digest(), config.size());
        for (ModelFile file : files) {
            for (Descriptor part : file.parts()) {
                Long other = sizes.put(part.digest(), part.size());
                if (other != null && other != part.size()) {
                    throw invalid(part.digest() + " is named with " + other + " and with " + part.size() + " bytes");
                }
            }
        }
        return sizes;
    }

    private static void requireCountable(List<ModelFile> files) {
        long sum = 0;
        for (ModelFile file : files) {
            if (file.size() > Long.MAX_VALUE - sum) {
                throw invalid("the files have more bytes than can be counted");
            }
            sum += file.size();
        }
    }

    private static ForetokenException invalid(String message) {
        return new ForetokenException(ErrorCode.CONFIG_INVALID, message);
    }
}
