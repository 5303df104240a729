package dev.foretoken.app.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.routing.variant.CanaryRule;
import dev.foretoken.routing.variant.HeaderMatch;
import dev.foretoken.routing.variant.LoadRule;
import dev.foretoken.routing.variant.ShadowLimits;
import dev.foretoken.routing.variant.ShadowRule;
import dev.foretoken.routing.variant.VariantRollout;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads rollouts from a JSON object keyed by served names. Fields that are not known are refused: a limit that is misspelt is none. */
final class RolloutFile {

    private static final int MAX_BYTES = 1 << 20;
    private static final long ENTER_AFTER_MILLIS = 2_000;
    private static final long LEAVE_AFTER_MILLIS = 30_000;
    private static final double LEAVE = 0.5;
    private static final int CONCURRENT = 4;
    private static final int TOKENS = 512;
    private static final JsonMapper JSON = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
            .build();

    private RolloutFile() {}

    /** @throws ForetokenException CONFIG_INVALID, naming the file and what is wrong with it */
    static List<VariantRollout> read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES + 1);
            if (bytes.length > MAX_BYTES) {
                throw refused(file, "is larger than " + MAX_BYTES + " bytes", null);
            }
            return rollouts(file, bytes);
        } catch (JsonProcessingException e) {
            throw refused(file, "is not understood: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw refused(file, "cannot be read (" + e.getMessage() + ")", e);
        }
    }

    private static List<VariantRollout> rollouts(Path file, byte[] bytes) throws IOException {
        Map<String, @Nullable Rules> all =
                JSON.readValue(bytes, new TypeReference<TreeMap<String, @Nullable Rules>>() {});
        return all.entrySet().stream()
                .map(name -> {
                    Rules rules = name.getValue();
                    if (rules == null) {
                        throw refused(file, "says null of " + name.getKey(), null);
                    }
                    return rules.of(name.getKey());
                })
                .toList();
    }

    private static ForetokenException refused(Path file, String problem, @Nullable Throwable cause) {
        String message = "rollouts=" + file + " " + problem
                + "; it must be an object such as {\"toy:prod\":{\"canary\":[{\"variant\":\"int8\",\"weight\":0.05}]}}";
        return (cause == null
                        ? new ForetokenException(ErrorCode.CONFIG_INVALID, message)
                        : new ForetokenException(ErrorCode.CONFIG_INVALID, message, cause))
                .withParam("rollouts");
    }

    /** Of one name. */
    private record Rules(
            @Nullable Load underLoad,
            @Nullable List<@Nullable Canary> canary,
            @Nullable Shadow shadow) {
        VariantRollout of(String name) {
            return new VariantRollout(
                    name,
                    Optional.ofNullable(underLoad).map(Load::rule),
                    canary == null
                            ? List.of()
                            : canary.stream()
                                    .map(one -> needed("canary", one).rule())
                                    .toList(),
                    Optional.ofNullable(shadow).map(Shadow::rule));
        }
    }

    /** The floor has no default: whoever leads callers elsewhere says what they may lose. */
    private record Load(
            @Nullable String variant,
            @Nullable Double minRetention,
            @Nullable Long ttftMs,
            @Nullable Integer queue,
            @Nullable Double leave,
            @Nullable Long enterAfterMs,
            @Nullable Long leaveAfterMs) {
        LoadRule rule() {
            return new LoadRule(
                    needed("under_load.variant", variant),
                    needed("under_load.min_retention", minRetention),
                    Optional.ofNullable(ttftMs).map(Duration::ofMillis),
                    Optional.ofNullable(queue),
                    or(leave, LEAVE),
                    Duration.ofMillis(or(enterAfterMs, ENTER_AFTER_MILLIS)),
                    Duration.ofMillis(or(leaveAfterMs, LEAVE_AFTER_MILLIS)));
        }
    }

    private record Canary(
            @Nullable String variant,
            @Nullable Double weight,
            @Nullable String header,
            CanaryRule.@Nullable By by) {
        CanaryRule rule() {
            return new CanaryRule(
                    needed("canary.variant", variant),
                    or(weight, 0.0),
                    Optional.ofNullable(header).map(HeaderMatch::parse),
                    or(by, CanaryRule.By.REQUEST));
        }
    }

    private record Shadow(
            @Nullable String variant,
            @Nullable Double share,
            @Nullable Integer maxConcurrent,
            @Nullable Integer maxTokens,
            @Nullable Integer minSamples,
            @Nullable Double maxDivergence,
            @Nullable Double maxErrors,
            @Nullable Double maxShed,
            @Nullable Integer maxWaiting) {
        ShadowRule rule() {
            ShadowLimits limits = ShadowLimits.DEFAULT;
            return new ShadowRule(
                    needed("shadow.variant", variant),
                    needed("shadow.share", share),
                    or(maxConcurrent, CONCURRENT),
                    or(maxTokens, TOKENS),
                    new ShadowLimits(
                            or(minSamples, limits.minSamples()),
                            or(maxDivergence, limits.maxDivergence()),
                            or(maxErrors, limits.maxErrors()),
                            or(maxShed, limits.maxShed()),
                            or(maxWaiting, limits.maxWaiting())));
        }
    }

    private static <T> T needed(String key, @Nullable T said) {
        if (said == null) {
            throw new ForetokenException(ErrorCode.CONFIG_INVALID, key + " is missing in the rollouts; say it")
                    .withParam(key);
        }
        return said;
    }

    private static <T> T or(@Nullable T said, T otherwise) {
        return said == null ? otherwise : said;
    }
}
