package dev.foretoken.contract.runtime;

import static dev.foretoken.contract.ConfigCheck.requireRange;

/**
 * The most one step can hold.
 *
 * @param tableEntries block table entries over all rows and kinds
 * @param kinds most cache kinds of any part
 */
public record StepCapacity(int rows, int tokens, int tableEntries, int kinds) {
    public StepCapacity {
        requireRange("step.rows", rows, 1, 1 << 16);
        requireRange("step.tokens", tokens, rows, 1 << 22);
        requireRange("step.table-entries", tableEntries, 1, 1 << 28);
        requireRange("step.kinds", kinds, 1, 16);
    }
}
