package dev.foretoken.registry;

import dev.foretoken.registry.gate.GateVerdict;
import dev.foretoken.registry.name.VariantRef;
import java.util.Optional;

/**
 * An alias that was moved.
 *
 * @param from where it pointed before; empty when it is new
 * @param verdict of the model's gate on the new target; empty without a gate
 */
public record AliasChange(
        String model, String alias, Optional<VariantRef> from, VariantRef to, Optional<GateVerdict> verdict) {}
