/**
 * Owns the way between text and token ids: a checkpoint's tokenizer, text that grows token by token, stop strings.
 *
 * <p>Does not render chat templates (it only finds their source), and knows neither HTTP nor gRPC nor any framework.
 * Entry point: {@link dev.foretoken.gateway.text.Tokenizer}, which any number of request threads call at once; a
 * {@link dev.foretoken.gateway.text.SequenceText} belongs to the one thread that streams its sequence.
 */
@NullMarked
package dev.foretoken.gateway.text;

import org.jspecify.annotations.NullMarked;
