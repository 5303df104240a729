package dev.foretoken.registry.content;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a variant is and where it came from; a blob of its own, named by the manifest.
 *
 * @param architecture the model's own word for it, such as {@code LlamaForCausalLM}; may be empty
 * @param parent what it was made from; null for an imported variant
 * @param settings options for the runtime at load, such as {@code kv_cache_dtype=int8}
 * @param files every file with its whole digest, in the manifest's order
 */
public record VariantConfig(
        Format format,
        String architecture,
        Kind kind,
        @Nullable Parent parent,
        Map<String, String> settings,
        Provenance provenance,
        List<FileEntry> files) {

    static final int MAX_FILES = 20_000;
    private static final int MAX_ARCHITECTURE = 256;

    public enum Format {
        SAFETENSORS,
        GGUF,
        RECIPE,
        ONNX,
        PREDICTION,
        ;

        /** As written in JSON: lower case. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public enum Kind {
        /** Stored as it came. */
        IMPORTED,
        /** Other weights than its parent's. */
        QUANTIZED,
        /** Its parent changed by a recipe. */
        RECIPE,
        /** Its parent's files, loaded with other settings. */
        SETTINGS,
        /** Its parent with an auxiliary that predicts its keys and values. */
        PREDICTION,
        ;

        /** As written in JSON: lower case. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The variant that this one was made from. {@code reference}: for people, such as {@code toy@3/base}. */
    public record Parent(String reference, Digest manifest) {
        public Parent {
            Annotations.text("the parent's reference", reference, 512);
        }
    }

    /** One file by name and whole digest. */
    public record FileEntry(String path, long size, Digest digest) {
        public FileEntry {
            FilePath.checked(path);
            if (size < 0) {
                throw invalid("size " + size + " of file " + Quoted.of(path) + ", must be at least 0");
            }
        }
    }

    /** @throws ForetokenException CONFIG_INVALID for texts over the limits or a path that occurs twice */
    public VariantConfig {
        Annotations.text("the architecture", architecture, MAX_ARCHITECTURE);
        settings = Annotations.checked(settings);
        files = List.copyOf(files);
        if (files.size() > MAX_FILES) {
            throw invalid("there are " + files.size() + " files, at most " + MAX_FILES + " are allowed");
        }
        requireDistinct(files);
    }

    /** The same for other files. */
    public VariantConfig withFiles(List<ModelFile> list) {
        List<FileEntry> entries = list.stream()
                .map(file -> new FileEntry(file.path(), file.size(), file.digest()))
                .toList();
        return new VariantConfig(format, architecture, kind, parent, settings, provenance, entries);
    }

    /** Refuses a path that occurs twice, and one that is both a file and a folder. */
    private static void requireDistinct(List<FileEntry> files) {
        Set<String> paths = new HashSet<>();
        for (FileEntry file : files) {
            if (!paths.add(file.path())) {
                throw invalid("file " + Quoted.of(file.path()) + " occurs twice");
            }
        }
        for (String path : paths) {
            for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
                if (paths.contains(path.substring(0, slash))) {
                    throw invalid(Quoted.of(path.substring(0, slash)) + " is a file and a folder");
                }
            }
        }
    }

    private static ForetokenException invalid(String message) {
        return new ForetokenException(ErrorCode.CONFIG_INVALID, message);
    }
}
