/**
 * Owns how an answer comes back: the engine a request is submitted to, the events it answers with, what it reports about itself.
 *
 * <p>Does not say how sequences are scheduled or computed. Entry type: {@link dev.foretoken.contract.engine.Engine}. Any thread may submit;
 * the events of one generation are taken by one thread.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.contract.engine;
