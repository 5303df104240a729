package dev.foretoken.app.command.models;

import dev.foretoken.registry.VariantDetail;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.content.Provenance;
import dev.foretoken.registry.gate.GateVerdict;
import dev.foretoken.registry.name.VariantRef;
import java.util.Map;
import java.util.stream.Collectors;

/** Parts of the registry in few words. */
final class Wording {

    private static final int SHORT_DIGEST = 12;

    private Wording() {}

    /** A variant inside its model: {@code @3/q4}. */
    static String within(VariantRef ref) {
        return "@" + ref.version() + "/" + ref.variant();
    }

    static String brief(Digest digest) {
        return digest.hex().substring(0, SHORT_DIGEST);
    }

    /** {@code gptq bits=4 group=128}. */
    static String madeBy(Provenance provenance) {
        String parameters = pairs(provenance.parameters());
        return provenance.method() + (parameters.isEmpty() ? "" : " " + parameters);
    }

    static String pairs(Map<String, String> pairs) {
        return pairs.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .collect(Collectors.joining(" "));
    }

    static String gate(VariantDetail variant) {
        return variant.verdict()
                .map(GateVerdict::passes)
                .map(pass -> pass ? "passes" : "fails")
                .orElse("-");
    }
}
