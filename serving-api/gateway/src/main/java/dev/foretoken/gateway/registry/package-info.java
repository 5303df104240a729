/**
 * Owns what callers and operators see of the registry: its JSON, uploads, pulls, and the changes they may ask for.
 *
 * <p>Does not know HTTP and stores no model itself: {@code dev.foretoken.registry} does. Entry type: {@link
 * dev.foretoken.gateway.registry.Uploads}. Any thread may call it; calls block while bytes move.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.gateway.registry;
