/**
 * Owns pictures of trade-offs: points with a cost across and a loss upwards, which of them nothing beats, as SVG and as characters.
 *
 * <p>Does not know what the points are. Entry types: {@link dev.foretoken.registry.picture.ParetoChart}, {@link
 * dev.foretoken.registry.picture.TextChart}. Pure functions; any thread.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.registry.picture;
