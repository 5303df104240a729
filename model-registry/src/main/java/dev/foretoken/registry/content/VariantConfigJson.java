package dev.foretoken.registry.content;

import dev.foretoken.contract.ForetokenException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** {@link VariantConfig} as canonical JSON: fields in one order, maps by key, no white space. */
public final class VariantConfigJson {

    private static final String WHAT = "the variant's configuration";
    private static final int SCHEMA = 1;

    private VariantConfigJson() {}

    public static byte[] write(VariantConfig config) {
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("schemaVersion", SCHEMA);
        out.put("format", config.format().text());
        out.put("architecture", config.architecture());
        out.put("kind", config.kind().text());
        VariantConfig.Parent parent = config.parent();
        if (parent != null) {
            out.put("parent", parentFields(parent));
        }
        out.put("settings", config.settings());
        out.put("provenance", provenanceFields(config.provenance()));
        List<Map<String, Object>> files = new ArrayList<>();
        config.files().forEach(file -> files.add(fileFields(file)));
        out.put("files", files);
        return StrictJson.bytes(out);
    }

    /** @throws ForetokenException MODEL_FILE_CORRUPT saying what is wrong */
    public static VariantConfig parse(byte[] document) {
        StrictFields fields = StrictJson.parse(WHAT, document);
        return StrictJson.checked(WHAT, () -> config(fields));
    }

    private static VariantConfig config(StrictFields fields) {
        fields.requireVersion("schemaVersion", SCHEMA);
        VariantConfig config = new VariantConfig(
                one(fields, "format", VariantConfig.Format.values(), VariantConfig.Format::text),
                fields.text("architecture"),
                one(fields, "kind", VariantConfig.Kind.values(), VariantConfig.Kind::text),
                fields.optionalObject("parent").map(VariantConfigJson::parent).orElse(null),
                fields.texts("settings"),
                provenance(fields.object("provenance")),
                fields.objects("files", VariantConfig.MAX_FILES).stream()
                        .map(VariantConfigJson::file)
                        .toList());
        fields.requireNoOthers();
        return config;
    }

    private static <T> T one(StrictFields fields, String key, T[] values, Function<T, String> text) {
        String found = fields.text(key);
        for (T value : values) {
            if (text.apply(value).equals(found)) {
                return value;
            }
        }
        List<String> known = List.of(values).stream().map(text).toList();
        throw fields.wrong(key, "is " + Quoted.of(found) + ", expected one of " + String.join(", ", known));
    }

    private static VariantConfig.Parent parent(StrictFields fields) {
        VariantConfig.Parent parent = new VariantConfig.Parent(fields.text("reference"), fields.digest("manifest"));
        fields.requireNoOthers();
        return parent;
    }

    private static Provenance provenance(StrictFields fields) {
        Provenance provenance = new Provenance(
                fields.text("source"),
                fields.text("tool"),
                fields.text("method"),
                fields.texts("parameters"),
                fields.optionalDigest("calibration").orElse(null),
                fields.instant("created"));
        fields.requireNoOthers();
        return provenance;
    }

    private static VariantConfig.FileEntry file(StrictFields fields) {
        VariantConfig.FileEntry file =
                new VariantConfig.FileEntry(fields.text("path"), fields.whole("size"), fields.digest("digest"));
        fields.requireNoOthers();
        return file;
    }

    private static Map<String, Object> parentFields(VariantConfig.Parent parent) {
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("reference", parent.reference());
        out.put("manifest", parent.manifest().toString());
        return out;
    }

    private static Map<String, Object> provenanceFields(Provenance provenance) {
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("source", provenance.source());
        out.put("tool", provenance.tool());
        out.put("method", provenance.method());
        out.put("parameters", provenance.parameters());
        @Nullable Digest calibration = provenance.calibration();
        if (calibration != null) {
            out.put("calibration", calibration.toString());
        }
        out.put("created", provenance.created().toString());
        return out;
    }

    private static Map<String, Object> fileFields(VariantConfig.FileEntry file) {
        Map<String, Object> out = new LinkedHashMap<>();
        out.put("path", file.path());
        out.put("size", file.size());
        out.put("digest", file.digest().toString());
        return out;
    }
}
