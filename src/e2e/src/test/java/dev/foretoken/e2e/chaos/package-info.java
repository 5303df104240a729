/**
 * Owns faults under load: processes that are killed or frozen, networks that cut and stall, clocks that jump, a disk that fills up, and the
 * check that every stream of the callers meanwhile is right and ends with a reason. Measures how soon tokens flow again. Entry type:
 * {@link dev.foretoken.e2e.chaos.ChaosTest}. Callers are virtual threads; one thread makes the faults.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.e2e.chaos;
