/**
 * Simulates gateways and pods in virtual time: the code that routes is the real one, the pods are the real scheduler or a model of it, and a step
 * takes what a table of costs says.
 *
 * <p>Does not measure servers, and knows no wires: what pods tell gateways comes after a delay, whole and in order. Entry type: {@link
 * dev.foretoken.bench.cluster.ClusterSimulation}. One thread; the same seed gives the same result.
 */
@NullMarked
package dev.foretoken.bench.cluster;

import org.jspecify.annotations.NullMarked;
