package dev.foretoken.contract.request;

import java.util.OptionalInt;

/**
 * @param repairBy predicted K/V are replaced by exact ones after exactly this many generated tokens; empty = when there is slack
 */
public record PrefillOptions(PrefillMode mode, OptionalInt repairBy) {
    public static final PrefillOptions EXACT = new PrefillOptions(PrefillMode.EXACT, OptionalInt.empty());
}
