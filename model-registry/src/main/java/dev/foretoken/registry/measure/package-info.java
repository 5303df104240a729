/**
 * Owns what is measured of a variant and how: perplexity, divergence and answers against a reference, speed, bytes.
 *
 * <p>Does not load models and does not judge: engines come from outside, gates compare the numbers. Entry types: {@link
 * dev.foretoken.registry.measure.QualityProbe}, {@link dev.foretoken.registry.measure.SpeedProbe}; their result is a {@link
 * dev.foretoken.registry.measure.Measurement}. The thread of whoever measures calls them; questions are asked on threads of their own.
 */
@NullMarked
package dev.foretoken.registry.measure;

import org.jspecify.annotations.NullMarked;
