package dev.foretoken.registry.content;

import dev.foretoken.contract.ForetokenException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * {@link VariantManifest} as an OCI image manifest (OCI image specification 1.1, artifact usage): one layer per part. The digests of whole
 * files are in the configuration blob, so reading needs both documents.
 */
public final class ManifestJson {

    private static final String WHAT = "the variant's manifest";
    private static final int SCHEMA = 2;
    private static final String TITLE = "org.opencontainers.image.title";
    private static final String FILE = "dev.foretoken.file";
    private static final String PART = "dev.foretoken.part";

    private ManifestJson() {}

    /** Canonical bytes: fields in one order, annotations by key, no white space. Their SHA-256 is the variant's digest. */
    public static byte[] write(VariantManifest manifest) {
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("schemaVersion", SCHEMA);
        out.put("mediaType", MediaTypes.MANIFEST);
        out.put("artifactType", MediaTypes.VARIANT);
        out.put("config", fields(manifest.config(), Map.of()));
        List<Map<String, Object>> layers = new ArrayList<>();
        manifest.files().forEach(file -> addLayers(layers, file));
        out.put("layers", layers);
        if (!manifest.annotations().isEmpty()) {
            out.put("annotations", manifest.annotations());
        }
        return StrictJson.bytes(out);
    }

    /**
     * The configuration blob that a manifest names, to be fetched before {@link #parse}.
     *
     * @throws ForetokenException MODEL_FILE_CORRUPT saying what is wrong
     */
    public static Descriptor configOf(byte[] manifest) {
        StrictFields fields = StrictJson.parse(WHAT, manifest);
        return StrictJson.checked(WHAT, () -> {
            requireArtifact(fields);
            return descriptor(fields.object("config"));
        });
    }

    /**
     * Reads a manifest and checks it against its configuration: digest, files, sizes.
     *
     * @param config the blob that {@link #configOf} named
     * @throws ForetokenException MODEL_FILE_CORRUPT saying what is wrong
     */
    public static VariantManifest parse(byte[] manifest, byte[] config) {
        StrictFields fields = StrictJson.parse(WHAT, manifest);
        VariantConfig files = VariantConfigJson.parse(config);
        return StrictJson.checked(WHAT, () -> manifest(fields, config, files));
    }

    private static VariantManifest manifest(StrictFields fields, byte[] configBytes, VariantConfig config) {
        requireArtifact(fields);
        Descriptor descriptor = descriptor(fields.object("config"));
        if (descriptor.size() != configBytes.length || !descriptor.digest().equals(Digest.of(configBytes))) {
            throw fields.wrong("config", "names " + descriptor.digest() + ", the configuration given is another");
        }
        List<Layer> layers = fields.objects("layers", VariantManifest.MAX_LAYERS).stream()
                .map(ManifestJson::layer)
                .toList();
        Map<String, String> annotations = fields.texts("annotations");
        fields.requireNoOthers();
        return new VariantManifest(descriptor, files(layers, config), annotations);
    }

    private static void requireArtifact(StrictFields fields) {
        fields.requireVersion("schemaVersion", SCHEMA);
        fields.requireText("mediaType", MediaTypes.MANIFEST);
        fields.requireText("artifactType", MediaTypes.VARIANT);
    }

    /** One layer: the {@code index}-th part of a file; its own annotations without those of the format. */
    private record Layer(String path, int index, Descriptor part) {}

    private static Layer layer(StrictFields fields) {
        Descriptor found = descriptor(fields);
        Map<String, String> annotations = new TreeMap<>(found.annotations());
        String title = annotations.remove(TITLE);
        String file = annotations.remove(FILE);
        String index = annotations.remove(PART);
        Descriptor part = new Descriptor(found.mediaType(), found.digest(), found.size(), annotations);
        if (title != null && file == null && index == null) {
            return new Layer(title, 0, part);
        }
        if (title == null && file != null && index != null && index.matches("[0-9]{1,6}")) {
            return new Layer(file, Integer.parseInt(index), part);
        }
        throw StrictJson.corrupt(
                fields.where(), "needs either the annotation " + TITLE + ", or both " + FILE + " and " + PART);
    }

    /** Joins the layers of each file, in the order of the configuration's list. */
    private static List<ModelFile> files(List<Layer> layers, VariantConfig config) {
        List<ModelFile> files = new ArrayList<>();
        int next = 0;
        for (VariantConfig.FileEntry entry : config.files()) {
            List<Descriptor> parts = new ArrayList<>();
            while (next < layers.size() && layers.get(next).equals(expected(layers.get(next), entry, parts.size()))) {
                parts.add(layers.get(next++).part());
            }
            if (parts.isEmpty()) {
                throw unexpected(layers, next);
            }
            files.add(new ModelFile(entry.path(), entry.size(), entry.digest(), parts));
        }
        if (next != layers.size()) {
            throw unexpected(layers, next);
        }
        return files;
    }

    private static ForetokenException unexpected(List<Layer> layers, int at) {
        String found = at == layers.size()
                ? "nothing"
                : "part " + layers.get(at).index() + " of "
                        + Quoted.of(layers.get(at).path());
        return StrictJson.corrupt(
                WHAT,
                "has at layers[" + at + "] " + found
                        + ", which does not follow from the configuration's list of files");
    }

    private static Layer expected(Layer found, VariantConfig.FileEntry entry, int index) {
        return new Layer(entry.path(), index, found.part());
    }

    private static Descriptor descriptor(StrictFields fields) {
        Descriptor descriptor = new Descriptor(
                fields.text("mediaType"), fields.digest("digest"), fields.whole("size"), fields.texts("annotations"));
        fields.requireNoOthers();
        return descriptor;
    }

    private static void addLayers(List<Map<String, Object>> layers, ModelFile file) {
        for (int i = 0; i < file.parts().size(); i++) {
            Map<String, String> place =
                    file.isWhole() ? Map.of(TITLE, file.path()) : Map.of(FILE, file.path(), PART, "" + i);
            layers.add(fields(file.parts().get(i), place));
        }
    }

    private static Map<String, Object> fields(Descriptor descriptor, Map<String, String> more) {
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("mediaType", descriptor.mediaType());
        out.put("digest", descriptor.digest().toString());
        out.put("size", descriptor.size());
        Map<String, String> annotations = new TreeMap<>(descriptor.annotations());
        annotations.putAll(more);
        if (!annotations.isEmpty()) {
            out.put("annotations", annotations);
        }
        return out;
    }
}
