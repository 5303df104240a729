package dev.foretoken.bench.prediction;

import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.contract.request.PrefillOptions;
import dev.foretoken.contract.request.Repair;

/**
 * One way to answer.
 *
 * @param name for people
 * @param model the name under which it is loaded
 * @param preamble what each answer begins with
 * @param repair when predicted K and V are replaced; {@link RepairPoint#ANSWER} needs the preamble's length
 */
record Way(String name, String model, PrefillMode mode, RepairPoint repair, Preamble preamble) {

    /** When predicted K and V are replaced by exact ones. */
    enum RepairPoint {
        NEVER,
        /** In compute time that nobody else needs. */
        SLACK,
        /** Before the first token behind the preamble is computed. */
        ANSWER,
    }

    static Way exact(String name, String model, Preamble preamble) {
        return new Way(name, model, PrefillMode.EXACT, RepairPoint.NEVER, preamble);
    }

    static Way predicted(String name, String model, RepairPoint repair, Preamble preamble) {
        return new Way(name, model, PrefillMode.PREDICTED, repair, preamble);
    }

    /** @param preambleTokens of the answer in question */
    PrefillOptions options(int preambleTokens) {
        Repair when = switch (repair) {
            case NEVER -> Repair.NEVER;
            case SLACK -> Repair.SLACK;
            case ANSWER -> new Repair.After(preambleTokens);
        };
        return new PrefillOptions(mode, when);
    }
}
