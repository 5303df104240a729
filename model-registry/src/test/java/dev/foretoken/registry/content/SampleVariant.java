package dev.foretoken.registry.content;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** A small variant with one whole file and one of three parts. */
public final class SampleVariant {

    private SampleVariant() {}

    public static VariantManifest manifest() {
        return VariantManifest.of(config(), files(), Map.of("dev.foretoken.note", "a sample"));
    }

    public static byte[] configBytes() {
        return VariantManifest.configBytes(config(), files());
    }

    public static VariantConfig config() {
        return new VariantConfig(
                VariantConfig.Format.SAFETENSORS,
                "LlamaForCausalLM",
                VariantConfig.Kind.QUANTIZED,
                new VariantConfig.Parent("toy@1/base", digest("parent")),
                Map.of("weights", "int8", "kv_cache_dtype", "int8"),
                new Provenance(
                        "toy@1/base",
                        "foretoken 0.1",
                        "gptq",
                        Map.of("bits", "4", "group", "128"),
                        digest("calibration"),
                        Instant.parse("2026-02-03T04:05:06Z")),
                List.of());
    }

    public static List<ModelFile> files() {
        return List.of(
                ModelFile.whole("config.json", 10, digest("config")),
                new ModelFile(
                        "model.safetensors",
                        600,
                        digest("whole"),
                        List.of(part("header", 100), part("first", 200), part("second", 300))));
    }

    static Descriptor part(String name, long size) {
        return new Descriptor(MediaTypes.TENSORS, digest(name), size);
    }

    static Digest digest(String name) {
        return Digest.of(name.getBytes(StandardCharsets.UTF_8));
    }
}
