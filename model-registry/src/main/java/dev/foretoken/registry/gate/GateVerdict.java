package dev.foretoken.registry.gate;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a gate says of a variant.
 *
 * @param findings one for each limit that applies
 * @param refusal why nothing could be compared at all, such as "it was not measured"
 */
public record GateVerdict(List<GateFinding> findings, Optional<String> refusal) {

    public GateVerdict {
        findings = List.copyOf(findings);
    }

    GateVerdict(List<GateFinding> findings) {
        this(findings, Optional.empty());
    }

    /** Of a variant that nothing is known of. */
    public static GateVerdict unmeasured(String why) {
        return new GateVerdict(List.of(), Optional.of(why));
    }

    public boolean passes() {
        return refusal.isEmpty() && findings.stream().allMatch(GateFinding::passes);
    }

    public List<GateFinding> failures() {
        return findings.stream().filter(finding -> !finding.passes()).toList();
    }

    /** Every failed number with its limit, in one line; empty when it passes. */
    public String sentence() {
        return refusal.orElseGet(() -> failures().stream().map(GateFinding::why).collect(Collectors.joining("; ")));
    }
}
