package dev.foretoken.app.config;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.gate.Gate;
import dev.foretoken.scheduler.host.ResidencyConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options about models of the registry that take turns in memory. */
public final class ResidencyOptions {

    @Option(
            names = "--max-loaded",
            paramLabel = "N",
            defaultValue = "${env:FORETOKEN_MAX_LOADED:-0}",
            description = "Models loaded at a time; 0 = as many as fit the memory. Default: ${DEFAULT-VALUE}.")
    int maxLoaded;

    @Option(
            names = "--model-queue",
            paramLabel = "N",
            defaultValue = "${env:FORETOKEN_MODEL_QUEUE:-64}",
            description =
                    "Sequences that may wait for one model to be loaded; more are refused with 503. Default: ${DEFAULT-VALUE}.")
    int queue;

    @Option(
            names = "--quality-floor",
            paramLabel = "LIMIT=NUMBER",
            split = ",",
            defaultValue = "${env:FORETOKEN_QUALITY_FLOOR}",
            description =
                    "What a variant that auto chooses must keep, as gates have it: max-perplexity-increase=0.05, min-qa-retention=0.9, ...; repeatable. Default: any that was measured.")
    List<String> floor = List.of();

    ResidencyConfig turns() {
        return ResidencyConfig.DEFAULT.withLimits(maxLoaded, queue);
    }

    Optional<Gate> floor() {
        Map<String, Double> limits = new HashMap<>();
        for (String limit : floor) {
            int equals = limit.indexOf('=');
            try {
                limits.put(limit.substring(0, Math.max(0, equals)), Double.valueOf(limit.substring(equals + 1)));
            } catch (NumberFormatException e) {
                throw new ForetokenException(
                        ErrorCode.CONFIG_INVALID,
                        "quality-floor=" + limit + ", must be LIMIT=NUMBER such as min-qa-retention=0.9",
                        e);
            }
        }
        return limits.isEmpty() ? Optional.empty() : Optional.of(Gate.of(limits));
    }
}
