/**
 * Owns the commands about the registry: what people type and what they read. Each does its work through {@code
 * dev.foretoken.registry.Registry}.
 *
 * <p>Does not serve models. Entry type: {@link dev.foretoken.app.command.models.ModelsCommand}. The main thread calls it.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.app.command.models;
