package dev.foretoken.nativeruntime.build;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.BuildMethod;
import dev.foretoken.contract.runtime.BuildParameter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** The parameters of one build, all of them: what was left out has its fallback. */
public final class BuildParameters {

    private final String method;
    private final Map<String, String> values;

    private BuildParameters(String method, Map<String, String> values) {
        this.method = method;
        this.values = Map.copyOf(values);
    }

    /** @throws ForetokenException CONFIG_INVALID for unknown names, and values that are not among the choices */
    public static BuildParameters of(BuildMethod method, Map<String, String> given) {
        Map<String, String> values = new HashMap<>();
        for (BuildParameter parameter : method.parameters()) {
            String value = given.getOrDefault(parameter.name(), parameter.fallback());
            if (!parameter.choices().isEmpty() && !parameter.choices().contains(value)) {
                throw wrong(method.name(), parameter.name(), value, String.join(", ", parameter.choices()));
            }
            values.put(parameter.name(), value);
        }
        for (String name : new TreeSet<>(given.keySet())) {
            if (!values.containsKey(name)) {
                throw unknown(method, name);
            }
        }
        return new BuildParameters(method.name(), values);
    }

    private static ForetokenException unknown(BuildMethod method, String name) {
        List<String> known =
                method.parameters().stream().map(BuildParameter::name).toList();
        return new ForetokenException(
                ErrorCode.CONFIG_INVALID,
                "%s has no parameter %s; it has %s"
                        .formatted(method.name(), name, known.isEmpty() ? "none" : String.join(", ", known)));
    }

    private static ForetokenException wrong(String method, String name, String value, String expected) {
        return new ForetokenException(
                ErrorCode.CONFIG_INVALID, "%s: %s=%s, must be %s".formatted(method, name, value, expected));
    }

    /** Of a parameter that the method has. */
    public String text(String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException(method + " does not declare " + name);
        }
        return value;
    }

    /** @throws ForetokenException CONFIG_INVALID unless it is true or false */
    public boolean flag(String name) {
        return switch (text(name)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw wrong(method, name, text(name), "true or false");
        };
    }

    /** @throws ForetokenException CONFIG_INVALID unless it is a whole number from {@code least} to {@code most} */
    public int number(String name, int least, int most) {
        String range = "a whole number from %d to %d".formatted(least, most);
        try {
            int value = Integer.parseInt(text(name));
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw wrong(method, name, text(name), range);
        }
        throw wrong(method, name, text(name), range);
    }

    /** @throws ForetokenException CONFIG_INVALID unless it is a number from {@code least} to {@code most} */
    public double real(String name, double least, double most) {
        String range = "a number from %s to %s".formatted(least, most);
        try {
            double value = Double.parseDouble(text(name));
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw wrong(method, name, text(name), range);
        }
        throw wrong(method, name, text(name), range);
    }

    /** All of them, sorted by name, for what is written about a variant. */
    public Map<String, String> all() {
        return new TreeMap<>(values);
    }
}
