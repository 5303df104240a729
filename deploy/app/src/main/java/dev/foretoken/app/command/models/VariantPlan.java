package dev.foretoken.app.command.models;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.BuildMethod;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * One variant to build: {@code METHOD} or {@code NAME=METHOD} on the command line, with its {@code --set} parameters.
 *
 * @param name of the variant
 */
record VariantPlan(String name, BuildMethod method, Map<String, String> parameters) {

    /**
     * Reads all {@code --variant} and {@code --set} of one command. A setting is {@code KEY=VALUE} for every variant whose method has that
     * parameter, or {@code NAME.KEY=VALUE} for one.
     *
     * @throws ForetokenException INVALID_REQUEST for what no method has, a setting that nothing reads, and two variants of one name
     */
    static List<VariantPlan> parse(List<String> variants, Map<String, String> settings, List<BuildMethod> methods) {
        List<VariantPlan> plans =
                variants.stream().map(text -> of(text, methods)).toList();
        requireOneEach(plans);
        settings.forEach((key, value) -> set(plans, key, value));
        return plans;
    }

    private static void requireOneEach(List<VariantPlan> plans) {
        Set<String> seen = new HashSet<>();
        for (VariantPlan plan : plans) {
            if (!seen.add(plan.name())) {
                throw new ForetokenException(
                        ErrorCode.INVALID_REQUEST,
                        "two variants would be called '" + plan.name() + "'; name one by --variant NAME=METHOD");
            }
        }
    }

    private static VariantPlan of(String text, List<BuildMethod> methods) {
        int equals = text.indexOf('=');
        String wanted = text.substring(equals + 1);
        String name = equals < 0 ? wanted : text.substring(0, equals);
        boolean own = methods.stream().anyMatch(method -> method.name().equals(wanted));
        Preset preset = own ? null : Preset.of(wanted).orElse(null);
        return new VariantPlan(
                name,
                BuildMethods.require(methods, preset == null ? wanted : preset.method()),
                new TreeMap<>(preset == null ? Map.of() : preset.parameters()));
    }

    private static void set(List<VariantPlan> plans, String key, String value) {
        boolean read = false;
        for (VariantPlan plan : plans) {
            if (key.startsWith(plan.name() + ".")) {
                String own = key.substring(plan.name().length() + 1);
                plan.method().requireParameter(own);
                plan.put(own, value);
                read = true;
            } else if (plan.method().parameters().stream()
                    .anyMatch(p -> p.name().equals(key))) {
                plan.put(key, value);
                read = true;
            }
        }
        if (!read) {
            plans.forEach(plan -> plan.method().requireParameter(key));
            throw new ForetokenException(
                    ErrorCode.INVALID_REQUEST, "--set " + key + " needs a --variant that reads it");
        }
    }

    private void put(String name, String value) {
        method.requireValue(name, value);
        parameters.put(name, value);
    }
}
