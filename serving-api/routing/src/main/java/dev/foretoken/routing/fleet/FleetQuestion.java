package dev.foretoken.routing.fleet;

import java.util.Optional;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/**
 * What is looked for.
 *
 * @param promptTokens 0 for work without a prompt
 * @param adapter that the engine must have
 * @param excluded engines that are not asked again
 * @param open engines that failed of late
 * @param slowness factor on the times of an engine by its name, from 1 on
 */
public record FleetQuestion(
        int promptTokens,
        Optional<String> adapter,
        Set<String> excluded,
        Set<String> open,
        HeldPrefixes held,
        ToDoubleFunction<String> slowness) {

    /** Any engine for a prompt of which nothing is known. */
    public static FleetQuestion of(int promptTokens) {
        return new FleetQuestion(promptTokens, Optional.empty(), Set.of(), Set.of(), HeldPrefixes.NONE, endpoint -> 1);
    }

    public FleetQuestion holding(HeldPrefixes newHeld) {
        return new FleetQuestion(promptTokens, adapter, excluded, open, newHeld, slowness);
    }

    public FleetQuestion excluding(Set<String> newExcluded) {
        return new FleetQuestion(promptTokens, adapter, newExcluded, open, held, slowness);
    }
}
