package dev.foretoken.app.mount;

import dev.foretoken.app.config.ModelMount;
import dev.foretoken.app.engine.TextFiles;
import dev.foretoken.gateway.model.EngineSet;
import dev.foretoken.gateway.model.ServedModel;
import dev.foretoken.registry.VariantDetail;
import dev.foretoken.registry.content.VariantConfig.FileEntry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Tokenizers and chat templates of variants: those with equal files share one. For one thread. */
public final class VariantText {

    private static final List<String> NO_TEXT = List.of(".safetensors", ".index.json", ".onnx");

    private final VariantCatalogue catalogue;
    private final TextFiles files;
    private final EngineSet engines;
    private final Map<List<FileEntry>, ServedModel> opened = new HashMap<>();

    public VariantText(VariantCatalogue catalogue, TextFiles files, EngineSet engines) {
        this.catalogue = catalogue;
        this.files = files;
        this.engines = engines;
    }

    ServedModel of(VariantDetail variant) {
        List<FileEntry> text = variant.config().files().stream()
                .filter(file -> isText(file.path()))
                .toList();
        return opened.computeIfAbsent(
                text,
                key -> files.serve(
                        new ModelMount(
                                variant.ref().toString(),
                                catalogue.folder(variant.ref()).toString()),
                        engines));
    }

    /** All but weights; a GGUF file holds both, so that there is no text without it. */
    static boolean isText(String path) {
        return NO_TEXT.stream().noneMatch(path::endsWith);
    }
}
