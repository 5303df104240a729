/**
 * Owns the commands about decisions on where requests went: what people type and what they read.
 *
 * <p>Does not decide; replays go through {@code dev.foretoken.routing.decision}. Entry type: {@link
 * dev.foretoken.app.command.routes.RoutesCommand}. The main thread calls it.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.app.command.routes;
