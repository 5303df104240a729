/**
 * Owns which engine a request is in, from the choice to the last event: it tries others where one refuses, and moves streams when one is lost.
 *
 * <p>Does not know text and does not connect to engines. Entry types: {@link dev.foretoken.gateway.routing.RoutedCalls} for generations,
 * {@link dev.foretoken.gateway.routing.EngineRouter} for other work. Any thread may call them; one thread reads a generation.
 */
@NullMarked
package dev.foretoken.gateway.routing;

import org.jspecify.annotations.NullMarked;
