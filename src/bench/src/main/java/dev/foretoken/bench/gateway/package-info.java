/**
 * {@code bench gateway}: what a gateway process adds to a token on its way from a pod to a caller, in time and in processor time.
 *
 * <p>Does not compute: pods here answer from a clock. Entry type: {@link dev.foretoken.bench.gateway.GatewayCommand}, called on the main
 * thread; {@link dev.foretoken.bench.gateway.PodsCommand} is the process of the pods.
 */
@NullMarked
package dev.foretoken.bench.gateway;

import org.jspecify.annotations.NullMarked;
