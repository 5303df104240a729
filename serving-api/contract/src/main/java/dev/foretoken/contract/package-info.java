/**
 * Owns the error codes, the one exception that carries them, and the range checks of configuration records.
 *
 * <p>Sub-packages own what crosses a module boundary: {@code request} (what a caller asks), {@code prefix} (names of blocks of prompts),
 * {@code engine} (who answers, as events), {@code runtime} (how a step is computed), {@code telemetry} (what is counted). Does not compute,
 * schedule or speak a protocol, and depends on nothing of ours. Entry type: {@link dev.foretoken.contract.ErrorCode}. Any thread may call
 * it.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.contract;
