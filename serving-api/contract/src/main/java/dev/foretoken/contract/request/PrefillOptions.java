package dev.foretoken.contract.request;

/** @param repair of predicted K/V; without meaning where they were computed */
public record PrefillOptions(PrefillMode mode, Repair repair) {
    public static final PrefillOptions EXACT = new PrefillOptions(PrefillMode.EXACT, Repair.SLACK);
}
