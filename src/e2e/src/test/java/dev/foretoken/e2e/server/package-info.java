/**
 * Owns starting, watching and stopping the real app as separate processes, alone or as gateway and runtime.
 *
 * <p>Does not test anything and knows no class of the app. Entry type: {@link dev.foretoken.e2e.server.Topology}; shared servers come to test
 * classes by {@link dev.foretoken.e2e.server.InEveryTopology}. Test threads call it.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.e2e.server;
