package dev.foretoken.app.mount;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.registry.ModelDetail;
import dev.foretoken.registry.VariantDetail;
import dev.foretoken.registry.VersionDetail;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.content.Provenance;
import dev.foretoken.registry.content.VariantConfig;
import dev.foretoken.registry.measure.Measurement;
import dev.foretoken.registry.measure.Proportion;
import dev.foretoken.registry.metadata.AliasTarget;
import dev.foretoken.registry.name.VariantRef;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A catalogue in memory: the model toy, whose variants are all made of one folder, with settings of their own. */
final class Toys implements VariantCatalogue {

    private static final Instant DAY = Instant.parse("2026-01-01T00:00:00Z");

    private final Path folder;
    private final Map<Integer, List<VariantDetail>> versions = new TreeMap<>();
    private final Map<String, VariantRef> aliases = new TreeMap<>();
    private long revision;
    private boolean away;

    Toys(Path folder) {
        this.folder = folder;
    }

    static VariantDetail variant(VariantRef ref, Map<String, String> settings, Measurement... measured) {
        VariantConfig config = new VariantConfig(
                VariantConfig.Format.SAFETENSORS,
                "LlamaForCausalLM",
                ref.isBase() ? VariantConfig.Kind.IMPORTED : VariantConfig.Kind.SETTINGS,
                ref.isBase()
                        ? null
                        : new VariantConfig.Parent(ref.sibling("base").toString(), digest(ref.sibling("base"))),
                settings,
                new Provenance("test", "test", "test", Map.of(), null, DAY),
                List.of());
        return new VariantDetail(
                new VariantDetail.Stored(
                        ref, digest(ref), config, 1000 + ref.variant().length(), DAY),
                List.of(measured),
                Optional.empty(),
                List.of());
    }

    private static Digest digest(VariantRef ref) {
        return Digest.of(ref.toString().getBytes(StandardCharsets.UTF_8));
    }

    static Measurement measured(double perplexity, int right) {
        return new Measurement(
                DAY,
                "test",
                "test",
                "set",
                "base",
                new Measurement.Quality(perplexity, 1000, 0, 1, new Proportion(right, 100)),
                new Measurement.Footprint(1, 1, 1, 0),
                new Measurement.Speed(1, 1, 1, true));
    }

    Toys with(String ref, Map<String, String> settings, Measurement... measured) {
        int at = ref.indexOf('@');
        int slash = ref.indexOf('/');
        int version = Integer.parseInt(ref.substring(at + 1, slash));
        versions.computeIfAbsent(version, v -> new ArrayList<>())
                .add(variant(new VariantRef("toy", version, ref.substring(slash + 1)), settings, measured));
        revision++;
        return this;
    }

    Toys alias(String name, int version, String variant) {
        aliases.put(name, new VariantRef("toy", version, variant));
        revision++;
        return this;
    }

    void removeAlias(String name) {
        aliases.remove(name);
        revision++;
    }

    /** Whether it answers from now on. */
    void away(boolean now) {
        away = now;
    }

    @Override
    public long revision() {
        if (away) {
            throw new ForetokenException(ErrorCode.REGISTRY_UNAVAILABLE, "it does not answer");
        }
        return revision;
    }

    @Override
    public ModelDetail model(String name) {
        if (name.equals("broken")) {
            throw new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, "nothing of it can be read");
        }
        if (!name.equals("toy")) {
            throw new ForetokenException(ErrorCode.MODEL_NOT_FOUND, "there is no model " + name);
        }
        return new ModelDetail(
                name,
                versions.entrySet().stream()
                        .map(version -> new VersionDetail(version.getKey(), DAY, version.getValue()))
                        .toList(),
                aliases.entrySet().stream()
                        .map(alias -> new AliasTarget(alias.getKey(), alias.getValue(), DAY))
                        .toList(),
                List.of(),
                Optional.empty());
    }

    @Override
    public void check(VariantRef variant, LoadProgress progress) {
        progress.update("checking", 1, 1);
    }

    @Override
    public Path folder(VariantRef variant) {
        return folder;
    }
}
