package dev.foretoken.scheduler.host;

import static dev.foretoken.scheduler.host.MemoryBudget.mebibytes;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.ModelShape;
import dev.foretoken.contract.runtime.RuntimeEstimate;
import dev.foretoken.contract.runtime.RuntimeOptions;
import dev.foretoken.contract.runtime.RuntimeOptions.Weights;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Says why a variant cannot be loaded, in numbers, and what could. */
record Shortage(ModelOpener opener, ServedModel model, ModelNeed need) {

    private static final List<Weights> SMALLER = List.of(Weights.Q8_0, Weights.Q4_0);
    private static final int LEAST_CONTEXT = 256;

    /** {@code kept}: names of variants that stay loaded. */
    ForetokenException of(long budget, long keptBytes, Set<String> kept) {
        String stays = kept.isEmpty()
                ? ""
                : ", of which " + mebibytes(keptBytes) + " MiB are for " + String.join(", ", new TreeSet<>(kept));
        long room = budget - keptBytes;
        return new ForetokenException(
                ErrorCode.INSUFFICIENT_MEMORY,
                ("model %s needs %d MiB (weights %d, work space %d, cache of one sequence of the whole context %d,"
                                + " and as much beside it), the memory budget is %d MiB%s. %s")
                        .formatted(
                                model.name(),
                                mebibytes(need.least()),
                                mebibytes(need.weights()),
                                mebibytes(need.work()),
                                mebibytes(need.cache()),
                                mebibytes(budget),
                                stays,
                                advice(room)));
    }

    private String advice(long room) {
        Optional<String> context = shorterContext(room);
        Optional<String> encoding = smallerWeights(room);
        String fits = encoding.or(() -> context)
                .map(found -> "It would fit with " + found
                        + context.filter(other -> encoding.isPresent())
                                .map(other -> " or " + other)
                                .orElse("") + ".")
                .orElse("");
        return fits + (fits.isEmpty() ? "Give" : " Or give") + " more memory (host.memory-budget-bytes)"
                + (room < need.least() && model.options().weights() == Weights.STORED
                        ? ""
                        : ", or take a smaller variant");
    }

    private Optional<String> smallerWeights(long room) {
        return model.options().weights() == Weights.STORED
                ? SMALLER.stream()
                        .filter(encoding -> fits(model.options().withWeights(encoding), room))
                        .findFirst()
                        .map(encoding -> "weights " + encoding)
                : Optional.empty();
    }

    private Optional<String> shorterContext(long room) {
        int context = opener.estimate(model.source(), model.options())
                .flatMap(RuntimeEstimate::shape)
                .map(ModelShape::contextTokens)
                .orElse(0);
        for (int tokens = context / 2; tokens >= LEAST_CONTEXT; tokens /= 2) {
            if (fits(model.options().withMaxContext(tokens), room)) {
                return Optional.of("max-context " + tokens);
            }
        }
        return Optional.empty();
    }

    private boolean fits(RuntimeOptions options, long room) {
        Optional<RuntimeEstimate> estimate = opener.estimate(model.source(), options);
        return estimate.isPresent() && opener.need(estimate.get()).least() <= room;
    }
}
