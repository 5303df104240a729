/**
 * Runtimes in front of others: one that lets answers begin with tokens given in advance; and an observer for those who need none.
 *
 * <p>Does not compute anything itself. Entry type: {@link dev.foretoken.bench.scripted.ScriptedRuntime}. The thread of the engine's loop makes
 * all calls but those that note what is to be said, which any thread may make.
 */
@NullMarked
package dev.foretoken.bench.scripted;

import org.jspecify.annotations.NullMarked;
